"""Many changes of tasks in one call."""

from accounts.permissions import Permission
from crm.records.batches import Items, run_batch
from crm.records.schemas import BatchResult
from crm.tasks.finishing import complete_task, reopen_task, snooze_task
from crm.tasks.mutations import archive_task, assign_task, create_task, restore_task, update_task
from realtime.functions import Context, mutation
from realtime.functions.registry import AnyFunction

VERBS: dict[str, AnyFunction] = {
    "create": create_task, "update": update_task, "complete": complete_task, "reopen": reopen_task,
    "snooze": snooze_task, "assign": assign_task, "archive": archive_task, "restore": restore_task,
}  # fmt: skip


@mutation(permission=Permission.TASK_EDIT)
def batch_tasks(ctx: Context, *, items: Items) -> list[BatchResult]:
    """Do up to 200 things with tasks, with a result for each; one that is refused leaves the others alone.

    An item has one key, which says what to do, and its arguments: ``{"create": {"title": "Call Ada"}}``,
    ``{"update": {"task_id": 3, "changes": {...}, "version": 2}}``,
    ``{"snooze": {"task_id": 3, "preset": "next_week"}}``; or complete, reopen, assign, archive, restore with a
    ``task_id``.
    """
    return run_batch(ctx, VERBS, items)
