"""Relative dates as ranges of days, in the viewer's time zone.

A range is half-open: from its first day up to, and without, its last. All of them begin and end at midnight, so that
an answer holds until the next one, exactly.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from crm.filters.grammar import Span

Period = Literal[
    "today", "yesterday", "tomorrow", "this_week", "last_week", "next_week", "this_month", "last_month",
    "next_month", "this_quarter", "last_quarter", "next_quarter", "this_year", "last_year", "next_year",
]  # fmt: skip
PERIODS: tuple[Period, ...] = get_args(Period)
#: From the first day, None for no beginning, up to the day after the last one, None for no end.
Range = tuple[date | None, date | None]
STEPS = {"last": -1, "this": 0, "next": 1}


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of the day in the zone, in UTC."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def moved(day: date, span: Span, direction: int) -> date:
    """The day that lies the span before (-1) or after (1); a month's end stays within its month."""
    count = span.count * direction
    if span.unit in ("day", "week"):
        return day + timedelta(days=count * (7 if span.unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if span.unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def period(word: str, today: date) -> Range:
    """The days of a period: "this_month" is from its first to the next one's."""
    single = {"yesterday": -1, "today": 0, "tomorrow": 1}
    if word in single:
        day = today + timedelta(days=single[word])
        return day, day + timedelta(days=1)
    which, _, unit = word.partition("_")
    step = STEPS[which]
    if unit == "week":
        first = today - timedelta(days=today.weekday() - 7 * step)
        return first, first + timedelta(days=7)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    begun = (today.month - 1) // months * months
    return _months(today.year, begun + step * months), _months(today.year, begun + (step + 1) * months)


def _months(year: int, months: int) -> date:
    """The first day of the month that many months after January of the year."""
    return date(year + months // 12, months % 12 + 1, 1)


def span_range(operator: str, span: Span, today: date) -> Range:
    """The days of "in the last 30 days" (today among them), "in the next", "more than ... ago", "... ahead"."""
    tomorrow = today + timedelta(days=1)
    if operator == "in_last":
        return moved(today, span, -1), tomorrow
    if operator == "in_next":
        return today, moved(today, span, 1) + timedelta(days=1)
    if operator == "more_than_ago":
        return None, moved(today, span, -1)
    return moved(today, span, 1) + timedelta(days=1), None
