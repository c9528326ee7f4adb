"""Workflows for tests. Each step leaves a task behind, so that what was done twice is seen twice."""

from datetime import timedelta
from typing import Any

from crm.tasks import mutations, queries
from crm.tasks.models import Task
from workflows import Outside, Step, action, workflow
from workflows.runs.models import Run

#: What actions were asked to do: (idempotency key, attempt).
CALLS: list[tuple[str, int]] = []
#: Errors that the next calls raise.
TROUBLE: list[Exception] = []


@action
def ring(outside: Outside, *, number: str) -> dict[str, Any]:
    """Note the call."""
    CALLS.append((outside.idempotency_key, outside.attempt))
    if TROUBLE:
        raise TROUBLE.pop(0)
    return {"number": number}


@action
def big(outside: Outside) -> str:
    """Answer more than the journal takes."""
    return "x" * 300_000


def note(step: Step, owner_id: int, title: str, **options: Any) -> Any:
    """One task as a durable step."""
    return step.run_mutation(mutations.create_task, {"title": title, "owner_id": owner_id}, **options)


@workflow("test.onboarding")
def onboarding(step: Step, *, owner_id: int) -> str:
    """As short as it gets: do, wait three days and do, do."""
    note(step, owner_id, "Welcome")
    note(step, owner_id, "Ask", run_after=timedelta(days=3))
    task = note(step, owner_id, "Check")
    return step.run_query(queries.get_task, {"task_id": task["id"]})["title"]


def titles() -> list[str]:
    """The tasks that runs left, in order."""
    return list(Task.objects.order_by("id").values_list("title", flat=True))


def run_of(run_id: int) -> Run:
    """The run as it stands."""
    return Run.objects.get(pk=run_id)
