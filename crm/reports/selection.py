"""Which totals a report is about: a span of days, a member, a team, a pipeline; as far as the actor may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncMonth, TruncWeek
from pydantic import Field

from accounts.permissions import Permission
from accounts.roles.models import Member
from accounts.roles.policy import RecordRule, record_rule, visible_to
from crm.records.reading import read_rows
from crm.reports.days import this_day
from crm.reports.models import DailyTotal
from realtime.functions import Context, invalid

Metric = DailyTotal.Metric
#: Activities by kind, in the order in which they are shown.
KINDS = (Metric.CALL, Metric.EMAIL, Metric.TEXT, Metric.MEETING, Metric.NOTE)
DEFAULT_DAYS = 90
MOST_DAYS = 5 * 366

#: The calendar of the years 1 and 9999 has no day before and none after.
_DAYS = Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))
Since = Annotated[
    date,
    _DAYS,
    Field(
        description="First day, by the firm's clock; by default the 90th before the last one. From 1900 on."
    ),
]
Until = Annotated[
    date, _DAYS, Field(description="Last day, by the firm's clock; today by default. Up to 2200.")
]

#: The permission whose reach decides whose totals of a metric the actor sees.
REACH = {Metric.CONTACT: Permission.CONTACT_VIEW, Metric.TASK: Permission.TASK_VIEW} | dict.fromkeys(
    KINDS, Permission.CONTACT_VIEW
)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.until - self.since).days + 1

    def before(self) -> "Span":
        """As many days right before these."""
        return Span(self.since - timedelta(days=self.days), self.since - timedelta(days=1))

    @property
    def step(self) -> str:
        """What a point of a chart stands for, so that there are about 12 to 31 of them."""
        return "day" if self.days <= 31 else "week" if self.days <= 190 else "month"

    def starts(self) -> list[date]:
        """The first day of each step, in order; of the first step it may lie before the span."""
        day, found = first_of(self.step, self.since), []
        while day <= self.until:
            found.append(day)
            day = first_of(self.step, day + timedelta(days=STEP_DAYS[self.step]))
        return found


STEP_DAYS = {"day": 1, "week": 7, "month": 31}


def first_of(step: str, day: date) -> date:
    """The first day of the day's step; weeks begin on Monday."""
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step == "month" else day


def span(ctx: Context, since: date | None, until: date | None) -> Span:
    """The asked span, the last 90 days by default; an answer up to today holds until midnight."""
    today, end = this_day(ctx)
    last = until or today
    if last >= today:
        ctx.valid_until(end)
    first = since or last - timedelta(days=DEFAULT_DAYS - 1)
    if first > last:
        raise invalid("since", "The first day is after the last one.", "span_backwards")
    if (last - first).days >= MOST_DAYS:
        raise invalid("since", "A report may cover five years at most.", "span_too_long")
    return Span(first, last)


def totals(
    ctx: Context, metrics: tuple[Metric, ...], days: Span, **wanted: int | None
) -> QuerySet[DailyTotal, Any]:
    """The metrics' totals on the days, of the owner, team or pipeline that ``wanted`` names; None does not narrow.

    All metrics of one call must share their reach.
    """
    found = DailyTotal.objects.filter(day__gte=days.since, day__lte=days.until)
    found = found.filter(metric=metrics[0]) if len(metrics) == 1 else found.filter(metric__in=metrics)
    found = found.filter(**{name: value for name, value in wanted.items() if value is not None})
    return visible_to(ctx, REACH.get(metrics[0], Permission.DEAL_VIEW), found)


def reach(ctx: Context, metric: Metric) -> RecordRule:
    """Whose totals of the metric the actor sees."""
    return record_rule(ctx, REACH.get(metric, Permission.DEAL_VIEW))


def by_step(rows: QuerySet[DailyTotal, Any], days: Span, *keys: str) -> list[Any]:
    """The totals by step and keys: rows of ``start``, the keys, ``number`` and ``total``."""
    if days.step == "day":
        grouped = rows.values("day", *keys).annotate(number=Sum("count"), total=Sum("sum"))
        return [{**row, "start": row["day"]} for row in grouped.order_by("day", *keys)]
    trunc = TruncWeek("day") if days.step == "week" else TruncMonth("day")
    stepped = rows.annotate(start=trunc).values("start", *keys)
    return list(stepped.annotate(number=Sum("count"), total=Sum("sum")).order_by("start", *keys))


def summed(
    ctx: Context,
    metrics: tuple[Metric, ...],
    days: Span,
    wanted: Mapping[str, int | None],
    *keys: str,
    compared: bool = False,
) -> list[Any]:
    """The totals by keys: rows of the keys, ``number`` and ``total``.

    ``compared`` sums up as many days before these, too: the key ``is_before`` tells their rows.
    """
    given = {name: value for name, value in wanted.items() if value is not None}
    first = days.before().since if compared else days.since

    def build(since: date, until: date, split: date, *values: int) -> Any:
        found = totals(ctx, metrics, Span(since, until), **dict(zip(given, values, strict=True)))
        found = found.annotate(is_before=Q(day__lt=split)) if compared else found
        rows = found.values(*by).annotate(number=Sum("count"), total=Sum("sum"))
        return rows.order_by(*by)

    by = (*keys, "is_before") if compared else keys
    shape = ("totals", metrics, by, *given)
    return read_rows(ctx, shape, build, first, days.until, days.since, *given.values())


def member_names(ids: set[int | None]) -> dict[int | None, str]:
    """Names of members by id, those who have left included."""
    known = [pk for pk in ids if pk is not None]
    found: dict[int | None, str] = dict(Member.objects.filter(pk__in=known).values_list("id", "name"))
    return found


def main_currency(rows: list[Any]) -> str:
    """The currency of most of the deals; "" where there are none."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["currency"]] = counts.get(row["currency"], 0) + row["number"]
    return max(sorted(counts), key=lambda currency: counts[currency], default="")
