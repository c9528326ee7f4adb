"""What the journal can't take, and what comes too late: refused where it comes from, and never done twice."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from realtime.functions import Context, InvalidInput, mutation
from realtime.functions.registry import registry
from tests.workflows.example import note, part, run_of, titles
from workflows import Outside, Step, action, control, send_event, start, workflow
from workflows.drain import drain
from workflows.runs.models import Run, StepRun
from workflows.runs.upkeep import delete_old_runs
from workflows.signals import StepFailed
from workflows.testing import advance

pytestmark = pytest.mark.django_db
BAD: dict[str, Any] = {"object": object(), "nul": "a\0b", "surrogate": "\ud800", "large": "x" * 300_000}


@action
def answer(outside: Outside, *, word: str) -> Any:
    """Answer what can't be stored."""
    return BAD[word]


@workflow("test.bad_answer")
def bad_answer(step: Step, *, owner_id: int, word: str) -> None:
    """An action between two steps."""
    note(step, owner_id, "before")
    step.run_action(answer, {"word": word})
    note(step, owner_id, "after")


@workflow("test.bad_result")
def bad_result(step: Step, *, owner_id: int, word: str) -> Any:
    """A step, and a result that can't be stored."""
    note(step, owner_id, "before")
    return BAD[word]


@pytest.mark.parametrize("word", BAD)
@pytest.mark.parametrize("found", [bad_answer, bad_result], ids=lambda found: found.name)
def test_results_that_cant_be_stored_end_the_run(found: Any, word: str, owner: int) -> None:
    """It says why; what others of the same transaction did stands, and nothing is done again."""
    runs = [
        start(found, {"owner_id": owner, "word": word}),
        start(part, {"owner_id": owner, "name": "other"}),
    ]
    drain()
    run = run_of(runs[0])
    assert (run.status, run.error["code"]) == ("failed", "too_large" if word == "large" else "not_json")  # type: ignore[index]  # not None here
    assert run_of(runs[1]).status == "completed"
    assert sorted(titles()) == ["before", "other part 1", "other part 2"]


def test_a_mutation_whose_result_is_no_json_leaves_nothing(owner: int) -> None:
    with patch.dict(registry._functions):

        @mutation(permission="system.call")
        def keep(ctx: Context) -> Any:
            """Write, and answer something that has no JSON form."""
            from crm.tasks.models import Task

            Task.objects.create(title="half", owner_id=owner)
            return object()

    @workflow("test.no_json")
    def no_json(step: Step) -> None:
        """One step."""
        step.run_mutation(keep)

    run_id = start(no_json)
    drain()
    assert (run_of(run_id).status, run_of(run_id).error["code"]) == ("failed", "not_json")  # type: ignore[index]  # not None here
    assert titles() == []


def test_an_error_with_characters_that_cant_be_stored_is_told(owner: int) -> None:
    @action
    def fail(outside: Outside) -> None:
        """Say so with what the other side sent."""
        raise ValueError("got a\0b\ud800")

    @workflow("test.bad_error")
    def bad_error(step: Step) -> str:
        """Go on past the failure."""
        try:
            step.run_action(fail, at_most_once=True)
        except StepFailed as error:
            step.set_status("a\0b")
            return error.detail
        return ""

    run_id = start(bad_error)
    drain()
    assert (run_of(run_id).status, run_of(run_id).result, run_of(run_id).note) == (
        "completed",
        "got ab?",
        "ab",
    )


def test_large_arguments_and_events_are_refused_at_their_sender(owner: int) -> None:
    with pytest.raises(InvalidInput, match="pass an id"):
        start(part, {"owner_id": owner, "name": "x" * 1_000_000})
    run_id = start("test.go", {"owner_id": owner})
    drain()
    with pytest.raises(InvalidInput, match="send an id"):
        send_event(run_id, "go", {"text": "x" * 300_000})
    send_event(run_id, "go", {"text": "x" * 200_000})
    drain()
    assert run_of(run_id).status == "completed"


def test_a_childs_result_is_kept_for_a_parent_that_rests(owner: int) -> None:
    @workflow("test.slow_child")
    def child(step: Step) -> str:
        """Take an hour."""
        step.sleep(timedelta(hours=1))
        return "child"

    @workflow("test.parent_that_rests")
    def parent(step: Step) -> str:
        """Wait for a child."""
        return step.run_workflow(child)

    run_id = start(parent)
    drain()
    control.pause(run_id)
    advance(timedelta(hours=1))
    drain()
    assert Run.objects.get(parent=run_id).status == "completed"
    advance(timedelta(days=90))
    assert delete_old_runs() == 0
    control.resume(run_id)
    drain()
    assert (run_of(run_id).status, run_of(run_id).result) == ("completed", "child")
    advance(timedelta(days=90))
    assert delete_old_runs() > 0
    assert not StepRun.objects.exists()
