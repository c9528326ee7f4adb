"""Live regions about tasks."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.roles.policy import member_id_of, scope_of
from crm.tasks.queries import list_tasks
from crm.tasks.schemas import TaskRow
from crm.web.forms.records import may
from crm.web.pages import ask, trail_pages
from realtime.functions import Context, Cursor, Id
from realtime.live.fragments import fragment


@fragment("tasks/list", template="tasks/_list.html")
def tasks_list(
    ctx: Context, *, whose: str = "mine", show: str = "open", cursor: Cursor | None = None, trail: str = ""
) -> dict[str, Any]:
    """Tasks by when they are due, or those done."""
    owner = member_id_of(ctx) if whose == "mine" else None
    when = "done" if show == "done" else "open"
    found = ask(ctx, list_tasks, when=when, owner_id=owner, cursor=cursor, limit=100)
    rows = with_rights(ctx, found["data"])
    return {
        "groups": [{"title": _("Done"), "rows": rows}] if when == "done" else by_due_time(ctx, rows),
        "is_empty": not rows,
        "whose": whose,
        "show": when,
        "now": ctx.now,
        "pages": trail_pages({"whose": whose, "show": show, "cursor": cursor}, found["next_cursor"], trail),
        "may_create": scope_of(ctx).allows(Permission.TASK_CREATE),
    }


@fragment("tasks/of_contact", template="tasks/_card.html")
def tasks_of_contact(ctx: Context, *, contact_id: Id) -> dict[str, Any]:
    """The open tasks about a contact."""
    return {**_linked(ctx, "contact_id", contact_id), "create_query": f"?contact={contact_id}"}


@fragment("tasks/of_deal", template="tasks/_card.html")
def tasks_of_deal(ctx: Context, *, deal_id: Id) -> dict[str, Any]:
    """The open tasks about a deal."""
    return {**_linked(ctx, "deal_id", deal_id), "create_query": f"?deal={deal_id}"}


def _linked(ctx: Context, field: str, pk: int) -> dict[str, Any]:
    scope = scope_of(ctx)
    is_allowed = scope.allows(Permission.TASK_VIEW) and field not in scope.hidden_fields("task")
    rows = ask(ctx, list_tasks, **{field: pk}, limit=50)["data"] if is_allowed else []
    note_next_due(ctx, rows)
    return {
        "is_allowed": is_allowed,
        "rows": with_rights(ctx, rows),
        "now": ctx.now,
        "may_create": scope.allows(Permission.TASK_CREATE),
    }


def with_rights(ctx: Context, rows: list[TaskRow]) -> list[dict[str, Any]]:
    """Each row with whether the member may change it."""
    return [{**row, "may_edit": may(ctx, Permission.TASK_EDIT, row)} for row in rows]


def by_due_time(ctx: Context, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Open tasks as overdue, today, upcoming and without a date, in the member's time zone.

    The answer changes when the next task falls due and at midnight, without any row changing: both are noted.
    """
    midnight = localtime(ctx.now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    ctx.valid_until(midnight)
    note_next_due(ctx, rows)
    titles = {"overdue": _("Overdue"), "today": _("Today"), "later": _("Upcoming"), "undated": _("No date")}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in titles}
    for row in rows:
        found[_due_group(row.get("due_at"), ctx.now, midnight)].append(row)
    return [{"title": titles[name], "rows": group, "name": name} for name, group in found.items() if group]


def note_next_due(ctx: Context, rows: Any) -> None:
    """What is shown as due turns into overdue at its time."""
    coming = [row["due_at"] for row in rows if row.get("due_at") and row["due_at"] > ctx.now]
    if coming:
        ctx.valid_until(min(coming))


def _due_group(due_at: datetime | None, now: datetime, midnight: datetime) -> str:
    if due_at is None:
        return "undated"
    if due_at <= now:
        return "overdue"
    return "today" if due_at < midnight else "later"
