"""The claim loop in one process: order, errors, leases, moves, recurring work."""

from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.cast import ACME
from workflows import drain, kinds
from workflows.kinds import Again, Settle, due, due_outside
from workflows.models import Due
from workflows.schedule import ensure_recurring, schedule_due

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_kinds() -> Iterator[None]:
    """Kinds that a test registers are gone after it."""
    with patch.dict(kinds._kinds):
        yield


def recording(again: Again = None) -> list[int]:
    """Register the kind ``test`` and answer the list of refs that it was called with."""
    seen: list[int] = []

    @due("test")
    def body(ref: int) -> Again:
        seen.append(ref)
        return again

    return seen


def test_due_work_is_done_once_oldest_first() -> None:
    seen = recording()
    now = timezone.now()
    for ref, age in ((1, 1), (2, 3), (3, 2)):
        schedule_due("test", ref, at=now - timedelta(minutes=age))
    assert drain.drain() == 3
    assert seen == [2, 3, 1]
    assert drain.drain() == 0


def test_work_of_the_future_waits() -> None:
    seen = recording()
    schedule_due("test", 1, delay=timedelta(hours=1))
    assert drain.drain() == 0
    assert seen == []


def test_scheduling_again_moves_the_one_row() -> None:
    seen = recording()
    schedule_due("test", 1, delay=timedelta(hours=1))
    schedule_due("test", 1)
    drain.drain()
    assert seen == [1]
    assert not Due.objects.filter(kind="test").exists()


def test_work_runs_in_the_tenant_that_scheduled_it(acme: str) -> None:
    from django.db import connection

    schemas = []

    @due("test")
    def body(_ref: int) -> Again:
        schemas.append(connection.schema_name)
        return None

    schedule_due("test", 1)
    drain.drain()
    assert schemas == [ACME]
    assert connection.schema_name == ACME


def test_failed_work_is_kept_with_its_error_and_tried_later() -> None:
    @due("test")
    def body(_ref: int) -> Again:
        raise ValueError("no luck")

    schedule_due("test", 1)
    begun = timezone.now()
    drain.drain()
    row = Due.objects.get(kind="test")
    assert (row.state, row.attempts, row.error) == (Due.State.WAITING, 1, "ValueError: no luck")
    assert row.due_at > begun + timedelta(seconds=1)


def test_work_that_always_fails_is_given_up() -> None:
    @due("test")
    def body(_ref: int) -> Again:
        raise ValueError("no luck")

    schedule_due("test", 1)
    for _attempt in range(drain.MAX_ATTEMPTS + 2):
        Due.objects.update(due_at=timezone.now() - timedelta(minutes=1))
        drain.drain()
    row = Due.objects.get(kind="test")
    assert (row.state, row.attempts) == (Due.State.FAILED, drain.MAX_ATTEMPTS)


def test_unknown_kind_waits_for_another_build() -> None:
    schedule_due("of tomorrow", 1)
    drain.drain()
    assert Due.objects.get(kind="of tomorrow").state == Due.State.WAITING


def test_work_can_ask_to_come_again() -> None:
    recording(again=timedelta(minutes=5))
    schedule_due("test", 1)
    drain.drain()
    row = Due.objects.get(kind="test")
    assert timedelta(minutes=4) < row.due_at - timezone.now() <= timedelta(minutes=5)


def test_work_can_ask_to_come_again_at_once() -> None:
    """No length of time is a length: parts of something larger follow one another."""
    seen: list[int] = []

    @due("test")
    def body(ref: int) -> Again:
        seen.append(ref)
        return timedelta(0) if len(seen) < 3 else None

    schedule_due("test", 1)
    drain.drain(10)
    assert seen == [1, 1, 1]
    assert not Due.objects.exists()


def test_work_that_was_scheduled_again_while_it_ran_runs_again() -> None:
    seen = []

    @due("test")
    def body(ref: int) -> Again:
        seen.append(ref)
        return None

    schedule_due("test", 1)
    (item,) = drain.claim()
    schedule_due("test", 1)
    drain.work(item)
    drain.drain()
    assert seen == [1, 1]


def test_worker_that_comes_back_after_its_lease_changes_nothing() -> None:
    settled = []

    @due_outside("test", lease=timedelta(seconds=1))
    def body(ref: int) -> Settle:
        Due.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        drain.claim()  # another worker takes it
        return lambda: settled.append(ref)

    schedule_due("test", 1)
    drain.work(drain.claim()[0])
    assert settled == []
    assert Due.objects.get(kind="test").state == Due.State.LEASED


def test_leased_work_is_nobody_elses_until_the_lease_ends() -> None:
    recording()
    schedule_due("test", 1)
    assert len(drain.claim()) == 1
    assert drain.claim() == []
    Due.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert len(drain.claim()) == 1


def test_recurring_work_starts_by_itself_and_comes_back() -> None:
    seen = []

    @due("test", every=timedelta(days=1))
    def body(ref: int) -> Again:
        seen.append(ref)
        return None

    ensure_recurring()
    drain.drain()
    ensure_recurring()
    drain.drain()
    assert seen == [0]
    assert Due.objects.get(kind="test").due_at > timezone.now() + timedelta(hours=23)


def test_a_lost_row_is_not_touched() -> None:
    """A start is counted, and the lease made longer, for whoever holds the row."""
    seen = recording()
    schedule_due("test", 1)
    (item,) = drain.claim()
    Due.objects.filter(pk=item.id).update(token=uuid4())
    before = Due.objects.values().get(pk=item.id)
    assert not drain.renew(item, kinds.get_kind("test"))
    drain.work(item)
    assert Due.objects.values().get(pk=item.id) == before
    assert seen == []
