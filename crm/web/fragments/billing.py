"""Live regions about the subscription: what every page says of it, and its part of the settings."""

from datetime import timedelta
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.billing.dates import days_left, midnight_after
from accounts.billing.queries import get_billing, list_invoices, list_plans
from accounts.credentials import Standing
from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.web.pages import ask, trail_pages
from realtime.functions import Context, Cursor
from realtime.live.fragments import fragment

#: Whole days before a trial's end from which every page says so.
SAID_BEFORE = 5
STATES = {
    "trialing": (_("Trial"), "accent"),
    "active": (_("Active"), "good"),
    "past_due": (_("Not paid"), "warn"),
    "locked": (_("Locked"), "bad"),
    "cancelled": (_("Cancelled"), "bad"),
}
INVOICE_STATES = {"open": (_("Open"), "warn"), "paid": (_("Paid"), "good"), "void": (_("Void"), "")}


@fragment("shell/standing", template="components/_standing.html")
def standing(ctx: Context) -> dict[str, Any]:
    """A line in a trial's last days and in grace, a notice over everything when the workspace is locked."""
    found = cast("Standing", ctx.observe("standing"))
    until = {"trialing": found.trial_ends_at, "past_due": found.grace_ends_at}.get(found.state)
    if until is None and not found.is_locked:
        return {}
    left = _left(ctx, until)
    is_said = found.state != "trialing" or (left is not None and left <= SAID_BEFORE)
    return {
        "state": found.state if is_said else "",
        "is_locked": found.is_locked,
        "is_trial": found.trial_ends_at is not None,
        "days": left,
        "last_day": (until - timedelta(microseconds=1)) if until else None,
        "may_pay": scope_of(ctx).allows(Permission.BILLING_MANAGE),
    }


def _left(ctx: Context, until: Any) -> int | None:
    """Whole days until then; the answer holds until midnight."""
    if until is None:
        return None
    zone = timezone.get_current_timezone_name()
    ctx.valid_until(midnight_after(ctx.now, 0, zone))
    return days_left(until, ctx.now, zone)


@fragment("settings/billing", template="billing/_state.html")
def billing(ctx: Context) -> dict[str, Any]:
    """Plan, seats and until when; the plans that can be chosen."""
    found = ask(ctx, get_billing)
    label, colour = STATES[found["state"]]
    plan = found["plan"]
    return {
        **found,
        "label": label,
        "colour": colour,
        "monthly": plan["price"] * found["seats"] if plan and found["seats"] else None,
        "plans": ask(ctx, list_plans) if plan else [],
        "may_manage": scope_of(ctx).allows(Permission.BILLING_MANAGE),
    }


@fragment("settings/invoices", template="billing/_invoices.html")
def invoices(ctx: Context, *, cursor: Cursor | None = None, trail: str = "") -> dict[str, Any]:
    """A page of the bills."""
    found = ask(ctx, list_invoices, cursor=cursor)
    rows = [
        {**row, "label": INVOICE_STATES[row["state"]][0], "colour": INVOICE_STATES[row["state"]][1]}
        for row in found["data"]
    ]
    return {"rows": rows, "pages": trail_pages({"cursor": cursor}, found["next_cursor"], trail)}
