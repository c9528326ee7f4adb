"""A task's due time and recurrence as they belong together, and taking a task into one's hand."""

from collections.abc import Mapping
from typing import Any

from accounts.permissions import Permission
from crm.records import writes
from crm.tasks.models import Task
from crm.tasks.recurrence import completed_rule
from crm.tasks.times import end_of_day, zone_of
from realtime.functions import Context, invalid

WORD = "task"


def lock(ctx: Context, task_id: int, to: Permission, version: int | None) -> Task:
    """The task, locked until commit; refused as ``crm.records.writes.lock`` says."""
    return writes.lock(ctx, Task.objects.all(), task_id, to=to, version=version)


def settled(sent: Mapping[str, Any], task: Task, owner_id: int | None) -> dict[str, Any]:
    """The values with what follows: a time and a date replace each other, a rule is said in full.

    InvalidInput for a time and a date, and for a recurrence without either.
    """
    values: dict[str, Any] = {**sent, **_due(sent, task, owner_id)}
    due_at = values.get("due_at", task.due_at)
    rule = values.get("recurrence", task.recurrence)
    if rule is not None and due_at is None:
        raise invalid("recurrence", "A task that comes again needs a due date.", "needs_due_date")
    if rule is not None and due_at is not None and values.get("recurrence") is not None:
        values["recurrence"] = completed_rule(rule, due_at, zone_of(owner_id))
    return values


def _due(sent: Mapping[str, Any], task: Task, owner_id: int | None) -> dict[str, Any]:
    day, moment = sent.get("due_date"), sent.get("due_at")
    if day is not None and moment is not None:
        raise invalid("due_date", "Give a time or a date, not both.", "time_or_date")
    if day is not None:
        return {"due_at": end_of_day(day, zone_of(owner_id))}
    if moment is not None or "due_at" in sent:
        return {"due_date": None}
    if "due_date" in sent and task.due_date is not None:
        return {"due_at": None}
    return {}


def move_to_zone(task: Task) -> None:
    """After a change of owner: the end of the task's day is where the new one lives."""
    if task.due_date is None:
        return
    due_at = end_of_day(task.due_date, zone_of(task.owner_id))
    if due_at != task.due_at:
        task.due_at = due_at
        task.save(update_fields=["due_at"])
