"""Deploys with runs in flight: old versions, small patches, and code that parts from the journal."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.workflows.example import note, ring, run_of, titles
from workflows import Step, registry, start, workflow
from workflows.checks import check_journals
from workflows.drain import drain
from workflows.models import Due
from workflows.runs.models import Run
from workflows.starting import insert
from workflows.testing import advance

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HALF = 500 if os.environ.get("FAULTS") == "all" else 60
Body = Callable[[Step, int], Any]


def deploy(*bodies: Body) -> Any:
    """Replace the workflow's code, as a deploy does; one version a body."""
    registry._workflows.pop("test.flight", None)
    for version, body in enumerate(bodies, 1):
        found = workflow("test.flight", version=version)(closed(body))
        found.code_hash = body.__name__
    return found


def closed(body: Body) -> Any:
    def handler(step: Step, *, owner_id: int) -> Any:
        """The code of one deploy."""
        return body(step, owner_id)

    return handler


def old(step: Step, owner: int) -> None:
    note(step, owner, "a")
    step.sleep(DAY)
    note(step, owner, "b")
    note(step, owner, "c")


def in_flight(owner: int, body: Body = old) -> int:
    run_id = start(deploy(body), {"owner_id": owner})
    drain()
    return run_id


def inserted(step: Step, owner: int) -> None:
    note(step, owner, "a")
    note(step, owner, "new")
    step.sleep(DAY)


def removed(step: Step, owner: int) -> None:
    step.sleep(DAY)


def other_kind(step: Step, owner: int) -> None:
    step.run_action(ring, {"number": "1"})
    step.sleep(DAY)


def other_arguments(step: Step, owner: int) -> None:
    note(step, owner, "A")
    step.sleep(DAY)


def early_end(step: Step, owner: int) -> None:
    note(step, owner, "a")


def branches(step: Step, owner: int) -> None:
    step.gather(lambda step: note(step, owner, "a"), lambda step: note(step, owner, "b"))
    step.sleep(DAY)


@pytest.mark.parametrize("body", [inserted, removed, other_kind, other_arguments, early_end, branches])
def test_code_that_parts_from_the_journal_blocks_the_run_and_shows_both_sides(owner: int, body: Body) -> None:
    run_id = in_flight(owner)
    deploy(body)
    advance(DAY)
    drain()
    run: Any = run_of(run_id)
    assert run.status == "blocked"
    assert run.error["code"] == "nondeterminism"
    assert run.error["in_journal"] is not None
    assert titles() == ["a"]
    # Rolled back, the run goes on as if nothing had been.
    deploy(old)
    advance(timedelta(minutes=2))
    drain()
    assert (run_of(run_id).status, titles()) == ("completed", ["a", "b", "c"])


def test_blocked_run_burns_no_attempts_while_the_code_stays(owner: int) -> None:
    run_id = in_flight(owner)
    deploy(inserted)
    advance(DAY)
    for _ in range(6):
        drain()
        advance(timedelta(minutes=2))
    assert run_of(run_id).status == "blocked"
    assert Due.objects.get(kind="run").attempts == 0


def test_what_comes_after_the_wait_may_change(owner: int) -> None:
    def longer(step: Step, owner: int) -> None:
        note(step, owner, "a")
        step.sleep(2 * DAY)  # a length counts when the wait begins
        note(step, owner, "x")

    run_id = in_flight(owner)
    deploy(longer)
    advance(DAY)
    drain()
    assert (run_of(run_id).status, titles()) == ("completed", ["a", "x"])


def test_old_runs_finish_on_their_version_and_new_ones_take_the_newest(owner: int) -> None:
    def new(step: Step, owner: int) -> None:
        note(step, owner, "new")

    first = in_flight(owner)
    second = start(deploy(old, new), {"owner_id": owner})
    advance(DAY)
    drain()
    assert [run_of(first).version, run_of(second).version] == [1, 2]
    assert [run_of(first).status, run_of(second).status] == ["completed", "completed"]
    assert sorted(titles()) == ["a", "b", "c", "new"]


def test_version_that_this_worker_lacks_waits_untouched_for_another(owner: int) -> None:
    run_id = in_flight(owner)
    registry._workflows.pop("test.flight")
    advance(DAY)
    drain()
    row = Due.objects.get(kind="run")
    assert (run_of(run_id).status, row.attempts) == ("waiting", 0)
    assert "version 1 of test.flight" in row.error
    deploy(old)
    advance(timedelta(seconds=10))
    drain()
    assert run_of(run_id).status == "completed"


def test_patch_takes_new_runs_the_new_way_and_old_ones_the_old(owner: int) -> None:
    def patched(step: Step, owner: int) -> None:
        note(step, owner, "a")
        if step.patched("greet first"):
            note(step, owner, "hello")
        step.sleep(DAY)
        note(step, owner, "b")
        note(step, owner, "c")

    first = in_flight(owner)
    second = start(deploy(patched), {"owner_id": owner})
    drain()
    advance(DAY)
    drain()
    assert [run_of(first).status, run_of(second).status] == ["completed", "completed"]
    assert sorted(titles()) == ["a", "a", "b", "b", "c", "c", "hello"]


def test_deploy_is_checked_against_live_journals(owner: int) -> None:
    run_id = in_flight(owner)
    assert check_journals() == []
    deploy(inserted)
    (problem,) = check_journals()
    assert f"run {run_id}" in problem
    assert "a wait" in problem or "differs" in problem
    registry._workflows.pop("test.flight")
    assert "version 1 of test.flight" in check_journals()[0]
    assert titles() == ["a"]
    assert run_of(run_id).status == "waiting"


@pytest.mark.parametrize(
    ("changed", "expected"), [("keep", ["a", "b", "c"]), ("rerun", ["A", "a", "b", "c"])]
)
def test_a_step_may_say_what_other_arguments_mean(owner: int, changed: Any, expected: list[str]) -> None:
    def renamed(step: Step, owner: int) -> None:
        note(step, owner, "A", changed=changed)
        step.sleep(DAY)
        note(step, owner, "b")
        note(step, owner, "c")

    run_id = in_flight(owner)
    deploy(renamed)
    assert check_journals() == []
    advance(DAY)
    drain()
    assert (run_of(run_id).status, sorted(titles())) == ("completed", expected)
    # What was done again is in the journal: it is not done a third time.
    assert run_of(run_id).steps.get(position="0").args["title"] == ("A" if changed == "rerun" else "a")


def test_a_deploy_with_many_runs_in_flight_strands_none(owner: int) -> None:
    """Half follow code that a deploy changes under them, half a version of their own that it leaves."""

    def begun(step: Step, owner: int) -> None:
        step.sleep(DAY)
        note(step, owner, "old")

    def reordered(step: Step, owner: int) -> None:
        note(step, owner, "first")
        step.sleep(DAY)

    def gone_by(step: Step, owner: int) -> str:
        step.sleep(DAY)
        return "new"

    deploy(begun, gone_by)
    flight = registry._workflows["test.flight"]
    ids = {version: [insert(flight[version], {"owner_id": owner}) for _ in range(HALF)] for version in (1, 2)}
    drain(60)
    deploy(reordered, gone_by)
    advance(DAY)
    drain(60)
    statuses = dict(Run.objects.values_list("id", "status"))
    assert {statuses[run_id] for run_id in ids[1]} == {"blocked"}
    assert {statuses[run_id] for run_id in ids[2]} == {"completed"}
    assert titles() == []
    assert len(check_journals()) == HALF
    # The deploy that was wrong is taken back: every run ends on its own path.
    deploy(begun, gone_by)
    advance(timedelta(minutes=2))
    drain(60)
    assert set(Run.objects.values_list("status", flat=True)) == {"completed"}
    assert titles() == ["old"] * HALF


def test_a_result_that_the_code_can_no_longer_read_blocks_the_run(owner: int) -> None:
    """As when a deploy gave a function another result: what the journal holds is not passed on unread."""
    run_id = in_flight(owner)
    step = run_of(run_id).steps.get(position="0")
    before, step.result = step.result, "only a text"
    step.save(update_fields=["result"])
    advance(DAY)
    drain()
    run = run_of(run_id)
    assert run.status == "blocked"
    assert "can't be read by this code" in run.error["detail"]
    step.result = before
    step.save(update_fields=["result"])
    Run.objects.filter(pk=run_id).update(error={})  # as if by other code
    advance(timedelta(minutes=2))
    drain()
    assert run_of(run_id).status == "completed"
