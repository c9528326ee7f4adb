"""The spans of time that reports offer, in words; they move on at the firm's midnight by themselves."""

from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm.reports.days import this_day
from crm.reports.goals import bounds
from realtime.functions import Context

DEFAULT = "90d"
PERIODS: dict[str, Any] = {
    "30d": _("Last 30 days"),
    "90d": _("Last 90 days"),
    "365d": _("Last 12 months"),
    "month": _("This month"),
    "quarter": _("This quarter"),
    "year": _("This year"),
    "custom": _("Chosen days"),
}


def days_of(
    ctx: Context, period: str, since: date | None = None, until: date | None = None
) -> dict[str, date]:
    """First and last day: those that were asked for, else the period's."""
    if since and until and since <= until:
        return {"since": since, "until": until}
    today, _end = this_day(ctx)
    if period in ("month", "quarter", "year"):
        return {"since": bounds(period, today)[0], "until": today}
    days = int(period[:-1]) if period in ("30d", "365d") else 90
    return {"since": today - timedelta(days=days - 1), "until": today}


def step_label(step: str, start: date) -> tuple[str, str]:
    """A column's name in full and short: a day, the Monday of a week, a month."""
    if step == "month":
        return date_format(start, "SHORT_MONTH_FORMAT"), date_format(start, "M")
    return date_format(start, "DATE_FORMAT"), date_format(start, "DAY_FORMAT")
