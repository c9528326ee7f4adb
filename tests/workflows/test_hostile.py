"""What the journal can't take, and what comes too late: refused where it comes from, and never done twice."""

from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest

from realtime.functions import Context, InvalidInput, mutation
from realtime.functions.registry import registry
from tests.workflows.example import note, part, run_of, titles
from workflows import Outside, Step, action, control, send_event, start, workflow
from workflows.drain import drain
from workflows.registry import AnyWorkflow
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
    with pytest.raises(InvalidInput, match="NUL"):
        start(part, {"owner_id": owner, "name": "a\0b"})
    with pytest.raises(InvalidInput, match="leave it out"):
        send_event(run_id, "go", {"text": "a\0b"})
    with pytest.raises(InvalidInput, match="at most 80"):
        send_event(run_id, "g" * 81)
    send_event(run_id, "go", {"text": "x" * 200_000})
    drain()
    assert run_of(run_id).status == "completed"


def test_arguments_that_cant_be_stored_do_not_begin_again(owner: int) -> None:
    @workflow("test.again_with_nul")
    def again(step: Step, *, text: str = "") -> None:
        """Begin again with what can't be stored."""
        step.continue_as_new({"text": "a\0b"})

    run_id = start(again)
    drain()
    assert run_of(run_id).status == "failed"
    assert "U+0000" in run_of(run_id).error["detail"]  # type: ignore[index]  # not None here: None fails the test


def test_a_step_whose_name_is_too_long_is_told(owner: int) -> None:
    @workflow("test.long_name")
    def long_name(step: Step) -> None:
        """Wait under a name that no column takes."""
        step.sleep(timedelta(0), name="n" * 200)

    run_id = start(long_name)
    drain()
    assert run_of(run_id).status == "failed"
    assert "too long a name" in run_of(run_id).error["detail"]  # type: ignore[index]  # not None here: None fails the test


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


def test_children_that_are_waited_for_are_read_together(
    owner: int, django_assert_max_num_queries: Any
) -> None:
    """However many there are: a parent that is woken by one of them does not ask for each of the others."""

    @workflow("test.patient_child")
    def child(step: Step, *, number: int) -> int:
        """Wait to be told."""
        step.await_event("go")
        return number

    @workflow("test.many_children")
    def parent(step: Step) -> int:
        """Wait for many."""
        return sum(step.gather(*(partial(_child, child, number) for number in range(300))))

    run_id = start(parent)
    drain()
    children = list(Run.objects.filter(parent=run_id).order_by("id").values_list("id", flat=True))
    send_event(children[0], "go")
    with django_assert_max_num_queries(40):
        drain()
    for child_id in children[1:]:
        send_event(child_id, "go")
    drain()
    assert run_of(run_id).result == sum(range(300))


def _child(workflow: AnyWorkflow, number: int, step: Step) -> int:
    found: int = step.run_workflow(workflow, {"number": number})
    return found


def test_a_family_larger_than_a_run_is_refused_before_its_first_child(owner: int) -> None:
    @workflow("test.too_many_children")
    def parent(step: Step) -> int:
        """Ask for one more than there is room for."""
        note(step, owner, "before")
        return len(step.gather(*(partial(_child, part, number) for number in range(5_000))))

    run_id = start(parent)
    drain()
    run = run_of(run_id)
    assert (run.status, Run.objects.count(), titles()) == ("failed", 1, ["before"])
    assert run.error["detail"] == (
        "5,000 branches are too many for a run that has 1 of at most 5,000 steps behind it: "
        "give portions to child runs with step.run_workflow(), or go on with step.continue_as_new()."
    )


def test_branches_without_steps_that_a_run_went_through_it_goes_through_again(owner: int) -> None:
    """What fitted when the code first came there stands, however long the journal has become since."""

    @workflow("test.idle_branches")
    def run(step: Step) -> int:
        """Branches that only count, then as many steps as there may be."""
        found = step.gather(*(partial(_number, number) for number in range(3)))
        for number in range(4):
            note(step, owner, f"{number}")
        step.await_event("go")
        return sum(found)

    with patch("workflows.journal.MAX_ENTRIES", 5):
        run_id = start(run)
        drain()
        send_event(run_id, "go")
        drain()
    assert run_of(run_id).result == 3


def _number(number: int, step: Step) -> int:
    return number


@pytest.mark.parametrize("replay", ["strict", "by_name"])
def test_a_family_larger_than_a_run_in_portions(owner: int, replay: str) -> None:
    """As docs/workflows.md says: forty grandchildren of a run that has room for twelve steps."""

    @workflow("test.grandchild")
    def grandchild(step: Step, *, number: int) -> int:
        """One of many."""
        return number

    @workflow("test.portion", replay=replay)
    def portion(step: Step, *, first: int) -> int:
        """As many children as a run may have."""
        return sum(step.gather(*(partial(_child, grandchild, first + n) for n in range(10))))

    @workflow("test.grandparent", replay=replay)
    def grandparent(step: Step) -> int:
        """One child a portion."""
        return sum(step.gather(*(partial(_portion, portion, first) for first in range(0, 40, 10))))

    with patch("workflows.journal.MAX_ENTRIES", 12):
        run_id = start(grandparent)
        drain()
    assert (run_of(run_id).result, Run.objects.count()) == (sum(range(40)), 45)


def _portion(workflow: AnyWorkflow, first: int, step: Step) -> int:
    found: int = step.run_workflow(workflow, {"first": first})
    return found


def test_a_large_family_is_cancelled_by_a_few_statements(
    owner: int, django_assert_max_num_queries: Any
) -> None:
    @workflow("test.spawned_child")
    def child(step: Step) -> None:
        """Wait for ever."""
        step.await_event("never")

    @workflow("test.spawner")
    def parent(step: Step) -> None:
        """Start many and go on."""
        for _ in range(100):
            step.spawn(child)
        step.await_event("never")

    run_id = start(parent)
    drain()
    with django_assert_max_num_queries(10):
        control.cancel(run_id)
    drain()
    assert set(Run.objects.values_list("status", flat=True)) == {"cancelled"}
