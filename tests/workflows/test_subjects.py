"""Runs about a record that is deleted."""

from collections import Counter
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection

from crm.tasks.models import Task
from realtime.functions import Context, mutation
from realtime.functions.registry import registry
from tests.workflows.example import note, run_of, titles
from workflows import Outside, Step, action, control, start, workflow
from workflows.drain import drain
from workflows.models import Due
from workflows.runs.models import Run, StepRun
from workflows.subjects import cancel_runs_of
from workflows.testing import advance

pytestmark = pytest.mark.django_db


@pytest.fixture
def watched(owner: int) -> int:
    """Tasks are subjects, as if their model said so."""
    trigger = cancel_runs_of("task")
    with connection.cursor() as cursor:
        cursor.execute(trigger.compile(Task).install_sql)
    return owner


@pytest.mark.parametrize("how", ["one", "bulk", "sql"])
def test_deleting_a_record_cancels_its_runs(watched: int, how: str) -> None:
    @workflow("test.subject", subject="task")
    def about(step: Step, *, owner_id: int, task_id: int) -> None:
        """Wait, and say something about the task; clean up if it goes."""
        step.on_cancel(lambda step: note(step, owner_id, "cleaned up"))
        step.sleep(timedelta(days=1))
        note(step, owner_id, "never")

    gone, stays = (Task.objects.create(title=title, owner_id=watched) for title in ("gone", "stays"))
    first = start(about, {"owner_id": watched, "task_id": gone.pk})
    second = start(about, {"owner_id": watched, "task_id": stays.pk})
    drain()
    if how == "one":
        gone.delete()
    elif how == "bulk":
        Task.objects.filter(pk=gone.pk).delete()
    else:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM tasks_task WHERE id = %s", [gone.pk])
    drain()
    assert (run_of(first).status, run_of(second).status) == ("cancelled", "waiting")
    assert titles() == ["stays", "cleaned up"]
    advance(timedelta(days=1))
    drain()
    assert titles() == ["stays", "cleaned up", "never"]
    assert not Due.objects.filter(kind="run").exists()


@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("runs", [1, 5])
@pytest.mark.parametrize("seconds", [0, 3600])
def test_a_step_that_deletes_its_own_runs_record_is_the_last(
    watched: int, last: bool, runs: int, seconds: int
) -> None:
    """Whether steps share a transaction, runs share one, or neither: it stands, the run is cancelled behind it."""
    with patch.dict(registry._functions):

        @mutation(permission="system.call")
        def drop_task(ctx: Context, *, task_id: int) -> int:
            """Delete it for good."""
            return Task.objects.filter(pk=task_id).delete()[0]

        @workflow("test.subject", subject="task")
        def about(step: Step, *, owner_id: int, task_id: int) -> None:
            """Delete the subject on the way, or at the end."""
            step.on_cancel(lambda step: note(step, owner_id, "cleaned up"))
            note(step, owner_id, "before")
            step.run_mutation(drop_task, {"task_id": task_id})
            if not last:
                note(step, owner_id, "never")

        for _ in range(runs):
            gone = Task.objects.create(title="gone", owner_id=watched)
            start(about, {"owner_id": watched, "task_id": gone.pk})
        with patch("workflows.unit.SECONDS", seconds):
            drain()
    assert set(Run.objects.values_list("status", flat=True)) == {"cancelled"}
    assert Counter(titles()) == {"before": runs, "cleaned up": runs}
    assert StepRun.objects.filter(name__endswith="drop_task", status="done").count() == runs
    assert not Due.objects.filter(kind="run").exists()


@pytest.mark.parametrize("seconds", [0, 3600])
def test_a_step_that_pauses_its_own_run(owner: int, seconds: int) -> None:
    @workflow("test.pausing")
    def pausing(step: Step, *, owner_id: int) -> None:
        """Pause in the middle."""
        note(step, owner_id, "before")
        step.run_mutation("runs.pause_run", {"run_id": step.run_id})
        note(step, owner_id, "after")

    run_id = start(pausing, {"owner_id": owner})
    with patch("workflows.unit.SECONDS", seconds):
        drain()
        assert (run_of(run_id).status, titles()) == ("paused", ["before"])
        control.resume(run_id)
        drain()
    assert (run_of(run_id).status, titles()) == ("completed", ["before", "after"])


@action
def ask(outside: Outside) -> str:
    """Nobody gets here: see below."""
    raise AssertionError


def test_a_record_that_goes_during_an_action_ends_the_run_there(watched: int) -> None:
    @workflow("test.subject", subject="task")
    def about(step: Step, *, owner_id: int, task_id: int) -> None:
        """Lose the subject on the way."""
        step.on_cancel(lambda step: note(step, owner_id, "cleaned up"))
        note(step, owner_id, "before")
        step.run_action(ask)
        note(step, owner_id, "never")

    gone = Task.objects.create(title="gone", owner_id=watched)
    run_id = start(about, {"owner_id": watched, "task_id": gone.pk})

    def called(*_arguments: object) -> str:
        # Actions run in a thread, whose connection does not see this test's transaction.
        gone.delete()
        return "answer"

    with patch("workflows.outside._call", called):
        for _ in range(3):
            drain()
            advance(timedelta(minutes=1))
    assert run_of(run_id).status == "cancelled"
    assert titles() == ["before", "cleaned up"]
    assert not Due.objects.filter(kind="run").exists()
