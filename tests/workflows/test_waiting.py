"""What a run waits for: time, business hours, events, children, several of them at once."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from realtime.functions import NotFound
from tests.workflows.example import note, run_of, titles
from workflows import BusinessHours, ChildFailed, Step, send_event, start, workflow
from workflows.drain import drain
from workflows.models import Due
from workflows.runs.models import Run, StepRun
from workflows.testing import advance

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@workflow("test.pay")
def pay(step: Step, *, owner_id: int) -> str:
    """Wait for a payment for an hour."""
    paid = step.await_event("paid", timeout=HOUR)
    note(step, owner_id, "late" if paid is None else f"paid {paid['sum']}")
    return "late" if paid is None else "paid"


PAY = pay


@pytest.fixture(autouse=True)
def registered(own_workflows: None) -> None:
    """The module's workflow is in every test's registry."""
    from workflows import registry

    registry._workflows["test.pay"] = {1: PAY}


def test_event_after_the_wait_began(owner: int) -> None:
    run_id = start(pay, {"owner_id": owner}, key="order-1")
    drain()
    assert send_event("order-1", "paid", {"sum": 5})
    drain()
    assert (run_of(run_id).result, titles()) == ("paid", ["paid 5"])


def test_event_before_the_wait_began(owner: int) -> None:
    run_id = start(pay, {"owner_id": owner})
    send_event(run_id, "paid", {"sum": 5})
    drain()
    assert run_of(run_id).result == "paid"


def test_no_event_in_time(owner: int) -> None:
    run_id = start(pay, {"owner_id": owner})
    drain()
    advance(HOUR)
    drain()
    assert (run_of(run_id).result, titles()) == ("late", ["late"])
    with pytest.raises(NotFound):
        send_event(run_id, "paid", {"sum": 5})


def test_event_sent_twice_counts_once(owner: int) -> None:
    @workflow("test.twice")
    def twice(step: Step) -> list[Any]:
        """Take two events."""
        return [step.await_event("paid"), step.await_event("paid", timeout=HOUR)]

    run_id = start(twice)
    assert send_event(run_id, "paid", {"sum": 1}, dedupe="p1")
    assert not send_event(run_id, "paid", {"sum": 1}, dedupe="p1")
    drain()
    advance(HOUR)
    drain()
    assert run_of(run_id).result == [{"sum": 1}, None]


def test_events_of_one_name_come_in_the_order_in_which_they_were_sent(owner: int) -> None:
    @workflow("test.three")
    def three(step: Step) -> list[Any]:
        """Take three events."""
        return [step.await_event("paid") for _ in range(3)]

    run_id = start(three)
    for number in (1, 2):
        send_event(run_id, "paid", {"sum": number})
    drain()
    send_event(run_id, "paid", {"sum": 3})
    drain()
    assert run_of(run_id).result == [{"sum": 1}, {"sum": 2}, {"sum": 3}]


def test_wait_without_a_timeout_has_no_due_row(owner: int) -> None:
    @workflow("test.forever")
    def forever(step: Step) -> None:
        """Wait for somebody."""
        step.await_event("go")

    run_id = start(forever)
    drain()
    assert run_of(run_id).status == "waiting"
    assert not Due.objects.filter(kind="run").exists()
    send_event(run_id, "other")
    assert not Due.objects.filter(kind="run").exists()
    send_event(run_id, "go")
    drain()
    assert run_of(run_id).status == "completed"


def test_branches_wait_side_by_side(owner: int) -> None:
    @workflow("test.gather")
    def gathering(step: Step, *, owner_id: int) -> list[Any]:
        """Two timers and an event at once."""

        def after(hours: int) -> Any:
            def branch(step: Step) -> int:
                step.sleep(hours * HOUR)
                note(step, owner_id, f"after {hours}")
                return hours

            return branch

        return step.gather(after(2), after(1), lambda step: step.await_event("go"))

    run_id = start(gathering, {"owner_id": owner})
    drain()
    advance(HOUR)
    drain()
    assert titles() == ["after 1"]
    advance(HOUR)
    drain()
    assert titles() == ["after 1", "after 2"]
    send_event(run_id, "go", {"x": 1})
    drain()
    assert run_of(run_id).result == [2, 1, {"x": 1}]
    assert titles() == ["after 1", "after 2"]


def test_race_has_one_winner(owner: int) -> None:
    @workflow("test.race")
    def racing(step: Step, *, owner_id: int) -> list[Any]:
        """An answer or a reminder."""

        def remind(step: Step) -> str:
            step.sleep(HOUR)
            note(step, owner_id, "reminder")
            return "reminded"

        first = step.race(lambda step: step.await_event("answer"), remind)
        step.sleep(HOUR)
        note(step, owner_id, "end")
        return list(first)

    reminded = start(racing, {"owner_id": owner})
    answered = start(racing, {"owner_id": owner})
    drain()
    send_event(answered, "answer", {"x": 1})
    drain()
    for _ in range(2):
        advance(HOUR)
        drain()
    assert run_of(reminded).result == [1, "reminded"]
    assert run_of(answered).result == [0, {"x": 1}]
    assert sorted(titles()) == ["end", "end", "reminder"]
    assert StepRun.objects.filter(run=answered, status="skipped").count() == 1


def test_what_the_losers_of_a_race_waited_for_wakes_nobody(owner: int) -> None:
    @workflow("test.won_at_once")
    def won(step: Step, *, owner_id: int) -> None:
        """A race that is over at once, then a longer wait."""
        step.race(lambda step: step.sleep(HOUR / 6), lambda step: note(step, owner_id, "won"))
        step.sleep(HOUR)

    run_id = start(won, {"owner_id": owner})
    drain()
    waits = StepRun.objects.get(run=run_id, kind="sleep", status="waiting").due_at
    assert Due.objects.get(kind="run", ref=run_id).due_at == waits


def test_of_several_errors_in_a_gather_the_first_branchs_is_raised(owner: int) -> None:
    @workflow("test.two_errors")
    def two_errors(step: Step) -> None:
        """Fail twice, side by side."""

        def fail(step: Step, word: str) -> None:
            raise ValueError(word)

        step.gather(lambda step: fail(step, "first"), lambda step: fail(step, "second"))

    run_id = start(two_errors)
    drain()
    assert run_of(run_id).error["detail"] == "first"  # type: ignore[index]  # not None here: None fails the test


def test_the_child_that_lost_a_race_is_cancelled(owner: int) -> None:
    @workflow("test.too_slow")
    def slow(step: Step) -> None:
        """Wait for ever."""
        step.await_event("never")

    @workflow("test.impatient")
    def impatient(step: Step) -> list[Any]:
        """Wait for a child, an hour at most."""
        return list(
            step.race(lambda step: step.run_workflow(slow), lambda step: step.sleep(HOUR, name="hour"))
        )[:1]

    run_id = start(impatient)
    drain()
    advance(HOUR)
    drain()
    assert run_of(run_id).result == [1]
    assert Run.objects.get(parent=run_id).status == "cancelled"


def test_child_wakes_its_parent_with_its_result(owner: int) -> None:
    @workflow("test.parent")
    def parent(step: Step, *, owner_id: int) -> str:
        """Wait for a child."""
        outcome = step.run_workflow(pay, {"owner_id": owner_id})
        note(step, owner_id, "parent")
        return outcome

    run_id = start(parent, {"owner_id": owner})
    drain()
    child = Run.objects.get(parent=run_id)
    assert not Due.objects.filter(kind="run", ref=run_id).exists()
    send_event(child.pk, "paid", {"sum": 3})
    drain()
    assert run_of(run_id).result == "paid"
    assert titles() == ["paid 3", "parent"]


def test_parent_sees_that_its_child_failed(owner: int) -> None:
    @workflow("test.child")
    def child(step: Step) -> None:
        """Fail."""
        raise ValueError("no")

    @workflow("test.parent")
    def parent(step: Step) -> str:
        """Wait for a child that fails."""
        try:
            step.run_workflow(child)
        except ChildFailed as error:
            return error.code
        return "?"

    run_id = start(parent)
    drain()
    assert run_of(run_id).result == "ValueError"


def test_spawned_run_is_not_waited_for(owner: int) -> None:
    @workflow("test.parent")
    def parent(step: Step, *, owner_id: int) -> int:
        """Start another one."""
        return step.spawn(pay, {"owner_id": owner_id})

    run_id = start(parent, {"owner_id": owner})
    drain()
    assert run_of(run_id).status == "completed"
    assert run_of(run_of(run_id).result).status == "waiting"  # type: ignore[arg-type]  # not None here: None fails the test


def test_continuing_as_new_empties_the_journal(owner: int) -> None:
    @workflow("test.again")
    def again(step: Step, *, owner_id: int, left: int) -> None:
        """Count down, a round a number."""
        note(step, owner_id, f"{left}")
        if left:
            step.continue_as_new({"owner_id": owner_id, "left": left - 1})

    run_id = start(again, {"owner_id": owner, "left": 3})
    drain()
    assert titles() == ["3", "2", "1", "0"]
    assert (run_of(run_id).status, run_of(run_id).round) == ("completed", 3)
    assert StepRun.objects.filter(run=run_id).count() == 1


def test_timers_of_a_mass_are_spread(owner: int) -> None:
    @workflow("test.spread", spread="1h")
    def spread(step: Step) -> None:
        """Wait a day."""
        step.sleep(timedelta(days=1))

    for _ in range(20):
        start(spread)
    drain()
    found = sorted(Due.objects.filter(kind="run").values_list("due_at", flat=True))
    assert found[-1] - found[0] > timedelta(minutes=20)
    assert found[-1] - found[0] < timedelta(hours=1, minutes=1)  # the first began a little earlier


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-03-27T12:00", "2026-03-27T12:00"),  # a Friday, open
        ("2026-03-27T16:00", "2026-03-30T07:00"),  # 17:00 in Zurich: Monday, after the clocks changed
        ("2026-03-29T00:30", "2026-03-30T07:00"),
        ("2026-10-23T15:30", "2026-10-26T08:00"),  # and back
        ("2026-12-24T20:00", "2026-12-28T08:00"),  # a holiday and a weekend
    ],
)
def test_business_hours(after: str, expected: str) -> None:
    hours = BusinessHours("Europe/Zurich", holidays=("2026-12-25",))
    found = hours.next_open(datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("opens", "closes", "after", "expected"),
    [
        # Over midnight, Monday to Friday: in the small hours of Saturday Friday's are open still.
        (time(22), time(6), "2026-03-27T23:30", "2026-03-27T23:30"),
        (time(22), time(6), "2026-03-28T04:30", "2026-03-28T04:30"),
        (time(22), time(6), "2026-03-28T05:30", "2026-03-30T20:00"),
        (time(0), time(0), "2026-03-27T22:59", "2026-03-27T22:59"),  # the whole day
        (time(0), time(0), "2026-03-27T23:00", "2026-03-29T22:00"),
    ],
)
def test_business_hours_over_midnight(opens: time, closes: time, after: str, expected: str) -> None:
    hours = BusinessHours("Europe/Zurich", opens, closes)
    found = hours.next_open(datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("opens", "closes", "after", "expected"),
    [
        (time(2), time(3), "2026-03-28T12:00", "2026-03-30T00:00"),  # an hour that is skipped: the day after
        (
            time(2, 30),
            time(4),
            "2026-03-28T12:00",
            "2026-03-29T01:30",
        ),  # 3:30, as if the clock had not changed
        (
            time(2),
            time(3),
            "2026-10-24T12:00",
            "2026-10-25T00:00",
        ),  # the hour that comes twice: its first time
        (time(2), time(3), "2026-10-25T01:30", "2026-10-25T01:30"),  # and its second
        (time(2), time(3), "2026-10-25T02:00", "2026-10-26T01:00"),
        (time(9), time(17), "2026-10-24T22:30", "2026-10-25T08:00"),
    ],
)
def test_business_hours_on_days_on_which_clocks_change(
    opens: time, closes: time, after: str, expected: str
) -> None:
    hours = BusinessHours("Europe/Zurich", opens, closes, days=(0, 1, 2, 3, 4, 5, 6))
    found = hours.next_open(datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_waiting_for_business_hours_is_journaled(owner: int) -> None:
    @workflow("test.hours")
    def hours(step: Step) -> str:
        """Wait until somebody is there: nobody is for a week at least."""
        closed = tuple(f"{datetime.now(UTC).date() + timedelta(days=n)}" for n in range(8))
        return f"{step.sleep_until(BusinessHours(holidays=closed))}"

    start(hours)
    drain()
    assert StepRun.objects.get().due_at > datetime.now(UTC) + timedelta(days=5)  # type: ignore[operator]  # not None here: None fails the test
