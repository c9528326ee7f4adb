"""Workflows for tests. Each step leaves a task behind, so that what was done twice is seen twice."""

from datetime import timedelta
from typing import Any

from crm.tasks import mutations, queries
from workflows import Outside, Step, action, workflow

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
