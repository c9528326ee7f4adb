"""What was won and lost over time, and why."""

from datetime import date
from decimal import Decimal
from typing import Any, NotRequired

from typing_extensions import TypedDict

from accounts.permissions import Permission
from crm.deals.models import LostReason
from crm.deals.schemas import Currency
from crm.records.fields import shows
from crm.reports.selection import (
    Metric,
    Since,
    Span,
    Until,
    by_step,
    main_currency,
    span,
    summed,
    totals,
)
from realtime.functions import Context, Id, query, shape

ZERO = Decimal(0)


@shape
class OutcomeStep(TypedDict):
    """What was won and lost in a day, week or month; amounts of the report's currency."""

    start: date
    won: int
    lost: int
    won_amount: NotRequired[Decimal]
    lost_amount: NotRequired[Decimal]


@shape
class ReasonRow(TypedDict):
    """Why deals were lost; no id: nobody said why, or the reason is gone."""

    lost_reason_id: int | None
    name: str | None
    count: int


@shape
class Outcomes(TypedDict):
    """Won and lost by steps of ``step`` (day, week, month), in order, none left out."""

    step: str
    currency: str
    won: int
    lost: int
    won_amount: NotRequired[Decimal]
    lost_amount: NotRequired[Decimal]
    steps: list[OutcomeStep]
    reasons: list[ReasonRow]


@query(permission=Permission.REPORT_VIEW)
def get_won_lost(
    ctx: Context,
    *,
    since: Since | None = None,
    until: Until | None = None,
    pipeline_id: Id | None = None,
    owner_id: Id | None = None,
    team_id: Id | None = None,
    currency: Currency | None = None,
) -> Outcomes:
    """Read what was won and lost over time and why; amounts in one currency, that of most deals by default."""
    days = span(ctx, since, until)
    wanted = {"pipeline_id": pipeline_id, "owner_id": owner_id, "team_id": team_id}
    closed = by_step(totals(ctx, (Metric.WON, Metric.LOST), days, **wanted), days, "metric", "currency")
    chosen = currency or main_currency(closed)
    steps = _steps(ctx, days, closed, chosen)
    found: Any = {"step": days.step, "currency": chosen, "steps": steps}
    for name in ("won", "lost", "won_amount", "lost_amount"):
        if all(name in step for step in steps):
            found[name] = sum((step[name] for step in steps), ZERO if "amount" in name else 0)
    found["reasons"] = _reasons(ctx, days, wanted)
    result: Outcomes = found
    return result


def _steps(ctx: Context, days: Span, closed: list[Any], currency: str) -> list[Any]:
    empty = {"won": 0, "lost": 0} | (
        {"won_amount": ZERO, "lost_amount": ZERO} if shows(ctx, "deal", "amount") else {}
    )
    steps: dict[date, Any] = {start: {"start": start, **empty} for start in days.starts()}
    for row in closed:
        step = steps[row["start"]]
        step[row["metric"]] += row["number"]
        if row["currency"] == currency and "won_amount" in step:
            step[f"{row['metric']}_amount"] += row["total"]
    return list(steps.values())


def _reasons(ctx: Context, days: Span, wanted: dict[str, int | None]) -> list[ReasonRow]:
    if not shows(ctx, "deal", "lost_reason_id"):
        return []
    rows = summed(ctx, (Metric.LOST,), days, wanted, "detail")
    names = dict(LostReason.objects.values_list("id", "name"))
    counts: dict[int | None, int] = {}
    for row in rows:
        pk = int(row["detail"]) if row["detail"] and int(row["detail"]) in names else None
        counts[pk] = counts.get(pk, 0) + row["number"]
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0] or 0))
    return [{"lost_reason_id": pk, "name": names.get(pk or 0), "count": count} for pk, count in ordered]
