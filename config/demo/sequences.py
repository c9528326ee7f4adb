"""Two sequences: contacts who went through them over the last weeks, and some who are on their way."""

from datetime import datetime, timedelta
from typing import Any

from accounts.actor import system_context
from config.demo.chance import Chance
from crm.contacts.models import Contact
from crm.sequences.definition import STEP, params_of
from crm.sequences.enrolling import enroll
from crm.sequences.models import Enrollment, Sequence, SequenceStep, Visit
from realtime.functions import Conflict
from realtime.functions.registry import inside_call
from realtime.schema import current_schema

WELCOME: list[dict[str, Any]] = [
    {"kind": "email", "subject": "Good to meet you, {{contact.first_name|there}}",
     "body": "Hello {{contact.first_name|there}},\n\nthank you for your interest. What are you looking for?\n\n"
             "{{member.name}}\n{{firm.name}}"},
    {"kind": "wait", "days": 3, "until": "10:00"},
    {"kind": "task", "title": "Call {{contact.full_name}}", "due_days": 1},
    {"kind": "wait", "days": 4},
    {"kind": "email", "body": "Hello again,\n\nmay I call you this week?\n\n{{member.name}}"},
]  # fmt: skip
QUIET: list[dict[str, Any]] = [
    {
        "kind": "email",
        "subject": "Still on your mind?",
        "body": "We have not talked for a while. Is it still a topic?",
    },
    {"kind": "wait", "days": 7},
    {"kind": "note", "body": "No answer after a week: ask again next quarter."},
]
#: Contacts who were in each, and who are.
PAST, PRESENT = 18, 8


def seed_sequences(chance: Chance) -> None:
    """What is there already stays."""
    if Sequence.objects.exists():
        return
    people = list(
        Contact.objects.filter(archived_at=None).exclude(email="").order_by("id")[: 2 * (PAST + PRESENT)]
    )
    half = len(people) // 2
    _seed(chance, "New contacts", "Says hello, calls, asks again.", WELCOME, people[:half])
    _seed(chance, "Gone quiet", "For contacts of whom nobody has heard for months.", QUIET, people[half:])


def _seed(
    chance: Chance, name: str, description: str, listed: list[dict[str, Any]], people: list[Contact]
) -> None:
    sequence = Sequence.objects.create(name=name, description=description, state=Sequence.State.ACTIVE)
    nodes = [STEP.validate_python(step) for step in listed]
    steps = [
        SequenceStep.objects.create(
            sequence=sequence, position=number, kind=node.kind, params=params_of(node)
        )
        for number, node in enumerate(nodes, 1)
    ]
    _seed_past(chance, sequence, steps, people[:PAST])
    ctx = system_context(current_schema())
    with inside_call():
        for contact in people[PAST : PAST + PRESENT]:
            try:
                enroll(ctx, sequence, contact, Enrollment.Origin.HAND)
            except Conflict:  # one who wants no emails
                continue


def _seed_past(chance: Chance, sequence: Sequence, steps: list[SequenceStep], people: list[Contact]) -> None:
    """Ways that are over: every third contact answered the first email, the others came to the end."""
    rows = Enrollment.objects.bulk_create(
        [_past(sequence, steps, contact, number, chance) for number, contact in enumerate(people)]
    )
    for number, row in enumerate(rows):
        row.created_at = _began(chance, number)
    Enrollment.objects.bulk_update(rows, ["created_at"])
    Visit.objects.bulk_create(
        [visit for number, row in enumerate(rows) for visit in _visits(row, steps, _began(chance, number))]
    )


def _began(chance: Chance, number: int) -> datetime:
    morning = chance.now.replace(hour=10, minute=7 * number % 60, second=0, microsecond=0)
    return morning - timedelta(days=20 + number) + timedelta(hours=number % 6)


def _past(
    sequence: Sequence, steps: list[SequenceStep], contact: Contact, number: int, chance: Chance
) -> Enrollment:
    answered = number % 3 == 0
    return Enrollment(
        subject="contact", contact=contact, sequence=sequence, owner_id=contact.owner_id, team_id=contact.team_id,
        state="stopped" if answered else "finished", stop_reason="replied" if answered else "",
        first_stage_id=contact.stage_id, step=steps[1] if answered else None,
        finished_at=_began(chance, number) + timedelta(days=1 if answered else _days(steps)),
    )  # fmt: skip


def _days(steps: list[SequenceStep]) -> int:
    return sum(step.params.get("days", 0) for step in steps if step.kind == "wait")


def _visits(row: Enrollment, steps: list[SequenceStep], began: datetime) -> list[Visit]:
    answered = row.state == "stopped"
    way = steps[:2] if answered else steps
    moments = [began]
    for step in way:
        is_wait = step.kind == "wait" and not answered
        moments.append(moments[-1] + timedelta(days=step.params.get("days", 0) if is_wait else 0))
    moments[-1] = row.finished_at or moments[-1]
    return [
        Visit(
            enrollment=row, step=step, sequence_id=row.sequence_id, entered_at=entered, left_at=left,
            state="stopped" if answered and step.position == 2 else "sent" if step.kind == "email" else "done",
            replied=answered and step.position == 1,
        )
        for step, entered, left in zip(way, moments, moments[1:], strict=False)
    ]  # fmt: skip
