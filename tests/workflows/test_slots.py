"""Throttled steps: turns at a shared resource come one after the other, across runs."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.workflows.example import note as leave
from tests.workflows.example import run_of, titles
from workflows import Step, start, workflow
from workflows.drain import drain
from workflows.runs.models import StepRun
from workflows.sql import execute
from workflows.testing import advance

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@workflow("test.send")
def send(step: Step, *, owner_id: int, burst: int = 1, mailbox: str = "a") -> None:
    """Wait for a turn and leave a task."""
    step.take_slot(f"mailbox/{mailbox}", every=MINUTE, burst=burst)
    leave(step, owner_id, "Sent")


def go_by(by: timedelta) -> None:
    """Let time go by for the resource, too."""
    execute("UPDATE runs_slot SET next_at = next_at - %s", [by])
    advance(by)
    drain()


def test_turns_are_apart(owner: int) -> None:
    for _ in range(5):
        start(send, {"owner_id": owner})
    drain()
    assert len(titles()) == 1
    rows = StepRun.objects.filter(kind="sleep", due_at__isnull=False).values_list("due_at", flat=True)
    places: list[Any] = sorted(rows, key=str)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(places)]
    assert gaps == [pytest.approx(60, abs=2)] * 4
    go_by(MINUTE)
    assert len(titles()) == 2
    go_by(3 * MINUTE)
    assert len(titles()) == 5


def test_a_burst_goes_at_once_and_the_rest_waits(owner: int) -> None:
    for _ in range(5):
        start(send, {"owner_id": owner, "burst": 3})
    drain()
    assert len(titles()) == 3
    go_by(MINUTE)
    assert len(titles()) == 4


def test_other_resources_do_not_wait(owner: int) -> None:
    start(send, {"owner_id": owner})
    start(send, {"owner_id": owner, "mailbox": "b"})
    drain()
    assert len(titles()) == 2


def test_a_place_is_taken_once(owner: int) -> None:
    first, second = (start(send, {"owner_id": owner}) for _ in range(2))
    drain()
    for _ in range(3):
        execute("UPDATE workflows_due SET due_at = clock_timestamp() WHERE ref = %s", [second])
        drain()
    place = StepRun.objects.get(run=second, kind="sleep").due_at
    assert place is not None
    assert run_of(first).status == "completed"
    go_by(MINUTE)
    assert len(titles()) == 2
