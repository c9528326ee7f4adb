"""Live regions of goals."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.reports.goals import list_goals
from crm.web.charts import share
from crm.web.forms.goals import METRICS, PERIODS
from crm.web.pages import ask
from realtime.functions import Context
from realtime.live.fragments import fragment


@fragment("goals/list", template="reports/_goals.html")
def goals(ctx: Context, *, mine: bool = False) -> dict[str, Any]:
    """Goals and their progress: the member's own on the start page, all that they may see in the settings."""
    is_allowed = scope_of(ctx).allows(Permission.REPORT_VIEW)
    return {
        "lines": [_line(row) for row in ask(ctx, list_goals, mine=mine)] if is_allowed else [],
        "mine": mine,
        "may_manage": scope_of(ctx).allows(Permission.GOAL_MANAGE),
        "is_allowed": is_allowed,
    }


def _line(row: Any) -> dict[str, Any]:
    """A goal as its row shows it."""
    reached = row["actual"] / row["target"]
    return {
        **row,
        "whose": row["name"] or _("The whole firm"),
        "what": METRICS[row["metric"]],
        "each": PERIODS[row["period"]],
        "share": share(min(row["actual"], row["target"]), row["target"]),
        "per_cent": int(reached * 100),
        "is_reached": reached >= 1,
        "actual_number": int(row["actual"]),
        "target_number": int(row["target"]),
    }
