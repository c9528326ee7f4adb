"""Live regions about tasks."""

from typing import Any

from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.roles.policy import member_id_of, scope_of
from crm.tasks.queries import list_tasks
from crm.tasks.schemas import TaskRow, TaskWhen
from crm.web.forms.records import judge
from crm.web.pages import ask, trail_pages
from realtime.functions import Context, Cursor, Id
from realtime.live.fragments import fragment


@fragment("tasks/list", template="tasks/_list.html")
def tasks_list(
    ctx: Context, *, whose: str = "mine", show: str = "open", cursor: Cursor | None = None, trail: str = ""
) -> dict[str, Any]:
    """Open tasks in sections by when they are due, or one section or the done ones page by page.

    Each section is a list of its own, so that hundreds of overdue tasks leave today's in sight.
    """
    owner = member_id_of(ctx) if whose == "mine" else None
    may_see_due = "due_at" not in scope_of(ctx).hidden_fields("task")
    context = {"whose": whose, "now": ctx.now, "may_create": scope_of(ctx).allows(Permission.TASK_CREATE)}
    if show == "open" and may_see_due:
        groups = [_group(ctx, when, owner, SHOWN[when]) for when in SECTIONS]
        shown = [group for group in groups if group["rows"]]
        return {**context, "show": show, "groups": shown, "is_empty": not shown}
    when: Any = show if show == "done" or (show in SECTIONS and may_see_due) else "open"
    group = _group(ctx, when, owner, 100, cursor)
    pages = trail_pages({"whose": whose, "show": show, "cursor": cursor}, group.pop("next_cursor"), trail)
    return {**context, "show": when, "groups": [group], "is_empty": not group["rows"], "pages": pages}


SECTIONS: tuple[TaskWhen, ...] = ("overdue", "today", "upcoming", "undated")
#: How many tasks of a section stand on the first page.
SHOWN = {"overdue": 30, "today": 50, "upcoming": 30, "undated": 15}


def _group(
    ctx: Context, when: TaskWhen, owner_id: int | None, limit: int, cursor: str | None = None
) -> dict[str, Any]:
    titles = {
        "overdue": _("Overdue"), "today": _("Today"), "upcoming": _("Upcoming"), "undated": _("No date"),
        "done": _("Done"), "open": _("To do"),
    }  # fmt: skip
    zone = get_current_timezone_name() if when in ("today", "upcoming") else None
    found = ask(ctx, list_tasks, when=when, owner_id=owner_id, time_zone=zone, limit=limit, cursor=cursor)
    rows = with_rights(ctx, found["data"])
    return {"name": when, "title": titles[when], "rows": rows, "next_cursor": found["next_cursor"]}


@fragment("tasks/of_contact", template="tasks/_card.html")
def tasks_of_contact(ctx: Context, *, contact_id: Id) -> dict[str, Any]:
    """The open tasks about a contact."""
    return {
        **_linked(ctx, "contact_id", contact_id),
        "create_query": f"?contact={contact_id}",
        "is_of_contact": True,
    }


@fragment("tasks/of_deal", template="tasks/_card.html")
def tasks_of_deal(ctx: Context, *, deal_id: Id) -> dict[str, Any]:
    """The open tasks about a deal."""
    return {**_linked(ctx, "deal_id", deal_id), "create_query": f"?deal={deal_id}", "is_of_deal": True}


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
    may_edit, may_delete = judge(ctx, Permission.TASK_EDIT), judge(ctx, Permission.TASK_DELETE)
    return [
        {
            **row,
            "may_edit": may_edit(row),
            "may_delete": may_delete(row),
        }
        for row in rows
    ]


def note_next_due(ctx: Context, rows: Any) -> None:
    """What is shown as due turns into overdue at its time."""
    coming = [row["due_at"] for row in rows if row.get("due_at") and row["due_at"] > ctx.now]
    if coming:
        ctx.valid_until(min(coming))
