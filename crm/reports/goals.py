"""Goals: set for a member, a team or the whole firm, in every month, quarter or year; how far they are comes from
the daily totals.

Whoever sees a goal sees how far it is, even where they do not see each record that counts: a team's goal is told to
the team. Who may set goals sets them for whomever's deals they see.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db.models import Q, QuerySet, Sum
from pydantic import Field
from typing_extensions import TypedDict

from accounts.permissions import Access, Permission
from accounts.roles.models import Member, Team, TeamMember
from accounts.roles.policy import member_id_of, record_rule, team_ids_of
from crm.deals.schemas import Currency
from crm.records.reading import read_rows
from crm.reports.days import today
from crm.reports.effort import CONTESTS
from crm.reports.models import DailyTotal, Goal
from realtime.functions import Context, Forbidden, Id, InvalidInput, NotFound, invalid, mutation, query, shape

GoalMetric = Literal["amount_won", "deals_won", "calls", "activities", "tasks_done"]
GoalPeriod = Literal["month", "quarter", "year"]
Target = Annotated[
    Decimal,
    Field(gt=0, max_digits=14, decimal_places=2, description="A number, or an amount of the currency."),
]
MONTHS = {"month": 1, "quarter": 3, "year": 12}
CONFLICTS = {"goal_unique": ("metric", "There is already a goal of this kind for them: change that one.")}
MOST = 200
ROW = ("id", "owner_id", "team_id", "metric", "period", "target", "currency")


@shape
class GoalRow(TypedDict):
    """A goal and how far it is in the current period; ``name`` is the member's or the team's, none for the firm."""

    id: int
    owner_id: int | None
    team_id: int | None
    name: str | None
    metric: str
    period: str
    target: Decimal
    currency: str
    actual: Decimal
    since: date
    until: date


@shape
class GoalDeleted(TypedDict):
    """The goal that is gone."""

    id: int


@query(permission=Permission.REPORT_VIEW)
def list_goals(ctx: Context, *, mine: bool = False) -> list[GoalRow]:
    """List the goals that you may see, with their progress; ``mine``: your own and those of your teams.

    The first 200, firm's before teams' before members'.
    """

    def build() -> Any:
        found = _seen(ctx, mine).order_by("owner__name", "team__name", "metric", "period", "id")
        return found.values(*ROW, "owner__name", "team__name")[:MOST]

    rows = read_rows(ctx, ("goals", mine), build)
    rows.sort(key=lambda row: (row["owner_id"] is not None, row["team_id"] is not None))
    return _rows(ctx, rows)


@mutation(permission=Permission.GOAL_MANAGE, conflicts=CONFLICTS)
def create_goal(
    ctx: Context,
    *,
    metric: GoalMetric,
    period: GoalPeriod,
    target: Target,
    owner_id: Id | None = None,
    team_id: Id | None = None,
    currency: Currency = "USD",
) -> GoalRow:
    """Set a goal for a member or for a team; for neither, it is the whole firm's."""
    if owner_id is not None and team_id is not None:
        raise invalid("team_id", "A goal is a member's or a team's, not both.", "one_owner")
    _refuse_unreachable(ctx, owner_id, team_id)
    goal = Goal.objects.create(
        owner_id=owner_id,
        team_id=team_id,
        metric=metric,
        period=period,
        target=target,
        currency=currency if metric == "amount_won" else "",
    )
    ctx.audit("goal", goal.pk, {name: [None, _plain(getattr(goal, name))] for name in ROW[1:]})
    return _one(ctx, goal.pk)


@mutation(permission=Permission.GOAL_MANAGE)
def update_goal(ctx: Context, *, goal_id: Id, target: Target) -> GoalRow:
    """Change what is to be reached."""
    goal = _lock(ctx, goal_id)
    if goal.target != target:
        ctx.audit("goal", goal.pk, {"target": [str(goal.target), str(target)]})
        goal.target = target
        goal.save(update_fields=["target"])
    return _one(ctx, goal.pk)


@mutation(permission=Permission.GOAL_MANAGE)
def delete_goal(ctx: Context, *, goal_id: Id) -> GoalDeleted:
    """Delete a goal for good; what was done stays in the reports."""
    goal = _lock(ctx, goal_id)
    ctx.audit("goal", goal.pk, {"target": [str(goal.target), None]})
    goal.delete()
    return {"id": goal_id}


def _lock(ctx: Context, goal_id: int) -> Goal:
    goal = _seen(ctx, False).select_for_update(of=("self",)).filter(pk=goal_id).first()
    if goal is None:
        raise NotFound("There is no goal with this id.")
    try:
        _refuse_unreachable(ctx, goal.owner_id, goal.team_id)
    except InvalidInput as error:
        raise Forbidden("You may see this goal but not change it.") from error
    return goal


def _refuse_unreachable(ctx: Context, owner_id: int | None, team_id: int | None) -> None:
    """InvalidInput unless the actor sees all deals of the goal's owner."""
    rule = record_rule(ctx, Permission.DEAL_VIEW)
    if owner_id is not None:
        members = Member.objects.filter(pk=owner_id, is_active=True)
        if rule.access is Access.TEAM:
            members = members.filter(team_members__team_id__in=rule.team_ids)
        elif rule.access is not Access.ALL:
            members = members.filter(pk=rule.owner_id or 0)
        if not members.exists():
            raise invalid("owner_id", "There is no active member with this id.", "unknown_member")
    elif team_id is not None:
        teams = Team.objects.filter(pk=team_id)
        if rule.access is not Access.ALL:
            teams = teams.filter(pk__in=rule.team_ids)
        if not teams.exists():
            raise invalid("team_id", "There is no team with this id.", "unknown_team")
    elif rule.access is not Access.ALL:
        raise invalid("team_id", "Choose one of your teams, or a member of theirs.", "firm_out_of_reach")


def _seen(ctx: Context, mine: bool) -> QuerySet[Goal]:
    """The actor's own goals, their teams' and the firm's, and those of everybody whose deals they see."""
    rule = record_rule(ctx, Permission.DEAL_VIEW)
    if rule.access is Access.ALL and not mine:
        return Goal.objects.all()
    own = Q(owner_id=member_id_of(ctx)) | Q(team_id__in=team_ids_of(ctx))
    own |= Q(owner_id__isnull=True, team_id__isnull=True)
    if rule.access is Access.TEAM and not mine:
        own |= Q(owner_id__in=TeamMember.objects.filter(team_id__in=rule.team_ids).values("member_id"))
    return Goal.objects.filter(own)


def _one(ctx: Context, goal_id: int) -> GoalRow:
    return _rows(ctx, list(Goal.objects.filter(pk=goal_id).values(*ROW, "owner__name", "team__name")))[0]


def _rows(ctx: Context, rows: list[Any]) -> list[GoalRow]:
    """Each goal with how far it is: one statement a period, however many goals there are."""
    day = today(ctx)
    done = {
        period: _done(ctx, *bounds(period, day), {row["metric"] for row in rows if row["period"] == period})
        for period in {row["period"] for row in rows}
    }
    return [_row(row, bounds(row["period"], day), done[row["period"]]) for row in rows]


def _row(row: Any, days: tuple[date, date], done: list[Any]) -> GoalRow:
    metrics = CONTESTS[row["metric"]]
    column = "total" if row["metric"] == "amount_won" else "number"
    mine = [
        each[column]
        for each in done
        if each["metric"] in metrics
        and row["owner_id"] in (None, each["owner_id"])
        and row["team_id"] in (None, each["team_id"])
        and (column == "number" or each["currency"] == row["currency"])
    ]
    found: Any = {name: row[name] for name in ROW}
    found |= {
        "name": row["owner__name"] or row["team__name"],
        "actual": Decimal(sum(mine)),
        "since": days[0],
        "until": days[1],
    }
    goal: GoalRow = found
    return goal


def _done(ctx: Context, since: date, until: date, goals: set[str]) -> list[Any]:
    """Totals of the span by whoever did them, of everybody: see the top of this file."""
    metrics = sorted({metric for goal in goals for metric in CONTESTS[goal]})

    def build(first: date, last: date) -> Any:
        found = DailyTotal.objects.filter(metric__in=metrics, day__gte=first, day__lte=last)
        grouped = found.values("metric", "owner_id", "team_id", "currency")
        return grouped.annotate(number=Sum("count"), total=Sum("sum")).order_by("metric")

    return read_rows(ctx, ("done", *metrics), build, since, until)


def bounds(period: str, day: date) -> tuple[date, date]:
    """First and last day of the month, quarter or year that the day lies in."""
    months = MONTHS[period]
    first = (day.month - 1) // months * months
    end = first + months
    after = date(day.year + end // 12, end % 12 + 1, 1)
    return date(day.year, first + 1, 1), after - timedelta(days=1)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
