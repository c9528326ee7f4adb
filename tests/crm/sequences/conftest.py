"""Sequences in Acme, contacts for them, a mail server, and days that go by without waiting."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.db.models import F

from crm.automations import scanning
from crm.sequences.models import Enrollment, Figure, Visit
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.mail.conftest import connect, dovecot, imap, outbox, smtp
from workflows.drain import drain
from workflows.models import Due
from workflows.testing import advance

#: Fixtures of mail's tests, used here.
_ = connect, dovecot, imap, outbox, smtp
Make = Callable[..., int]
#: Sequences may write at any time, and at once.
ALWAYS = {
    "days": [0, 1, 2, 3, 4, 5, 6],
    "opens_at": time(0),
    "closes_at": time(23, 59),
    "pace_seconds": 0,
}


@pytest.fixture
def make(cast: Cast) -> Make:
    """``make(*steps, **rules)``: an active sequence's id."""
    numbers = iter(range(1000))

    def make(*steps: dict[str, Any], publish: bool = True, **rules: Any) -> int:
        made = call("sequences.create_sequence", cast.olivia.context(), {"name": f"S{next(numbers)}"})["id"]
        args = {"sequence_id": made, "changes": {**ALWAYS, **rules}}
        call("sequences.update_sequence", cast.olivia.context(), args)
        for step in steps:
            call("sequences.add_step", cast.olivia.context(), {"sequence_id": made, "step": step})
        if publish:
            call("sequences.publish_sequence", cast.olivia.context(), {"sequence_id": made})
        return int(made)

    return make


@pytest.fixture
def ada(acme: str, cast: Cast) -> int:
    """Alice's contact."""
    return contact(cast.alice, "Ada")


def contact(person: Any, name: str, **more: Any) -> int:
    """A contact of that person's, with an address."""
    args = {"first_name": name, "email": f"{name.lower()}@example.com", **more}
    return int(call("contacts.create_contact", person.context(), args)["id"])


def enroll(person: Any, sequence_id: int, contact_id: int) -> int:
    """The enrollment's id."""
    args = {"sequence_id": sequence_id, "contact_id": contact_id}
    return int(call("sequences.enroll_contact", person.context(), args)["id"])


def go_by(length: timedelta) -> None:
    """Let so much time go by for runs and for what enrollments wait for, and do what has fallen due."""
    advance(length)
    live = Enrollment.objects.filter(finished_at__isnull=True)
    live.update(next_at=F("next_at") - length, created_at=F("created_at") - length)
    Visit.objects.update(entered_at=F("entered_at") - length)
    work()


def work() -> None:
    """Do what is due, and what comes of it; nobody looks at the change log, which is due every second."""
    for _round in range(3):
        Due.objects.filter(kind=scanning.LOOK).delete()
        drain(5)


def states(enrollment_id: int) -> list[str]:
    """How the steps that an enrollment came to ended."""
    return list(Visit.objects.filter(enrollment=enrollment_id).order_by("id").values_list("state", flat=True))


def counted() -> dict[tuple[int, int | None], dict[str, int]]:
    """The figures by counting, as the triggers should have kept them."""
    found: dict[tuple[int, int | None], dict[str, int]] = {}
    words = {"here": "here", "active": "here", "paused": "here", "finished": "done"}
    rows: list[Any] = list(Visit.objects.values_list("sequence_id", "step_id", "state", "replied"))
    for sequence_id, state, reason in Enrollment.objects.values_list("sequence_id", "state", "stop_reason"):
        rows.append((sequence_id, None, state, reason == "replied"))
    for sequence_id, step_id, state, replied in rows:
        figures = found.setdefault((sequence_id, step_id), dict.fromkeys(FIGURES, 0))
        figures["entered"] += 1
        figures[words.get(state, state)] += 1
        figures["replied"] += replied
    return found


FIGURES = ("entered", "here", "sent", "done", "skipped", "replied", "stopped", "failed")


def kept() -> dict[tuple[int, int | None], dict[str, int]]:
    """The figures as they are kept."""
    found: dict[tuple[int, int | None], dict[str, int]] = {}
    for row in Figure.objects.all():
        figures = found.setdefault((row.sequence_id, row.step_id), dict.fromkeys(FIGURES, 0))
        for name in FIGURES:
            figures[name] += getattr(row, name)
    return {key: figures for key, figures in found.items() if any(figures.values())}
