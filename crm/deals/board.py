"""The board: a pipeline's stages as columns. A column's header is read from the roll-ups, never counted."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NotRequired

from django.db.models import F, QuerySet, Sum
from typing_extensions import TypedDict

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.deals.models import Deal, Pipeline, Stage, StageRollup
from crm.deals.schemas import StageRow
from crm.records.fields import linked_name, plain, readable, shows
from realtime.functions import Context, Cursor, Id, Limit, NotFound, query, shape, take_page

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
    """A stage with its roll-up over all deals that one may see, and the first of them."""

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
    ctx: Context, *, pipeline: Id | None = None, owner_id: Id | None = None, limit: Limit = 50
) -> BoardRow:
    """Read a pipeline as a board, the first pipeline by default: each stage with its totals and first deals."""
    pipelines = Pipeline.objects.order_by("position", "id").values("id", "name")
    found: Any = (pipelines if pipeline is None else pipelines.filter(pk=pipeline)).first()
    if found is None:
        raise NotFound("There is no pipeline with this id.")
    stages: list[Any] = list(
        Stage.objects.filter(pipeline_id=found["id"]).order_by("position", "id").values(*STAGE)
    )
    totals = _totals(ctx, stages, owner_id)
    columns = [_column(ctx, stage, totals, owner_id, None, limit) for stage in stages]
    return {"pipeline_id": found["id"], "name": found["name"], "columns": columns}


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
    stage: Any = Stage.objects.filter(pk=stage_id).values(*STAGE).first()
    if stage is None:
        raise NotFound("There is no stage with this id.")
    return _column(ctx, stage, _totals(ctx, [stage], owner_id), owner_id, cursor, limit)


def _column(
    ctx: Context, stage: Any, totals: list[Any], owner_id: int | None, cursor: str | None, limit: int
) -> ColumnRow:
    mine = [row for row in totals if row["stage_id"] == stage["id"]]
    cards, next_cursor = take_page(
        _cards(ctx, stage["id"], owner_id), order=("rank", "id"), cursor=cursor, limit=limit
    )
    column: ColumnRow = {
        "stage": stage,
        "count": sum(row["deals"] for row in mine),
        "cards": cards,
        "next_cursor": next_cursor,
    }
    if shows(ctx, "deal", "amount"):
        column["totals"] = [_money(row, stage["probability"]) for row in mine]
    return column


def _cards(ctx: Context, stage_id: int, owner_id: int | None) -> QuerySet[Deal, Any]:
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
    """The stages' roll-ups as far as one may see, a row a stage and currency, the largest number of deals first."""
    found = StageRollup.objects.filter(stage_id__in=[stage["id"] for stage in stages])
    if owner_id is not None:
        found = found.filter(owner_id=owner_id)
    grouped = visible_to(ctx, Permission.DEAL_VIEW, found).values("stage_id", "currency")
    rows = grouped.annotate(deals=Sum("count"), total=Sum("sum")).order_by(
        "stage_id", F("deals").desc(), "currency"
    )
    return list(rows)


def _money(row: Any, probability: int) -> MoneyTotal:
    weighted = (row["total"] * probability / 100).quantize(Decimal("0.01"))
    return {"currency": row["currency"], "sum": row["total"], "weighted": weighted}
