"""Reading tasks."""

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from pydantic import AwareDatetime

from accounts.permissions import Permission
from accounts.roles.policy import member_id_of, visible_to
from accounts.schemas import TimeZone
from crm.records.custom import COLUMN
from crm.records.fields import FieldMap, linked_name, ordered, plain, readable, shows
from crm.records.reading import read_page, read_record, read_rows
from crm.tasks.models import Task, TaskReminder
from crm.tasks.schemas import TaskDetail, TaskOrder, TaskRow, TaskWhen
from crm.tasks.times import midnight_after, zone_of
from realtime.functions import Context, Cursor, Forbidden, Id, Limit, NotFound, Page, query

ROW = {
    **plain("id", "title", "kind", "due_at", "due_date", "remind_at", "recurrence", "contact_id", "deal_id"),
    **plain("done_at", "done_by_id"),
    "done_by_name": "done_by__name",
    "owner_id": "owner_id",
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
    time_zone: TimeZone | None = None,
    sort: TaskOrder | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[TaskRow]:
    """List the tasks that you may see: open ones by due time, or done ones, the last first; ``sort`` says otherwise.

    ``overdue``, ``today``, ``upcoming`` and ``undated`` are parts of the open ones. Today ends at midnight in the
    time zone that is named, else in your own.
    """
    given = {
        "owner_id": owner_id, "contact_id": contact_id, "deal_id": deal_id, "updated_at__gte": updated_since,
    }  # fmt: skip
    wanted = {name: value for name, value in given.items() if value is not None}
    if when == "overdue" or (when == "today" and sort not in (None, "due_at")):
        _note_next_due(ctx, wanted, archived)
    wanted |= _due_part(ctx, when, time_zone)

    def build(*values: Any) -> Any:
        found = _tasks(ctx, dict(zip(wanted, values, strict=True)), archived, when)
        columns, renamed = readable(ctx, "task", row_fields(ctx))
        return found.values(*columns, **renamed)

    order = ordered(ctx, "task", sort or _usual_sort(ctx, when))
    shape = ("tasks", when, archived, *wanted)
    rows, next_cursor = read_page(
        ctx, shape, build, list(wanted.values()), order=order, cursor=cursor, limit=limit
    )
    if when == "today" and rows and sort in (None, "due_at"):
        ctx.valid_until(rows[0]["due_at"])
    return {"data": rows, "next_cursor": next_cursor}


def _usual_sort(ctx: Context, when: str) -> TaskOrder:
    if when == "done":
        return "-done_at"
    return "due_at" if shows(ctx, "task", "due_at") else "-created_at"


def _tasks(ctx: Context, wanted: dict[str, Any], archived: bool, when: str) -> QuerySet[Task, Any]:
    found = Task.objects.filter(archived_at__isnull=not archived, done_at__isnull=when != "done", **wanted)
    if when == "undated":
        found = found.filter(due_at=None)
    return visible_to(ctx, Permission.TASK_VIEW, found)


def _due_part(ctx: Context, when: str, time_zone: str | None) -> dict[str, datetime]:
    """The bounds of one part of the tasks; notes when the clock alone will move the first task into it."""
    if when in ("open", "done"):
        return {}
    if not shows(ctx, "task", "due_at"):
        raise Forbidden("Your role may not see when tasks are due.")
    if when == "undated":
        return {}
    if when == "overdue":
        return {"due_at__lt": ctx.now}
    zone = ZoneInfo(time_zone) if time_zone else zone_of(member_id_of(ctx))
    midnight = midnight_after(ctx.now, zone)
    ctx.valid_until(midnight)
    return {"due_at__gte": ctx.now, "due_at__lt": midnight} if when == "today" else {"due_at__gte": midnight}


def _note_next_due(ctx: Context, wanted: dict[str, Any], archived: bool) -> None:
    """The list of overdue tasks grows when the next open one falls due."""
    if not shows(ctx, "task", "due_at"):
        return
    later = {**wanted, "due_at__gte": ctx.now}

    def build(*values: Any) -> Any:
        found = _tasks(ctx, dict(zip(later, values, strict=True)), archived, "overdue")
        return found.order_by("due_at", "id").values("due_at", "id")[:1]

    for row in read_rows(ctx, ("next_due", archived, *later), build, *later.values()):
        ctx.valid_until(row["due_at"])


@query(permission=Permission.TASK_VIEW)
def get_task(ctx: Context, *, task_id: Id) -> TaskDetail:
    """Read one task with its reminders, in the bin or not."""
    row: Any = read_record(ctx, Task, "task", row_fields, task_id)
    if row is None:
        raise NotFound("There is no task with this id.")
    following = visible_to(ctx, Permission.TASK_VIEW, Task.objects.filter(follows_id=task_id))
    row["followed_by_id"] = following.values_list("id", flat=True).first() if row.get("recurrence") else None
    if shows(ctx, "task", "remind_at"):
        reminders = TaskReminder.objects.filter(task_id=task_id).order_by("id")
        row["reminders"] = list(reminders.values("id", "minutes_before", "remind_at", "sent_at"))
    return cast("TaskDetail", row)


def row_fields(ctx: Context) -> FieldMap:
    """The row's fields; names of linked records only where those are in sight too."""
    return {
        **ROW,
        "contact_name": linked_name(ctx, Permission.CONTACT_VIEW, "contact", "full_name"),
        "deal_title": linked_name(ctx, Permission.DEAL_VIEW, "deal", "title"),
    }
