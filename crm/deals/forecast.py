"""What is expected when: open deals by the month of their expected close."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, Sum
from django.db.models.functions import TruncMonth
from typing_extensions import TypedDict

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.deals.models import Deal, Stage
from crm.records.fields import shows
from realtime.functions import Context, Forbidden, Id, query, shape

MONTHS = 6
MONEY = DecimalField(max_digits=22, decimal_places=2)


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
    ctx: Context, *, pipeline_id: Id | None = None, owner_id: Id | None = None
) -> list[ForecastRow]:
    """Sum up the open deals that are expected to close this month or in the five after it."""
    if not (shows(ctx, "deal", "amount") and shows(ctx, "deal", "close_date")):
        raise Forbidden("Your role may not see amounts or dates.")
    start = ctx.now.date().replace(day=1)
    found = Deal.objects.filter(
        archived_at__isnull=True,
        status=Stage.Kind.OPEN,
        close_date__gte=start,
        close_date__lt=_later(start, MONTHS),
    )
    given = {"pipeline_id": pipeline_id, "owner_id": owner_id}
    found = found.filter(**{name: value for name, value in given.items() if value is not None})
    grouped = visible_to(ctx, Permission.DEAL_VIEW, found).annotate(month=TruncMonth("close_date"))
    rows: Any = (
        grouped.values("month", "currency")
        .annotate(count=Count("id"), total=Sum("amount"), expected=Sum(_expected()))
        .order_by("month", "currency")
    )
    return [_row(row) for row in rows]


def _expected() -> Any:
    return ExpressionWrapper(F("amount") * F("stage__probability") / 100, output_field=MONEY)


def _row(row: Any) -> ForecastRow:
    weighted = Decimal(row["expected"]).quantize(Decimal("0.01"))
    return {
        "month": row["month"],
        "currency": row["currency"],
        "count": row["count"],
        "sum": row["total"],
        "weighted": weighted,
    }


def _later(month: date, count: int) -> date:
    """The first day of the month that many months later."""
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)
