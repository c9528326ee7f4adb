"""What members did: activities and tasks by member and over time, and who is ahead."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from accounts.permissions import Permission
from crm.records.fields import shows
from crm.reports.selection import (
    KINDS,
    Metric,
    Since,
    Until,
    by_step,
    main_currency,
    member_names,
    span,
    summed,
    totals,
)
from realtime.functions import Context, Forbidden, Id, query, shape

COLUMNS = (*(str(kind) for kind in KINDS), str(Metric.TASK))
Contest = Literal["amount_won", "deals_won", "calls", "activities", "tasks_done"]
CONTESTS: dict[str, tuple[Metric, ...]] = {
    "amount_won": (Metric.WON,),
    "deals_won": (Metric.WON,),
    "calls": (Metric.CALL,),
    "activities": KINDS,
    "tasks_done": (Metric.TASK,),
}
SEEN = {Metric.TASK: Permission.TASK_VIEW, Metric.WON: Permission.DEAL_VIEW}


@shape
class MemberEffort(TypedDict):
    """What one member did; no id: done by a program."""

    member_id: int | None
    name: str | None
    call: int
    email: int
    text: int
    meeting: int
    note: int
    task: int
    total: int


@shape
class EffortStep(TypedDict):
    """What was done in a day, week or month."""

    start: date
    call: int
    email: int
    text: int
    meeting: int
    note: int
    task: int


@shape
class Effort(TypedDict):
    """Who did how much, the most busy first, and when, by steps of ``step`` (day, week, month)."""

    step: str
    members: list[MemberEffort]
    steps: list[EffortStep]


@shape
class RankRow(TypedDict):
    """A member's place; ``currency`` says what an amount is in, else it is empty."""

    place: int
    member_id: int | None
    name: str | None
    value: Decimal
    currency: str


@query(permission=Permission.REPORT_VIEW)
def get_activity(
    ctx: Context,
    *,
    since: Since | None = None,
    until: Until | None = None,
    owner_id: Id | None = None,
    team_id: Id | None = None,
) -> Effort:
    """Read what members did: calls, emails, texts, meetings, notes and tasks, by member and over time."""
    days = span(ctx, since, until)
    rows = []
    for metrics in (KINDS, (Metric.TASK,)):
        if ctx.scope.allows(_permission(metrics)):
            found = totals(ctx, metrics, days, owner_id=owner_id, team_id=team_id)
            rows += by_step(found, days, "metric", "owner_id")
    steps: dict[date, Any] = {start: {"start": start, **dict.fromkeys(COLUMNS, 0)} for start in days.starts()}
    for row in rows:
        steps[row["start"]][row["metric"]] += row["number"]
    return {"step": days.step, "members": _members(rows), "steps": list(steps.values())}


@query(permission=Permission.REPORT_VIEW)
def get_leaderboard(
    ctx: Context,
    *,
    metric: Contest = "amount_won",
    since: Since | None = None,
    until: Until | None = None,
    team_id: Id | None = None,
    pipeline_id: Id | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = 20,
) -> list[RankRow]:
    """Read which members won or did the most, the first first; equal values share a place."""
    metrics = CONTESTS[metric]
    if not ctx.scope.allows(_permission(metrics)) or (
        metric == "amount_won" and not shows(ctx, "deal", "amount")
    ):
        raise Forbidden("Your role may not see what this counts.")
    narrowed = {"team_id": team_id, "pipeline_id": pipeline_id}
    rows = summed(ctx, metrics, span(ctx, since, until), narrowed, "owner_id", "currency")
    return _ranked(rows, metric == "amount_won", limit)


def _permission(metrics: tuple[Metric, ...]) -> Permission:
    return SEEN.get(metrics[0], Permission.ACTIVITY_VIEW)


def _members(rows: list[Any]) -> list[MemberEffort]:
    found: dict[int | None, Any] = {}
    for row in rows:
        mine = found.setdefault(row["owner_id"], dict.fromkeys((*COLUMNS, "total"), 0))
        mine[row["metric"]] += row["number"]
        mine["total"] += row["number"]
    names = member_names(set(found))
    ordered = sorted(found.items(), key=lambda pair: (-pair[1]["total"], pair[0] or 0))
    members: Any = [{"member_id": pk, "name": names.get(pk), **counts} for pk, counts in ordered]
    return list(members)


def _ranked(rows: list[Any], is_amount: bool, limit: int) -> list[RankRow]:
    currency = main_currency(rows) if is_amount else ""
    values: dict[int | None, Decimal] = {}
    for row in rows:
        value = row["total"] if is_amount else Decimal(row["number"])
        if not is_amount or row["currency"] == currency:
            values[row["owner_id"]] = values.get(row["owner_id"], Decimal(0)) + value
    ordered = sorted(values.items(), key=lambda pair: (-pair[1], pair[0] or 0))[:limit]
    names = member_names({pk for pk, _value in ordered})
    return [
        {
            "place": 1 + sum(other > value for _pk, other in ordered),
            "member_id": pk,
            "name": names.get(pk),
            "value": value,
            "currency": currency,
        }
        for pk, value in ordered
    ]
