"""What is expected when: open deals by the month of their expected close, from the daily totals."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from typing_extensions import TypedDict

from accounts.permissions import Permission
from crm.deals.models import Stage
from crm.records.fields import shows
from crm.reports.days import today
from crm.reports.selection import Metric, Span, summed
from realtime.functions import Context, Forbidden, Id, query, shape
from realtime.reads.fixed import FixedQuery

PROBABILITIES = FixedQuery(lambda: Stage.objects.values_list("id", "probability"), parameters=0)
MONTHS = 6
CENT = Decimal("0.01")


@shape
class ForecastRow(TypedDict):
    """A month's open deals of one currency; weighted by the probabilities of their stages."""

    month: date
    currency: str
    count: int
    sum: Decimal
    weighted: Decimal


@query(permission=Permission.DEAL_VIEW)
def get_forecast(
    ctx: Context, *, pipeline_id: Id | None = None, owner_id: Id | None = None, team_id: Id | None = None
) -> list[ForecastRow]:
    """Sum up the open deals that are expected to close this month or in the five after it."""
    if not (shows(ctx, "deal", "amount") and shows(ctx, "deal", "close_date")):
        raise Forbidden("Your role may not see amounts or dates.")
    start = today(ctx).replace(day=1)
    wanted = {"pipeline_id": pipeline_id, "owner_id": owner_id, "team_id": team_id}
    months = Span(start, later(start, MONTHS) - timedelta(days=1))
    rows = summed(ctx, (Metric.OPEN,), months, wanted, "day", "currency", "detail")
    return list(_months(rows, dict(PROBABILITIES.rows())))


def _months(rows: list[Any], probabilities: dict[int, int]) -> Iterator[ForecastRow]:
    found: dict[tuple[date, str], Any] = {}
    for row in rows:
        key = (row["day"], row["currency"])
        month = found.setdefault(key, {"count": 0, "sum": Decimal(0), "weighted": Decimal(0)})
        month["count"] += row["number"]
        month["sum"] += row["total"]
        month["weighted"] += row["total"] * probabilities.get(int(row["detail"]), 0) / 100
    for (day, currency), month in sorted(found.items()):
        made: Any = {
            **month,
            "month": day,
            "currency": currency,
            "weighted": month["weighted"].quantize(CENT),
        }
        yield made


def later(month: date, count: int) -> date:
    """The first day of the month that many months later."""
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)
