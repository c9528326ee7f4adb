"""Enrolling many contacts at once: what ``enrolling.enroll`` does for one, by the same number of statements for all.

Rows, runs and stays at the first step are written by one statement each. Contacts are locked first, in their order,
as a single enrollment locks its contact: nobody is enrolled twice. How many statements it takes does not depend on how
many contacts there are (tests/crm/sequences/test_crowds.py).
"""

from collections.abc import Collection
from datetime import datetime

from accounts.roles.policy import member_id_of
from crm.contacts.models import Contact
from crm.mail.refusals import refusals_of
from crm.sequences import definition, times
from crm.sequences.doing import ENDING
from crm.sequences.hearing import begin_to_hear
from crm.sequences.models import Enrollment, Sequence, SequenceStep, Visit
from crm.sequences.zones import zones_of_contacts
from realtime.functions import Context
from workflows import start_many
from workflows.sql import fetch

IDS = "SELECT nextval(pg_get_serial_sequence('sequences_enrollment', 'id')) FROM generate_series(1, %s)"


def enroll_all(ctx: Context, sequence: Sequence, contact_ids: Collection[int], *, again: bool) -> int:
    """Enrol those of the contacts whom nothing keeps from it; returns how many.

    Passed over are who is in the sequence, who was (unless ``again``), who wants no emails and who is in the bin. The
    caller has looked whether the actor may change them, and that the sequence is active and has a step.
    """
    rows = Contact.objects.select_for_update(of=("self",), no_key=True)
    locked = list(rows.filter(pk__in=contact_ids, archived_at=None).order_by("pk"))
    before = Enrollment.objects.filter(sequence=sequence, contact__in=[each.pk for each in locked])
    taken = before.filter(finished_at__isnull=True) if again else before
    passed_over = set(taken.values_list("contact_id", flat=True))
    refusals = refusals_of(locked)
    chosen = [each for each in locked if each.pk not in passed_over and refusals.get(each.pk) not in ENDING]
    if chosen:
        _write(ctx, sequence, chosen)
        begin_to_hear()
    return len(chosen)


def first_step_of(sequence_id: int) -> SequenceStep | None:
    """Where everybody begins."""
    live = SequenceStep.objects.filter(sequence=sequence_id, removed_at__isnull=True)
    return live.order_by("position", "id").first()


def _write(ctx: Context, sequence: Sequence, contacts: list[Contact]) -> None:
    """Write enrollments with their runs, and their stays at the first step."""
    step = first_step_of(sequence.pk)
    assert step is not None
    now: datetime = fetch("SELECT clock_timestamp()")[0][0]
    ids = [int(row[0]) for row in fetch(IDS, [len(contacts)])]
    pairs = list(zip(ids, contacts, strict=True))
    wanted = {str(pk): {"enrollment_id": pk, "contact_id": contact.pk} for pk, contact in pairs}
    runs = start_many("sequences.enrollment", wanted)
    due = _due(ctx.schema, sequence, step, contacts, now)
    rows = [_row(ctx, sequence, step, pk, contact) for pk, contact in pairs]
    for row in rows:
        row.run_id, row.next_at = runs[str(row.pk)], due[row.contact_id]
        ctx.audit(
            "enrollment", row.pk, {"contact_id": [None, row.contact_id], "sequence_id": [None, sequence.pk]}
        )
    Enrollment.objects.bulk_create(rows)
    Visit.objects.bulk_create(
        [Visit(enrollment=row, step=step, sequence_id=sequence.pk, entered_at=now) for row in rows]
    )


def _row(ctx: Context, sequence: Sequence, step: SequenceStep, pk: int, contact: Contact) -> Enrollment:
    return Enrollment(
        pk=pk,
        subject="contact",
        contact=contact,
        sequence=sequence,
        owner_id=contact.owner_id,
        team_id=contact.team_id,
        origin=Enrollment.Origin.FILTER,
        step=step,
        first_stage_id=contact.stage_id,
        enrolled_by_id=member_id_of(ctx),
    )


def _due(
    schema: str, sequence: Sequence, step: SequenceStep, contacts: list[Contact], now: datetime
) -> dict[int, datetime]:
    """When the first step is due for each: a wait ends by the contact's own clock."""
    if step.kind != SequenceStep.Kind.WAIT:
        return dict.fromkeys([each.pk for each in contacts], now)
    node = definition.read(step.kind, step.params)
    zones = zones_of_contacts(schema, contacts)
    ends = {zone: times.end_of_wait(node, now, times.window(sequence, zone)) for zone in set(zones.values())}
    return {pk: ends[zone] for pk, zone in zones.items()}
