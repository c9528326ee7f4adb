"""Reading tasks."""

from typing import Any, cast

from pydantic import AwareDatetime

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.records.custom import COLUMN
from crm.records.fields import FieldMap, linked_name, plain, readable
from crm.tasks.models import Task
from crm.tasks.schemas import TaskRow, TaskWhen
from realtime.functions import Context, Cursor, Id, Limit, NotFound, Page, query, take_page

ROW = {
    **plain("id", "title", "kind", "due_at", "contact_id", "deal_id", "done_at", "owner_id"),
    "owner_name": "owner__name",
    "custom": COLUMN,
    **plain("team_id", "created_at", "updated_at", "archived_at", "version"),
}


@query(permission=Permission.TASK_VIEW)
def list_tasks(
    ctx: Context,
    *,
    when: TaskWhen = "open",
    owner_id: Id | None = None,
    contact_id: Id | None = None,
    deal_id: Id | None = None,
    updated_since: AwareDatetime | None = None,
    archived: bool = False,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[TaskRow]:
    """List the tasks that you may see: open ones by due time, overdue ones, or done ones."""
    found = visible_to(ctx, Permission.TASK_VIEW, Task.objects.filter(archived_at__isnull=not archived))
    found = found.filter(done_at__isnull=when != "done")
    if when == "overdue":
        found = found.filter(due_at__lt=ctx.now)
        _note_next_due(ctx)
    wanted = {"owner_id": owner_id, "contact_id": contact_id, "deal_id": deal_id}
    found = found.filter(**{name: value for name, value in wanted.items() if value is not None})
    if updated_since is not None:
        found = found.filter(updated_at__gte=updated_since)
    columns, renamed = readable(ctx, "task", _row(ctx))
    rows, next_cursor = take_page(
        found.values(*columns, **renamed), order=("due_at", "id"), cursor=cursor, limit=limit
    )
    return {"data": rows, "next_cursor": next_cursor}


def _note_next_due(ctx: Context) -> None:
    """The list of overdue tasks grows when the next open one falls due."""
    upcoming = visible_to(ctx, Permission.TASK_VIEW, Task.objects.filter(archived_at=None, done_at=None))
    row = upcoming.filter(due_at__gte=ctx.now).order_by("due_at", "id").values("due_at", "id").first()
    if row is not None and row["due_at"] is not None:
        ctx.valid_until(row["due_at"])


@query(permission=Permission.TASK_VIEW)
def get_task(ctx: Context, *, task_id: Id) -> TaskRow:
    """Read one task, in the bin or not."""
    columns, renamed = readable(ctx, "task", _row(ctx))
    found = visible_to(ctx, Permission.TASK_VIEW, Task.objects.filter(pk=task_id))
    row: Any = found.values(*columns, **renamed).first()
    if row is None:
        raise NotFound("There is no task with this id.")
    return cast("TaskRow", row)


def _row(ctx: Context) -> FieldMap:
    """The row's fields; names of linked records only where those are in sight too."""
    return {
        **ROW,
        "contact_name": linked_name(ctx, Permission.CONTACT_VIEW, "contact", "full_name"),
    }
