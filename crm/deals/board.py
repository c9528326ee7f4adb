"""The board: a pipeline's stages as columns. A column's header is read from the roll-ups, never counted."""

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from operator import itemgetter
from typing import Any, NotRequired

from django.db.models import F, QuerySet, Sum
from typing_extensions import TypedDict

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.deals.models import Deal, Pipeline, Stage, StageRollup
from crm.deals.schemas import StageRow
from crm.records.fields import linked_name, plain, readable, shows
from crm.records.reading import read_page, read_rows
from realtime.functions import Context, Cursor, Id, Limit, NotFound, query, shape
from realtime.functions.pages import cut_page
from realtime.reads.fixed import FixedQuery
from realtime.reads.tracker import active_tracker

STAGE = ("id", "name", "kind", "probability", "rot_days", "required_fields")
CARD = {
    **plain(
        "id", "title", "amount", "currency", "stage_id", "status", "contact_id", "company_id", "close_date"
    ),
    **plain("stage_entered_at", "rots_at", "owner_id"),
    "owner_name": "owner__name",
    **plain("team_id", "rank", "version"),
}


@shape
class CardRow(TypedDict):
    """A deal on the board, in the order of rank and id. Fields that the role hides are absent."""

    id: int
    title: str
    amount: NotRequired[Decimal]
    currency: NotRequired[str]
    stage_id: int
    status: str
    contact_id: NotRequired[int | None]
    contact_name: NotRequired[str | None]
    company_id: NotRequired[int | None]
    company_name: NotRequired[str | None]
    close_date: NotRequired[date | None]
    stage_entered_at: datetime
    rots_at: datetime | None
    owner_id: int | None
    owner_name: str | None
    team_id: int | None
    rank: str
    version: int


@shape
class MoneyTotal(TypedDict):
    """Deals of one currency together; weighted is what the stage's probability leaves of the sum."""

    currency: str
    sum: Decimal
    weighted: Decimal


@shape
class ColumnRow(TypedDict):
    """A stage with its roll-up over all deals that the actor may see, and the first of them."""

    stage: StageRow
    count: int
    totals: NotRequired[list[MoneyTotal]]
    cards: list[CardRow]
    next_cursor: str | None


@shape
class BoardRow(TypedDict):
    """A pipeline as a board."""

    pipeline_id: int
    name: str
    columns: list[ColumnRow]


@query(permission=Permission.DEAL_VIEW)
def get_board(
    ctx: Context, *, pipeline: Id | None = None, owner_id: Id | None = None, limit: Limit = 20
) -> BoardRow:
    """Read a pipeline as a board, the first pipeline by default: each stage with its totals and first deals."""
    found, stages = pipeline_with_stages(pipeline)
    totals = _totals(ctx, stages, owner_id)
    pages = _pages(ctx, stages, owner_id, limit)
    columns = [_column(ctx, stage, totals, pages[stage["id"]]) for stage in stages]
    return {"pipeline_id": found["id"], "name": found["name"], "columns": columns}


def pipeline_with_stages(pipeline_id: int | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A pipeline's id and name, the first one's if None is asked for, and its stages in order: one statement."""
    rows = FIRST_PIPELINE.dicts() if pipeline_id is None else ONE_PIPELINE.dicts(pipeline_id)
    if not rows:
        raise NotFound("There is no pipeline with this id.")
    stages = [
        {name: row[f"stages__{name}"] for name in STAGE} for row in rows if row["stages__id"] is not None
    ]
    return rows[0], stages


@query(permission=Permission.DEAL_VIEW)
def get_board_column(
    ctx: Context,
    *,
    stage_id: Id,
    owner_id: Id | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> ColumnRow:
    """Read one column of the board: its totals, and the deals after the cursor."""
    stages = _stages_around(ctx, stage_id)
    stage = next((row for row in stages if row["id"] == stage_id), None)
    if stage is None:
        raise NotFound("There is no stage with this id.")
    ids = tuple(row["id"] for row in stages)
    totals = ctx.once(("totals", ids, owner_id), lambda: _totals(ctx, stages, owner_id))
    return _column(ctx, stage, totals, _page(ctx, stage_id, owner_id, cursor, limit))


def _stages_around(ctx: Context, stage_id: int) -> list[Any]:
    """The stage; where results are shared, as by the columns of a page, with all others of its pipeline."""
    if ctx.shared is None:
        return ONE_STAGE.dicts(stage_id)
    found: list[Any] = ctx.once("stages", ALL_STAGES.dicts)
    place = next((row["pipeline_id"] for row in found if row["id"] == stage_id), None)
    return [{name: row[name] for name in STAGE} for row in found if row["pipeline_id"] == place]


def _with_stages(pipelines: QuerySet[Pipeline, Any]) -> QuerySet[Pipeline, Any]:
    """A row for each of the pipelines' stages in order; one without a stage where there is none."""
    names = [f"stages__{name}" for name in STAGE]
    rows: QuerySet[Pipeline, Any] = pipelines.values("id", "name", *names)
    return rows.order_by("stages__position", "stages__id")


FIRST_PIPELINE = FixedQuery(
    lambda: _with_stages(
        Pipeline.objects.filter(pk__in=Pipeline.objects.order_by("position", "id").values("id")[:1])
    ),
    parameters=0,
)
ONE_PIPELINE = FixedQuery(lambda pipeline_id: _with_stages(Pipeline.objects.filter(pk=pipeline_id)))
ALL_STAGES = FixedQuery(
    lambda: Stage.objects.order_by("position", "id").values(*STAGE, "pipeline_id"), parameters=0
)
ONE_STAGE = FixedQuery(lambda stage_id: Stage.objects.filter(pk=stage_id).values(*STAGE))


#: A column's cards, and where the next ones begin.
Cards = tuple[list[Any], str | None]
ORDER = ("rank", "id")


def _page(ctx: Context, stage_id: int, owner_id: int | None, cursor: str | None, limit: int) -> Cards:
    """A page of one column."""
    parameters = [stage_id] if owner_id is None else [stage_id, owner_id]
    return read_page(ctx, "cards", partial(_cards, ctx), parameters, order=ORDER, cursor=cursor, limit=limit)


def _pages(ctx: Context, stages: list[Any], owner_id: int | None, limit: int) -> dict[int, Cards]:
    """The first page of each column, by one statement; by one each under a tracker, which sees where each ends."""
    ids = [stage["id"] for stage in stages]
    if active_tracker() is not None or not ids:
        return {stage_id: _page(ctx, stage_id, owner_id, None, limit) for stage_id in ids}
    owners = [] if owner_id is None else [owner_id]

    def build(*values: int) -> QuerySet[Deal, Any]:
        of = values[len(ids) :]
        first, *others = [
            _cards(ctx, value, *of).order_by(*ORDER)[: limit + 1] for value in values[: len(ids)]
        ]
        return first.union(*others, all=True)

    cards: dict[int, list[Any]] = {stage_id: [] for stage_id in ids}
    for row in read_rows(ctx, ("board", len(ids), len(owners), limit), build, *ids, *owners):
        cards[row["stage_id"]].append(row)
    for rows in cards.values():
        # No promise holds a UNION to its parts' order; ranks are compared bytewise.
        rows.sort(key=itemgetter(*ORDER))
    return {stage_id: cut_page(rows, ORDER, limit) for stage_id, rows in cards.items()}


def _column(ctx: Context, stage: Any, totals: list[Any], page: Cards) -> ColumnRow:
    mine = [row for row in totals if row["stage_id"] == stage["id"]]
    cards, next_cursor = page
    column: ColumnRow = {
        "stage": stage,
        "count": sum(row["deals"] for row in mine),
        "cards": cards,
        "next_cursor": next_cursor,
    }
    if shows(ctx, "deal", "amount"):
        column["totals"] = [_money(row, stage["probability"]) for row in mine]
    return column


def _cards(ctx: Context, stage_id: int, owner_id: int | None = None) -> QuerySet[Deal, Any]:
    fields = {
        **CARD,
        "contact_name": linked_name(ctx, Permission.CONTACT_VIEW, "contact", "full_name"),
        "company_name": linked_name(ctx, Permission.COMPANY_VIEW, "company", "name"),
    }
    found = Deal.objects.filter(archived_at__isnull=True, stage_id=stage_id)
    if owner_id is not None:
        found = found.filter(owner_id=owner_id)
    columns, renamed = readable(ctx, "deal", fields)
    seen: QuerySet[Deal, Any] = visible_to(ctx, Permission.DEAL_VIEW, found).values(*columns, **renamed)
    return seen


def _totals(ctx: Context, stages: list[Any], owner_id: int | None) -> list[Any]:
    """The stages' roll-ups that the actor may see: a row a stage and currency, the largest number of deals first."""
    ids = [stage["id"] for stage in stages]

    def build(*values: int) -> Any:
        found = StageRollup.objects.filter(stage_id__in=values[: len(ids)])
        found = found.filter(owner_id__in=values[len(ids) :]) if owner_id is not None else found
        grouped = visible_to(ctx, Permission.DEAL_VIEW, found).values("stage_id", "currency")
        rows = grouped.annotate(deals=Sum("count"), total=Sum("sum"))
        return rows.order_by("stage_id", F("deals").desc(), "currency")

    owners = [] if owner_id is None else [owner_id]
    return read_rows(ctx, ("column", len(ids), len(owners)), build, *ids, *owners)


def _money(row: Any, probability: int) -> MoneyTotal:
    weighted = (row["total"] * probability / 100).quantize(Decimal("0.01"))
    return {"currency": row["currency"], "sum": row["total"], "weighted": weighted}
