"""What a contact keeps of its tasks and deals, as far as the actor sees those: they may be somebody else's.

The next task shows to whoever sees that task, the open deals' sum to whoever sees all deals.
"""

from typing import Any, NamedTuple

from django.db.models import QuerySet

from accounts.permissions import Access, Permission
from accounts.roles.policy import record_rule
from crm.contacts.models import Contact
from crm.records.fields import shows
from realtime.functions import Context

#: What a row needs to be judged by; the columns of the owner and the team do not get out.
COLUMNS = (
    "next_task", "next_task_due_at", "next_task_owner_id", "next_task_team_id", "open_deal_count", "open_deal_value",
    "open_deal_currency",
)  # fmt: skip


class _Whose(NamedTuple):
    owner_id: int | None
    team_id: int | None


def only_seen(ctx: Context, rows: list[Any]) -> list[Any]:
    """The rows with their next task where the actor sees it, else with none; absent where the role hides it."""
    rule, is_shown = record_rule(ctx, Permission.TASK_VIEW), shows(ctx, "contact", "next_task")
    sees_deals = record_rule(ctx, Permission.DEAL_VIEW).access is Access.ALL and shows(ctx, "deal", "amount")
    has_deals = shows(ctx, "contact", "open_deal_count")
    for row in rows:
        if has_deals and not sees_deals:
            row["open_deal_count"] = row["open_deal_value"] = row["open_deal_currency"] = None
        whose: Any = _Whose(row.pop("next_task_owner_id"), row.pop("next_task_team_id"))
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
