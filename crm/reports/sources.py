"""Where contacts come from, and what changed since the span before."""

from decimal import Decimal
from typing import Any, NotRequired

from typing_extensions import TypedDict

from accounts.permissions import Permission
from accounts.roles.policy import RecordRule
from crm.records.fields import shows
from crm.reports.selection import KINDS, Metric, Since, Span, Until, main_currency, reach, span, summed
from realtime.functions import Context, Forbidden, Id, query, shape

COUNTED: tuple[tuple[str, tuple[Metric, ...], Permission], ...] = (
    ("contacts", (Metric.CONTACT,), Permission.CONTACT_VIEW),
    ("activities", KINDS, Permission.ACTIVITY_VIEW),
    ("tasks", (Metric.TASK,), Permission.TASK_VIEW),
)
CLOSED = (Metric.WON, Metric.LOST)


@shape
class SourceRow(TypedDict):
    """New contacts of one source, within the span and within as many days before it; "" is no source."""

    source: str
    count: int
    previous: int


@shape
class Summary(TypedDict):
    """What a span came to. Kinds that the role may not see are absent."""

    contacts: NotRequired[int]
    won: NotRequired[int]
    lost: NotRequired[int]
    won_amount: NotRequired[Decimal]
    currency: NotRequired[str]
    activities: NotRequired[int]
    tasks: NotRequired[int]


@shape
class Comparison(TypedDict):
    """A span and as many days before it."""

    now: Summary
    before: Summary


@query(permission=Permission.REPORT_VIEW)
def get_sources(
    ctx: Context,
    *,
    since: Since | None = None,
    until: Until | None = None,
    owner_id: Id | None = None,
    team_id: Id | None = None,
) -> list[SourceRow]:
    """Read where new contacts came from, the largest source first, with the span before for comparison."""
    if not ctx.scope.allows(Permission.CONTACT_VIEW) or not shows(ctx, "contact", "source"):
        raise Forbidden("Your role may not see where contacts come from.")
    days = span(ctx, since, until)
    wanted = {"owner_id": owner_id, "team_id": team_id}
    now, before = (
        {row["detail"]: row["number"] for row in summed(ctx, (Metric.CONTACT,), each, wanted, "detail")}
        for each in (days, days.before())
    )
    ordered = sorted(now.keys() | before.keys(), key=lambda name: (-now.get(name, 0), name))
    return [{"source": name, "count": now.get(name, 0), "previous": before.get(name, 0)} for name in ordered]


@query(permission=Permission.REPORT_VIEW)
def get_summary(
    ctx: Context,
    *,
    since: Since | None = None,
    until: Until | None = None,
    owner_id: Id | None = None,
    team_id: Id | None = None,
    pipeline_id: Id | None = None,
) -> Comparison:
    """Read what a span came to, and the span before it: new contacts, won and lost deals, activities, tasks."""
    days = span(ctx, since, until)
    wanted = {"owner_id": owner_id, "team_id": team_id}
    kinds = [(name, metrics) for name, metrics, permission in COUNTED if ctx.scope.allows(permission)]
    sees_deals = ctx.scope.allows(Permission.DEAL_VIEW)
    asked = [metrics for _name, metrics in kinds] + ([CLOSED] if sees_deals and pipeline_id is None else [])
    rows = _compared(ctx, asked, days, wanted)
    if sees_deals and pipeline_id is not None:
        rows += _compared(ctx, [CLOSED], days, {**wanted, "pipeline_id": pipeline_id})
    found: list[Any] = [{}, {}]
    for is_before, half in enumerate(found):
        mine = [row for row in rows if row["is_before"] == bool(is_before)]
        for name, metrics in kinds:
            half[name] = sum(row["number"] for row in mine if row["metric"] in metrics)
        if sees_deals:
            half.update(_closed(ctx, mine))
    return {"now": found[0], "before": found[1]}


def _compared(
    ctx: Context, kinds: list[tuple[Metric, ...]], days: Span, wanted: dict[str, int | None]
) -> list[Any]:
    """The totals of the span and of the one before it: one statement for all metrics that are seen alike."""
    by_rule: dict[RecordRule, tuple[Metric, ...]] = {}
    for metrics in kinds:
        rule = reach(ctx, metrics[0])
        by_rule[rule] = by_rule.get(rule, ()) + metrics
    return [
        row
        for metrics in by_rule.values()
        for row in summed(ctx, metrics, days, wanted, "metric", "currency", compared=True)
    ]


def _closed(ctx: Context, rows: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: sum(row["number"] for row in rows if row["metric"] == name) for name in ("won", "lost")
    }
    if shows(ctx, "deal", "amount"):
        won = [row for row in rows if row["metric"] == "won"]
        currency = main_currency(won)
        amounts = (row["total"] for row in won if row["currency"] == currency)
        found |= {"currency": currency, "won_amount": sum(amounts, Decimal(0))}
    return found
