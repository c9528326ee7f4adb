"""Relative dates as ranges of days, at the edges of weeks, months, quarters and years."""

from datetime import date

import pytest

from crm.filters import dates
from crm.filters.grammar import Span

Day = str | None


def day(text: Day) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("word", "today", "first", "end"),
    [
        ("today", "2026-12-31", "2026-12-31", "2027-01-01"),
        ("yesterday", "2027-01-01", "2026-12-31", "2027-01-01"),
        ("tomorrow", "2028-02-28", "2028-02-29", "2028-03-01"),
        (
            "this_week",
            "2026-11-22",
            "2026-11-16",
            "2026-11-23",
        ),  # a Sunday belongs to the week that began on Monday
        ("last_week", "2026-11-23", "2026-11-16", "2026-11-23"),
        ("next_week", "2026-12-30", "2027-01-04", "2027-01-11"),
        ("this_month", "2026-02-15", "2026-02-01", "2026-03-01"),
        ("last_month", "2027-01-31", "2026-12-01", "2027-01-01"),
        ("next_month", "2026-12-01", "2027-01-01", "2027-02-01"),
        ("this_quarter", "2026-12-31", "2026-10-01", "2027-01-01"),
        ("last_quarter", "2026-03-31", "2025-10-01", "2026-01-01"),
        ("next_quarter", "2026-05-01", "2026-07-01", "2026-10-01"),
        ("this_year", "2026-01-01", "2026-01-01", "2027-01-01"),
        ("last_year", "2026-12-31", "2025-01-01", "2026-01-01"),
        ("next_year", "2026-07-01", "2027-01-01", "2028-01-01"),
    ],
)
def test_periods(word: str, today: str, first: str, end: str) -> None:
    assert dates.period(word, date.fromisoformat(today)) == (day(first), day(end))


def test_every_period_is_understood() -> None:
    for word in dates.PERIODS:
        first, end = dates.period(word, date(2026, 11, 22))
        assert first is not None
        assert end is not None
        assert first < end


@pytest.mark.parametrize(
    ("operator", "count", "unit", "first", "end"),
    [
        ("in_last", 1, "day", "2026-03-30", "2026-04-01"),
        ("in_last", 1, "month", "2026-02-28", "2026-04-01"),  # there is no 31 February
        ("in_next", 1, "day", "2026-03-31", "2026-04-02"),
        ("in_next", 1, "month", "2026-03-31", "2026-05-01"),
        ("in_next", 2, "week", "2026-03-31", "2026-04-15"),
        ("more_than_ago", 1, "year", None, "2025-03-31"),
        ("more_than_ago", 30, "day", None, "2026-03-01"),
        ("more_than_ahead", 1, "week", "2026-04-08", None),
        ("more_than_ahead", 11, "month", "2027-03-01", None),
    ],
)
def test_spans(operator: str, count: int, unit: str, first: Day, end: Day) -> None:
    span = Span.model_validate({"count": count, "unit": unit})
    assert dates.span_range(operator, span, date(2026, 3, 31)) == (day(first), day(end))
