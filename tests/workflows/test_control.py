"""Cancel, pause, resume, retry, fork: through the registered functions where people use them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from crm.tasks import finishing
from crm.tasks.models import Task
from realtime.functions import Conflict, NotFound
from realtime.functions.call import call
from tests.cast import Cast
from tests.workflows import example
from tests.workflows.example import note, onboarding, run_of, titles
from workflows import Step, control, send_event, start, workflow
from workflows.claims import Claims
from workflows.drain import claim, drain, work_all
from workflows.driving import drive_alone, load
from workflows.models import Due
from workflows.runs.models import Run, StepRun
from workflows.runs.upkeep import delete_old_runs, repair_stranded
from workflows.testing import advance, expire_leases
from workflows.unit import guard
from workflows.writes import Grip

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_cancelled_run_does_nothing_more(owner: int, cast: Cast) -> None:
    run_id = start(example.onboarding, {"owner_id": owner})
    drain()
    call("runs.cancel_run", cast.adam.context(), {"run_id": run_id})
    drain()
    advance(7 * DAY)
    drain()
    assert titles() == ["Welcome"]
    assert run_of(run_id).status == "cancelled"
    with pytest.raises(Conflict):
        call("runs.cancel_run", cast.adam.context(), {"run_id": run_id})


def test_clean_ups_are_durable_steps_latest_first(owner: int) -> None:
    @workflow("test.clean")
    def clean(step: Step, *, owner_id: int) -> None:
        """Reserve two things, and give them back."""
        for name in ("room", "car"):
            note(step, owner_id, name)
            step.on_cancel(lambda step, name=name: note(step, owner_id, f"no {name}"))
        step.sleep(DAY)
        step.on_cancel(lambda step: note(step, owner_id, "never"))

    run_id = start(clean, {"owner_id": owner})
    drain()
    control.cancel(run_id)
    drain()
    assert titles() == ["room", "car", "no car", "no room"]
    assert run_of(run_id).status == "cancelled"


def test_clean_up_may_wait(owner: int) -> None:
    @workflow("test.clean")
    def clean(step: Step, *, owner_id: int) -> None:
        """Clean up a day after."""

        def later(step: Step) -> None:
            step.sleep(DAY)
            note(step, owner_id, "cleaned")

        step.on_cancel(later)
        step.await_event("never")

    run_id = start(clean, {"owner_id": owner})
    drain()
    control.cancel(run_id)
    drain()
    assert run_of(run_id).status == "cancelling"
    advance(DAY)
    drain()
    assert (titles(), run_of(run_id).status) == (["cleaned"], "cancelled")


def test_children_are_cancelled_with_their_parent(owner: int) -> None:
    @workflow("test.parent")
    def parent(step: Step, *, owner_id: int) -> None:
        """Wait for a child."""
        step.run_workflow(example.onboarding, {"owner_id": owner_id})

    run_id = start(parent, {"owner_id": owner})
    drain()
    control.cancel(run_id)
    drain()
    assert set(Run.objects.values_list("status", flat=True)) == {"cancelled"}


def test_the_whole_family_is_cancelled(owner: int) -> None:
    @workflow("test.generations")
    def generations(step: Step, *, left: int) -> None:
        """Wait for a child that does the same."""
        if left:
            step.run_workflow(generations, {"left": left - 1})
        step.await_event("never")

    run_id = start(generations, {"left": 3})
    drain()
    control.cancel(run_id)
    drain()
    assert list(Run.objects.values_list("status", flat=True)) == ["cancelled"] * 4


@pytest.mark.parametrize("how", ["another worker has it", "somebody changed it"])
def test_worker_that_comes_back_with_what_it_read_writes_nothing(owner: int, how: str) -> None:
    """Past its claim and the count of its start, only the guard of its transaction is left."""
    run_id = start(onboarding, {"owner_id": owner})
    (mine,) = load(claim())
    if how == "somebody changed it":
        Run.objects.filter(pk=run_id).update(generation=1)
    else:
        expire_leases()
        claim()
    drive_alone(mine)
    assert titles() == []
    assert not StepRun.objects.exists()
    assert Due.objects.get(kind="run").state == Due.State.LEASED


def test_worker_that_holds_a_cancelled_run_writes_nothing(owner: int) -> None:
    run_id = start(example.onboarding, {"owner_id": owner})
    items = Claims().take()
    control.cancel(run_id)
    work_all(items)
    assert titles() == []
    drain()
    assert (titles(), run_of(run_id).status) == ([], "cancelled")


def test_paused_run_rests_and_goes_on(owner: int, cast: Cast) -> None:
    run_id = start(example.onboarding, {"owner_id": owner})
    drain()
    call("runs.pause_run", cast.adam.context(), {"run_id": run_id})
    advance(4 * DAY)
    drain()
    assert titles() == ["Welcome"]
    assert run_of(run_id).status == "paused"
    call("runs.resume_run", cast.adam.context(), {"run_id": run_id})
    drain()
    assert (titles(), run_of(run_id).status) == (["Welcome", "Ask", "Check"], "completed")


def test_event_to_a_paused_run_is_kept(owner: int) -> None:
    @workflow("test.wait")
    def wait(step: Step) -> Any:
        """Wait."""
        return step.await_event("go")

    run_id = start(wait)
    drain()
    control.pause(run_id)
    send_event(run_id, "go", {"x": 1})
    drain()
    assert run_of(run_id).status == "paused"
    control.resume(run_id)
    drain()
    assert run_of(run_id).result == {"x": 1}


def fragile(step: Step, *, owner_id: int) -> None:
    """Do, complete a task that may be missing, do."""
    note(step, owner_id, "a")
    step.run_mutation(finishing.complete_task, {"task_id": 424_242})
    note(step, owner_id, "b")


def test_failed_run_is_retried_from_where_it_failed(owner: int, cast: Cast) -> None:
    run_id = start(workflow("test.fragile")(fragile), {"owner_id": owner})
    drain()
    assert run_of(run_id).status == "failed"
    Task.objects.create(pk=424_242, title="there", owner_id=owner)
    call("runs.retry_run", cast.adam.context(), {"run_id": run_id})
    drain()
    assert run_of(run_id).status == "completed"
    assert sorted(titles()) == ["a", "b", "there"]


def test_fork_begins_with_a_copy_of_the_journal(owner: int, cast: Cast) -> None:
    run_id = start(workflow("test.fragile")(fragile), {"owner_id": owner})
    drain()
    Task.objects.create(pk=424_242, title="there", owner_id=owner)
    forked = call("runs.fork_run", cast.adam.context(), {"run_id": run_id})["id"]
    drain()
    assert (run_of(run_id).status, run_of(forked).status) == ("failed", "completed")
    assert sorted(titles()) == ["a", "b", "there"]


@workflow("test.waiting_child")
def waiting_child(step: Step) -> None:
    """Wait to be told."""
    step.await_event("end")


@workflow("test.asks_and_fails")
def asks_and_fails(step: Step, *, owner_id: int) -> dict[str, Any]:
    """Take an event, start a child, take two more, and fail on a task that may be missing."""
    found = [step.await_event("answer")]
    step.spawn(waiting_child)
    found += [step.await_event("answer"), step.await_event("answer", timeout=DAY)]
    step.run_mutation(finishing.complete_task, {"task_id": 424_242})
    return {"answers": found}


@pytest.mark.parametrize("do", [control.retry_from, control.fork])
def test_steps_that_are_done_again_take_their_events_again(owner: int, do: Any) -> None:
    """And the child of a step that is done again is cancelled, while a fork leaves the other run's child alone."""
    run_id = start(asks_and_fails, {"owner_id": owner})
    for number in (1, 2, 2):
        send_event(run_id, "answer", {"n": number})
    drain()
    assert run_of(run_id).status == "failed"
    Task.objects.create(pk=424_242, title="there", owner_id=owner)
    again = do(run_id, "1") or run_id
    drain()
    assert run_of(again).result == {"answers": [{"n": 1}, {"n": 2}, {"n": 2}]}
    children = Run.objects.filter(workflow="test.waiting_child").order_by("id")
    first = "cancelled" if again == run_id else "waiting"
    assert list(children.values_list("status", flat=True)) == [first, "waiting"]


def test_a_fork_of_a_run_that_waits_for_a_child_has_a_child_of_its_own(owner: int) -> None:
    @workflow("test.child_and_event")
    def family(step: Step) -> None:
        """Wait for a child and for an event."""
        step.gather(lambda step: step.run_workflow(waiting_child), lambda step: step.await_event("go"))

    run_id = start(family)
    drain()
    forked = control.fork(run_id, "0/1/0")
    drain()
    for parent in (run_id, forked):
        send_event(parent, "go")
        send_event(Run.objects.get(parent=parent).pk, "end")
    drain()
    assert [run_of(run_id).status, run_of(forked).status] == ["completed", "completed"]


def test_no_two_runs_of_a_key_by_fork_or_retry(owner: int, cast: Cast) -> None:
    """A fork has its run's key; neither it nor a retry comes to life beside another run that has it."""
    fragiles = workflow("test.fragile")(fragile)
    run_id = start(fragiles, {"owner_id": owner}, key="one")
    drain()
    Task.objects.create(pk=424_242, title="there", owner_id=owner)
    forked = call("runs.fork_run", cast.adam.context(), {"run_id": run_id})["id"]
    for name in ("runs.fork_run", "runs.retry_run"):
        with pytest.raises(Conflict, match="same key"):
            call(name, cast.adam.context(), {"run_id": run_id})
    assert start(fragiles, {"owner_id": owner}, key="one") == forked
    drain()
    assert run_of(forked).status == "completed"
    call("runs.retry_run", cast.adam.context(), {"run_id": run_id})


def test_started_too_often_without_an_end_is_a_dead_letter(owner: int) -> None:
    run_id = start(example.onboarding, {"owner_id": owner})
    Due.objects.filter(kind="run").update(attempts=3)
    drain()
    assert run_of(run_id).error["code"] == "poison"  # type: ignore[index]  # not None here: None fails the test
    assert titles() == []


def test_claims_without_starts_are_not_counted(owner: int) -> None:
    run_id = start(example.onboarding, {"owner_id": owner})
    for _ in range(8):
        Claims().take()
        Due.objects.update(lease_until=Due.objects.get(kind="run").due_at)
    drain()
    assert (titles(), run_of(run_id).status) == (["Welcome"], "waiting")


def test_timeline(owner: int, cast: Cast) -> None:
    run_id = start(example.onboarding, {"owner_id": owner})
    drain()
    timeline = call("runs.get_run", cast.adam.context(), {"run_id": run_id})
    assert [(step["key"], step["status"]) for step in timeline["steps"]] == [
        ("tasks.create_task#1", "done"),
        ("tasks.create_task#2", "waiting"),
    ]
    listed = call("runs.list_runs", cast.adam.context(), {"status": "waiting"})["data"]
    assert [row["id"] for row in listed] == [run_id]


def test_old_runs_go_and_live_ones_stay(owner: int) -> None:
    over = start(example.onboarding, {"owner_id": owner})
    live = start(example.onboarding, {"owner_id": owner})
    drain()
    control.cancel(over)
    drain()
    advance(2 * DAY)
    delete_old_runs()
    assert Run.objects.count() == 2
    advance(29 * DAY)
    delete_old_runs()
    assert list(Run.objects.values_list("id", flat=True)) == [live]


def test_run_that_was_deleted_under_a_worker(owner: int, cast: Cast) -> None:
    run_id = start(onboarding, {"owner_id": owner})
    (item,) = claim()
    Run.objects.filter(pk=run_id).delete()
    work_all([item])
    assert not Due.objects.filter(kind="run").exists()
    assert titles() == []
    with pytest.raises(NotFound):
        call("runs.get_run", cast.olivia.context(), {"run_id": run_id})


def test_a_run_that_rests_with_its_tenant_is_not_taken_for_stranded(owner: int, settings: Any) -> None:
    @workflow("test.rests", rests_when_held=True)
    def rests(step: Step) -> None:
        """Sleep."""
        step.sleep(DAY)

    run_id = start(rests)
    settings.WORKFLOWS_HELD = f"{__name__}.yes"
    drain()
    assert run_of(run_id).error["code"] == "held"  # type: ignore[index]  # not None here: None fails the test
    assert repair_stranded() == []
    # One that was left behind when its tenant was released is.
    settings.WORKFLOWS_HELD = ""
    assert repair_stranded() == [run_id]


def yes(_schema: str, *, for_sure: bool) -> bool:
    """Whether a tenant is held."""
    return True


def test_live_run_without_a_due_row_is_found(owner: int) -> None:
    lost = start(example.onboarding, {"owner_id": owner})
    drain()
    assert repair_stranded() == []
    Due.objects.filter(kind="run").delete()
    assert repair_stranded() == [lost]
    assert Due.objects.filter(kind="run", ref=lost).exists()
    assert StepRun.objects.filter(run=lost).count() == 2


def test_a_run_of_another_generation_is_not_ours(owner: int) -> None:
    """A worker that read the run before it was taken in hand has the right token and the wrong generation."""
    run_id = start(example.onboarding, {"owner_id": owner})
    (item,) = claim()
    run = Run.objects.get(pk=run_id)
    held = Grip(run.pk, item.id, item.token, item.due_at, run.generation)
    assert guard([held]) == {run_id}
    assert guard([replace(held, generation=run.generation - 1)]) == set()
    assert guard([replace(held, token=uuid4())]) == set()
