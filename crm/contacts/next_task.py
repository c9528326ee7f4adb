"""A contact's next task, as far as the actor sees that task: the contact is theirs, the task may be somebody else's."""

from typing import Any, NamedTuple

from django.db.models import QuerySet

from accounts.permissions import Access, Permission
from accounts.roles.policy import record_rule
from crm.contacts.models import Contact
from crm.records.fields import shows
from realtime.functions import Context

#: What a row needs to be judged by; the columns of the owner and the team do not get out.
COLUMNS = ("next_task", "next_task_due_at", "next_task_owner_id", "next_task_team_id")


class _Whose(NamedTuple):
    owner_id: int | None
    team_id: int | None


def only_seen(ctx: Context, rows: list[Any]) -> list[Any]:
    """The rows with their next task where the actor sees it, else with none; absent where the role hides it."""
    rule, is_shown = record_rule(ctx, Permission.TASK_VIEW), shows(ctx, "contact", "next_task")
    for row in rows:
        whose = _Whose(row.pop("next_task_owner_id"), row.pop("next_task_team_id"))
        if not is_shown:
            continue
        if not row["next_task"] or not rule.admits(whose):
            row["next_task"] = row["next_task_due_at"] = None
    return rows


def with_next_task(ctx: Context, found: QuerySet[Contact, Any]) -> QuerySet[Contact, Any]:
    """Those contacts whose next task has a time that the actor may see: what the order by it is made of."""
    rule = record_rule(ctx, Permission.TASK_VIEW)
    if rule.access is Access.NONE or not shows(ctx, "contact", "next_task"):
        return found.none()
    condition = rule.q("next_task_")
    found = found.filter(next_task_due_at__isnull=False)
    return found if condition is None else found.filter(condition)
