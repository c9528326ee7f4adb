"""Workflows whose steps are found by name: a deploy may insert, remove and move steps in runs that are under way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.workflows.example import note, run_of, titles
from workflows import Step, registry, start, workflow
from workflows.checks import check_journals
from workflows.drain import drain
from workflows.registry import Replay
from workflows.runs.models import StepRun
from workflows.testing import advance

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Body = Callable[[Step, int], Any]


def deploy(body: Body, replay: Replay = "by_name") -> Any:
    """Replace the workflow's code."""

    def handler(step: Step, *, owner_id: int) -> Any:
        """The code of one deploy."""
        return body(step, owner_id)

    registry._workflows.pop("test.named", None)
    found = workflow("test.named", replay=replay)(handler)
    found.code_hash = f"{body.__name__}/{replay}"
    return found


def old(step: Step, owner: int) -> None:
    note(step, owner, "a", name="first")
    note(step, owner, "b", name="second")
    step.sleep(DAY, name="pause")
    note(step, owner, "c", name="third")


def inserted(step: Step, owner: int) -> None:
    note(step, owner, "new", name="new")
    note(step, owner, "a", name="first")
    note(step, owner, "b", name="second")
    step.sleep(DAY, name="pause")
    note(step, owner, "c", name="third")


def removed(step: Step, owner: int) -> None:
    note(step, owner, "b", name="second")
    step.sleep(DAY, name="pause")
    note(step, owner, "c", name="third")


def moved(step: Step, owner: int) -> None:
    note(step, owner, "b", name="second")
    step.sleep(DAY, name="pause")
    note(step, owner, "a", name="first")
    note(step, owner, "c", name="third")


def without_the_wait(step: Step, owner: int) -> None:
    note(step, owner, "a", name="first")
    note(step, owner, "c", name="third")


def patched(step: Step, owner: int) -> None:
    note(step, owner, "a", name="first")
    note(step, owner, "b", name="second")
    if step.patched("greet"):
        note(step, owner, "greeting", name="greet them")
    step.sleep(DAY, name="pause")
    note(step, owner, "c", name="third")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (inserted, ["a", "b", "new", "c"]),
        (removed, ["a", "b", "c"]),
        (moved, ["a", "b", "c"]),
        (without_the_wait, ["a", "b", "c"]),
        (patched, ["a", "b", "c"]),
    ],
)
def test_what_was_done_stands_and_only_what_is_new_is_done(
    owner: int, body: Body, expected: list[str]
) -> None:
    run_id = start(deploy(old), {"owner_id": owner})
    drain()
    deploy(body)
    assert list(check_journals()) == []
    advance(DAY)
    drain()
    assert (run_of(run_id).status, titles()) == ("completed", expected)


def test_new_runs_go_the_patched_way(owner: int) -> None:
    start(deploy(patched), {"owner_id": owner})
    drain()
    assert titles() == ["a", "b", "greeting"]


def test_a_name_that_came_before_with_other_arguments_or_another_kind_is_told(owner: int) -> None:
    def other_arguments(step: Step, owner: int) -> None:
        note(step, owner, "A", name="first")
        step.sleep(DAY, name="pause")

    def other_kind(step: Step, owner: int) -> None:
        step.sleep(DAY, name="first")

    for body in (other_arguments, other_kind):
        run_id = start(deploy(old), {"owner_id": owner})
        drain()
        deploy(body)
        advance(DAY)
        drain()
        assert run_of(run_id).error["code"] == "nondeterminism"  # type: ignore[index]  # not None here: None fails the test


@pytest.mark.parametrize(("before", "after"), [("strict", "by_name"), ("by_name", "strict")])
def test_another_replay_needs_a_new_version(owner: int, before: Replay, after: Replay) -> None:
    run_id = start(deploy(old, before), {"owner_id": owner})
    drain()
    deploy(old, after)
    advance(DAY)
    drain()
    assert (run_of(run_id).status, titles()) == ("blocked", ["a", "b"])
    deploy(old, before)
    advance(timedelta(minutes=2))
    drain()
    assert (run_of(run_id).status, titles()) == ("completed", ["a", "b", "c"])


def test_branches_go_by_name_too(owner: int) -> None:
    def branches(step: Step, owner: int) -> Any:
        both = step.gather(
            lambda one: note(one, owner, "x")["title"], lambda one: note(one, owner, "y")["title"]
        )
        race = step.race(lambda one: one.await_event("never"), lambda one: one.sleep(DAY))
        return [*both, race[0]]

    def more(step: Step, owner: int) -> Any:
        note(step, owner, "before", name="before")
        return branches(step, owner)

    run_id = start(deploy(branches), {"owner_id": owner})
    drain()
    deploy(more)
    advance(DAY)
    drain()
    assert (run_of(run_id).result, titles()) == (["x", "y", 1], ["x", "y", "before"])
    assert StepRun.objects.get(run=run_id, kind="event").status == "skipped"
