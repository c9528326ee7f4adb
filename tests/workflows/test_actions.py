"""Steps outside the database: attempts, keys, errors, and what nobody can know."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from tests.workflows import example
from tests.workflows.example import CALLS, TROUBLE, note, ring, run_of, titles
from workflows import (
    NonRetryable,
    OutcomeUnknown,
    Outside,
    RetryPolicy,
    Step,
    StepFailed,
    action,
    start,
    workflow,
)
from workflows.drain import drain
from workflows.models import Due
from workflows.runs.models import Attempt, Run, StepRun
from workflows.testing import advance

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


ANSWER = threading.Event()


@action
def dawdle(outside: Outside) -> None:
    """Take longer than anybody waits."""
    ANSWER.wait()


def calling(**options: Any) -> Any:
    @workflow("test.calling")
    def calling(step: Step, *, owner_id: int) -> Any:
        """Ring once, between two steps on the database."""
        note(step, owner_id, "before")
        try:
            answer = step.run_action(ring, {"number": "117"}, **options)
        except OutcomeUnknown:
            return "unknown"
        except StepFailed as error:
            return error.code
        note(step, owner_id, "after")
        return answer

    return calling


def test_result_is_kept_and_the_call_made_once(owner: int) -> None:
    run_id = start(calling(), {"owner_id": owner})
    drain()
    assert run_of(run_id).result == {"number": "117"}
    assert [(f"t_acme/{run_id}/0/example.ring#1", 1)] == CALLS or len(CALLS) == 1
    assert titles() == ["before", "after"]


def test_a_step_that_is_refused_after_it_makes_no_second_call(owner: int) -> None:
    """What shared a transaction with the refused step is done again; the call is not among it."""

    @workflow("test.refused_after")
    def refused_after(step: Step, *, owner_id: int) -> str:
        """Ring, then ask for what is not there."""
        step.run_action(ring, {"number": "117"})
        note(step, owner_id, "after")
        try:
            note(step, 999_999_999, "for nobody")
        except StepFailed as error:
            return error.code
        return "done"

    run_id = start(refused_after, {"owner_id": owner})
    drain()
    assert (run_of(run_id).result, len(CALLS), titles()) == ("invalid_input", 1, ["after"])


def test_failed_attempts_are_repeated_with_the_same_key(owner: int) -> None:
    TROUBLE[:] = [OSError("busy"), OSError("busy")]
    run_id = start(calling(), {"owner_id": owner})
    for _ in range(3):
        drain()
        advance(MINUTE)
    assert run_of(run_id).status == "completed"
    assert [attempt for _, attempt in CALLS] == [1, 2, 3]
    assert len({key for key, _ in CALLS}) == 1
    assert titles() == ["before", "after"]
    assert list(Attempt.objects.values_list("number", flat=True)) == [1, 2]


def test_attempts_end(owner: int) -> None:
    TROUBLE[:] = [OSError("busy")] * 9
    run_id = start(calling(retry=RetryPolicy(attempts=2)), {"owner_id": owner})
    for _ in range(3):
        drain()
        advance(MINUTE)
    assert len(CALLS) == 2
    assert run_of(run_id).result == "OSError"


def test_error_that_no_repetition_mends(owner: int) -> None:
    TROUBLE[:] = [NonRetryable("no such number")]
    run_id = start(calling(), {"owner_id": owner})
    drain()
    assert len(CALLS) == 1
    assert run_of(run_id).result == "NonRetryable"


def test_pause_grows_between_attempts() -> None:
    policy = RetryPolicy(first=MINUTE, factor=3, longest=timedelta(minutes=5), jitter=False)
    assert [policy.pause(n) for n in (1, 2, 3)] == [MINUTE, 3 * MINUTE, 5 * MINUTE]
    assert MINUTE / 2 <= RetryPolicy(first=MINUTE).pause(1) <= MINUTE


def test_action_that_takes_too_long_is_given_up(owner: int) -> None:
    @workflow("test.slow")
    def slow(step: Step) -> str:
        """Wait for a slow one."""
        try:
            step.run_action(dawdle, timeout=timedelta(seconds=0.05), retry=RetryPolicy(attempts=1))
        except StepFailed as error:
            return error.code
        return "?"

    run_id = start(slow)
    ANSWER.clear()
    try:
        drain()
    finally:
        ANSWER.set()
    assert run_of(run_id).result == "TimedOut"


@pytest.mark.parametrize(("once", "calls", "result"), [(True, 0, "unknown"), (False, 1, {"number": "117"})])
def test_start_that_a_dead_worker_left(owner: int, once: bool, calls: int, result: Any) -> None:
    run_id = start(calling(at_most_once=once), {"owner_id": owner})
    TROUBLE[:] = [OSError("cut")]
    drain()
    # As if the first worker had died in the call.
    StepRun.objects.filter(kind="action").update(
        status="started", attempts=1, error=None, result=None, due_at=None, finished_at=None
    )
    StepRun.objects.filter(run=run_id, seq__gte=2).delete()
    type(run_of(run_id)).objects.filter(pk=run_id).update(status="running", result=None, finished_at=None)
    Due.objects.filter(kind="run").delete()
    Due.objects.create(kind="run", ref=run_id, tenant="t_acme")
    CALLS.clear()
    drain()
    assert len(CALLS) == calls
    assert run_of(run_id).result == result


def test_a_start_that_a_dead_worker_left_was_an_attempt(owner: int) -> None:
    run_id = start(calling(retry=RetryPolicy(attempts=2, first=timedelta(0))), {"owner_id": owner})
    TROUBLE[:] = [OSError("cut"), OSError("cut")]
    drain()
    assert run_of(run_id).result == "OSError"
    StepRun.objects.filter(kind="action").update(status="started", attempts=2, error=None, finished_at=None)
    StepRun.objects.filter(run=run_id, seq__gte=2).delete()
    Run.objects.filter(pk=run_id).update(status="running", result=None, finished_at=None)
    Due.objects.create(kind="run", ref=run_id, tenant="t_acme")
    CALLS.clear()
    drain()
    assert CALLS == []
    assert StepRun.objects.get(kind="action").error["code"] == "outcome_unknown"  # type: ignore[index]  # not None here: None fails the test


def test_each_round_of_a_run_has_keys_of_its_own(owner: int) -> None:
    @workflow("test.rounds")
    def rounds(step: Step, *, left: int) -> None:
        """Call, and begin again."""
        step.run_action(ring, {"number": "117"})
        if left:
            step.continue_as_new({"left": left - 1})

    start(rounds, {"left": 1})
    drain()
    assert len({key for key, _ in CALLS}) == 2


def test_runs_with_actions_are_done_alone(owner: int) -> None:
    many = calling()
    runs = [start(many, {"owner_id": owner}) for _ in range(8)]
    drain(20)
    assert [run_of(run_id).status for run_id in runs] == ["completed"] * 8
    assert len(CALLS) == 8
    assert len({key for key, _ in CALLS}) == 8
    assert sorted(titles()) == ["after"] * 8 + ["before"] * 8
    assert example.TROUBLE == []
