"""Runs from start to end: steps in order, timers, errors, keys, many at once."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant_context
from crm.tasks import finishing, mutations
from crm.tasks.models import Task
from realtime.functions import Conflict, Context, InvalidInput, mutation
from realtime.functions.models import AuditEntry
from realtime.functions.registry import registry
from tests.cast import Cast
from tests.workflows import example
from tests.workflows.example import note, run_of, titles
from workflows import Step, StepFailed, start, workflow
from workflows.drain import claim, drain, work_all
from workflows.models import Due
from workflows.runs.models import Run, StepRun
from workflows.testing import advance

pytestmark = pytest.mark.django_db


def test_steps_are_done_in_order_and_wait_for_their_time(owner: int) -> None:
    run_id = start(example.onboarding, {"owner_id": owner})
    drain()
    assert titles() == ["Welcome"]
    assert run_of(run_id).status == "waiting"
    advance(timedelta(days=2, hours=23))
    drain()
    assert titles() == ["Welcome"]
    advance(timedelta(hours=1))
    drain()
    assert titles() == ["Welcome", "Ask", "Check"]
    assert (run_of(run_id).status, run_of(run_id).result) == ("completed", "Check")
    assert not Due.objects.filter(kind="run").exists()
    assert list(StepRun.objects.order_by("seq").values_list("key", "status")) == [
        ("tasks.create_task#1", "done"),
        ("tasks.create_task#2", "done"),
        ("tasks.create_task#3", "done"),
        ("tasks.get_task#1", "done"),
    ]


def test_steps_are_audited_as_the_systems_and_name_run_and_step(owner: int) -> None:
    run_id = start(example.onboarding, {"owner_id": owner})
    drain()
    entry = AuditEntry.objects.latest("id")
    assert (entry.actor_kind, entry.request_id) == ("system", f"run-{run_id}-tasks.create_task#1")


def test_start_is_part_of_the_callers_transaction(owner: int) -> None:
    with transaction.atomic():
        start(example.onboarding, {"owner_id": owner})
        transaction.set_rollback(True)
    assert not Run.objects.exists()
    assert not Due.objects.filter(kind="run").exists()


def test_arguments_are_checked_at_the_start(owner: int) -> None:
    with pytest.raises(InvalidInput):
        start(example.onboarding, {"owner_id": "somebody"})


def test_run_of_one_tenant_works_in_that_tenant(owner: int, cast: Cast) -> None:
    with tenant_context(cast.charlie.schema):
        start(example.onboarding, {"owner_id": cast.charlie.member_id})
    start(example.onboarding, {"owner_id": owner})
    drain()
    assert connection.schema_name == cast.alice.schema
    assert titles() == ["Welcome"]
    with tenant_context(cast.charlie.schema):
        assert titles() == ["Welcome"]


def test_key_is_unique_among_live_runs(owner: int) -> None:
    args = {"owner_id": owner}
    first = start(example.onboarding, args, key="a")
    assert start(example.onboarding, args, key="a") == first
    with pytest.raises(Conflict):
        start(example.onboarding, args, key="a", on_conflict="error")
    second = start(example.onboarding, args, key="a", on_conflict="replace")
    assert second != first
    drain()
    assert run_of(first).status == "cancelled"
    advance(timedelta(days=3))
    drain()
    assert run_of(second).status == "completed"
    assert start(example.onboarding, args, key="a") not in (first, second)


def test_refusal_of_a_step_can_be_handled(owner: int) -> None:
    @workflow("test.refused")
    def refused(step: Step, *, owner_id: int) -> str:
        """Ask for what is not there, and go another way."""
        try:
            step.run_mutation(finishing.complete_task, {"task_id": 999_999})
        except StepFailed as error:
            note(step, owner_id, error.code)
            return error.code
        return "done"

    run_id = start(refused, {"owner_id": owner})
    drain()
    assert titles() == ["not_found"]
    assert run_of(run_id).result == "not_found"


def test_refusal_that_nobody_handles_is_a_dead_letter(owner: int) -> None:
    @workflow("test.refused")
    def refused(step: Step) -> None:
        """Ask for what is not there."""
        step.run_mutation(finishing.complete_task, {"task_id": 999_999})

    run_id = start(refused)
    drain()
    run: Any = run_of(run_id)
    assert (run.status, run.error["code"], run.error["step"]) == (
        "failed",
        "not_found",
        "tasks.complete_task#1",
    )
    assert run.finished_at is not None


def test_error_in_the_workflows_own_code_keeps_the_steps_before_it(owner: int) -> None:
    @workflow("test.broken")
    def broken(step: Step, *, owner_id: int) -> None:
        """Do, and break."""
        note(step, owner_id, "kept")
        raise ValueError("oh")

    run_id = start(broken, {"owner_id": owner})
    drain()
    assert titles() == ["kept"]
    assert run_of(run_id).error == {"code": "ValueError", "detail": "oh", "errors": []}


def test_accident_in_a_step_is_tried_again_and_leaves_no_trace(owner: int, monkeypatch: Any) -> None:
    failures = [
        "shared",
        "first",
        "second",
    ]  # the one that undoes a transaction shared with others is not counted
    body = mutations.create_task.body

    def fragile(ctx: Any, **args: Any) -> Any:
        found = body(ctx, **args)
        if failures:
            raise RuntimeError(failures.pop(0))
        return found

    monkeypatch.setattr(mutations.create_task, "body", fragile)

    @workflow("test.one")
    def one(step: Step, *, owner_id: int) -> None:
        """One step."""
        note(step, owner_id, "only")

    run_id = start(one, {"owner_id": owner})
    for _ in range(3):
        drain()
        advance(timedelta(minutes=1))
    assert titles() == ["only"]
    assert run_of(run_id).status == "completed"
    assert StepRun.objects.get(run=run_id).attempts == 2
    assert run_of(run_id).attempts.count() == 2


def test_runs_that_fall_due_together_share_a_transaction(owner: int) -> None:
    @workflow("test.two")
    def two(step: Step, *, owner_id: int, number: int) -> None:
        """Two steps; every tenth run is refused."""
        note(step, owner_id, f"a{number}")
        if number % 10 == 0:
            step.run_mutation(finishing.complete_task, {"task_id": 999_999})
        note(step, owner_id, f"b{number}")

    for number in range(60):
        start(two, {"owner_id": owner, "number": number})
    drain(30)
    assert Run.objects.filter(status="completed").count() == 54
    assert Run.objects.filter(status="failed").count() == 6
    assert Task.objects.count() == 60 + 54
    assert len(set(titles())) == 60 + 54


def test_workflow_code_may_not_use_the_database(owner: int) -> None:
    @workflow("test.direct")
    def direct(step: Step) -> int:
        """Read past the steps."""
        return Task.objects.count()

    run_id = start(direct)
    drain()
    assert run_of(run_id).error["code"] == "DirectAccess"  # type: ignore[index]  # not None here: None fails the test


def test_too_large_result_fails_the_run_and_leaves_no_trace(owner: int) -> None:
    from tests.workflows.example import big

    @workflow("test.large")
    def large(step: Step, *, owner_id: int) -> None:
        """Answer too much."""
        note(step, owner_id, "before")
        step.run_action(big, {})

    run_id = start(large, {"owner_id": owner})
    drain()
    assert run_of(run_id).error["code"] == "too_large"  # type: ignore[index]  # not None here: None fails the test


def test_time_chance_and_ids_are_the_same_at_every_replay(owner: int) -> None:
    seen: list[tuple[Any, ...]] = []

    @workflow("test.same")
    def same(step: Step, *, owner_id: int) -> None:
        """Note what the code sees, before and after a wait."""
        note(step, owner_id, "a")
        seen.append((step.now(), step.random().random(), step.uuid()))
        step.sleep(timedelta(hours=1))

    start(same, {"owner_id": owner})
    drain()
    Due.objects.update(due_at=datetime(2020, 1, 1, tzinfo=UTC))
    drain()
    assert len(seen) == 2
    assert seen[0] == seen[1]


def test_status_line(owner: int) -> None:
    @workflow("test.line")
    def line(step: Step) -> None:
        """Say what goes on."""
        step.set_status("waiting for the payment")
        step.await_event("paid")

    run_id = start(line)
    drain()
    assert run_of(run_id).note == "waiting for the payment"


def test_small_steps_share_their_statements(owner: int) -> None:
    with patch.dict(registry._functions):

        @mutation(permission="system.call")
        def tick(ctx: Context) -> int:
            """Find nothing to do."""
            return 1

    @workflow("test.many")
    def many(step: Step, *, owner_id: int) -> None:
        """Steps that find nothing to do."""
        for _ in range(20):
            step.run_mutation(tick)

    run_id = start(many, {"owner_id": owner})
    (item,) = claim()
    # Steps share a transaction for a moment: the count must not depend on how long that is on this machine.
    with patch("workflows.unit.SECONDS", 3600), CaptureQueriesContext(connection) as found:
        work_all([item])
    assert run_of(run_id).status == "completed"
    statements = [query["sql"].split()[0] for query in found if "SAVEPOINT" not in query["sql"]]
    statements = [word for word in statements if word != "SET"]  # the way into the tenant
    # The start is counted and the run read in one, then the lock, then all rows.
    assert len(statements) == 3
    assert AuditEntry.objects.filter(request_id__startswith=f"run-{run_id}-").count() == 20


def test_each_of_many_steps_is_named_in_the_change_log(owner: int) -> None:
    """Steps of several runs share a transaction; what one wrote is not put down to another."""
    runs = [start(example.onboarding, {"owner_id": owner}) for _ in range(4)]
    drain()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT actor, request_id FROM public.changes_change WHERE \"table\" = 'tasks_task' ORDER BY id"
        )
        found = cursor.fetchall()
    assert found == [("system", f"run-{run_id}-tasks.create_task#1") for run_id in runs]


def test_step_that_refuses_undoes_nothing_else(owner: int) -> None:
    @workflow("test.refused")
    def refused(step: Step, *, owner_id: int) -> None:
        """Go on past a refusal."""
        note(step, owner_id, "before")
        with suppress(StepFailed):
            step.run_mutation(finishing.complete_task, {"task_id": 999_999})
        note(step, owner_id, "after")

    runs = [start(refused, {"owner_id": owner}) for _ in range(5)]
    drain()
    assert titles() == ["before", "after"] * 5
    assert {run_of(run_id).status for run_id in runs} == {"completed"}
    assert not StepRun.objects.filter(attempts__gt=0, kind="mutation").exclude(status="failed").exists()
    assert AuditEntry.objects.filter(function="tasks.create_task").count() == 10
