"""Reading deals and their pipelines."""

from typing import Any, cast

from django.db.models import DecimalField, ExpressionWrapper, F
from django.db.models.functions import Round
from pydantic import AwareDatetime

from accounts.permissions import Permission
from accounts.roles.policy import get_visible, visible_to
from crm.deals.board import ALL_STAGES, STAGE
from crm.deals.models import Deal, LostReason, Pipeline, StageChange
from crm.deals.schemas import DealOrder, DealRow, DealStatus, PipelineRow, StageChangeRow
from crm.records.custom import COLUMN
from crm.records.fields import FieldMap, linked_name, ordered, plain, readable, refuse_hidden
from crm.records.reading import read_page, read_record
from crm.records.schemas import Choice
from crm.search.matching import matching
from realtime.functions import Context, Cursor, Id, Limit, NotFound, Page, Search, query, take_page
from realtime.reads.fixed import FixedQuery

MONEY = DecimalField(max_digits=22, decimal_places=2)
#: What the stage's probability leaves of the amount, in cents.
WEIGHTED = Round(ExpressionWrapper(F("amount") * F("stage__probability") / 100, MONEY), 2, output_field=MONEY)
ROW = {
    **plain("id", "title", "amount", "currency", "commission", "pipeline_id", "stage_id", "status"),
    "stage_name": "stage__name",
    "probability": "stage__probability",
    "weighted": WEIGHTED,
    **plain("contact_id", "company_id", "close_date", "stage_entered_at", "closed_at", "lost_reason_id"),
    "lost_reason_name": "lost_reason__name",
    **plain("rots_at", "owner_id"),
    "owner_name": "owner__name",
    "custom": COLUMN,
    **plain("team_id", "created_at", "updated_at", "archived_at", "version"),
}
PIPELINES = FixedQuery(
    lambda: Pipeline.objects.order_by("position", "id").values("id", "name")[:100], parameters=0
)
CHANGE = ("id", "from_stage_id", "from_name", "to_stage_id", "to_name", "at", "by_id", "seconds")


@query(permission=Permission.DEAL_VIEW)
def list_deals(
    ctx: Context,
    *,
    search: Search = "",
    owner_id: Id | None = None,
    pipeline_id: Id | None = None,
    stage_id: Id | None = None,
    status: DealStatus | None = None,
    contact_id: Id | None = None,
    company_id: Id | None = None,
    updated_since: AwareDatetime | None = None,
    archived: bool = False,
    sort: DealOrder = "-stage_entered_at",
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[DealRow]:
    """List the deals that you may see, the ones that moved last first unless ``sort`` says otherwise."""
    given: dict[str, Any] = {
        "owner_id": owner_id, "pipeline_id": pipeline_id, "stage_id": stage_id, "status": status,
        "parties__contact_id": contact_id, "company_id": company_id, "updated_at__gte": updated_since,
    }  # fmt: skip
    refuse_hidden(ctx, "deal", contact_id=contact_id, company_id=company_id)
    wanted = {name: value for name, value in given.items() if value is not None}

    def build(*values: Any) -> Any:
        found = Deal.objects.filter(
            archived_at__isnull=not archived, **dict(zip(wanted, values, strict=True))
        )
        found = matching(ctx, "deal", visible_to(ctx, Permission.DEAL_VIEW, found), search, binned=archived)
        columns, renamed = readable(ctx, "deal", row_fields(ctx))
        return found.values(*columns, **renamed)

    page: Any = {"order": ordered(ctx, "deal", sort), "cursor": cursor, "limit": limit}
    if search:
        rows, next_cursor = take_page(build(*wanted.values()), **page)
    else:
        rows, next_cursor = read_page(ctx, ("deals", archived, *wanted), build, list(wanted.values()), **page)
    return {"data": rows, "next_cursor": next_cursor}


@query(permission=Permission.DEAL_VIEW)
def get_deal(ctx: Context, *, deal_id: Id) -> DealRow:
    """Read one deal, in the bin or not."""
    row: Any = read_record(ctx, Deal, "deal", row_fields, deal_id)
    if row is None:
        raise NotFound("There is no deal with this id.")
    return cast("DealRow", row)


@query(permission=Permission.DEAL_VIEW)
def list_pipelines(ctx: Context) -> list[PipelineRow]:
    """List the pipelines with their stages, in order."""
    stages: dict[int, list[Any]] = {}
    for step in ctx.once("stages", ALL_STAGES.dicts):
        stages.setdefault(step["pipeline_id"], []).append({name: step[name] for name in STAGE})
    return [
        {"id": row["id"], "name": row["name"], "stages": stages.get(row["id"], [])}
        for row in PIPELINES.dicts()
    ]


@query(permission=Permission.DEAL_VIEW)
def list_stage_changes(
    ctx: Context, *, deal_id: Id, cursor: Cursor | None = None, limit: Limit = 50
) -> Page[StageChangeRow]:
    """List the stages that a deal has gone through, the last change first."""
    get_visible(ctx, Permission.DEAL_VIEW, Deal.objects.only("id"), deal_id)
    found = StageChange.objects.filter(deal_id=deal_id).values(*CHANGE, by_name=F("by__name"))
    rows, next_cursor = take_page(found, order=("-at", "-id"), cursor=cursor, limit=limit)
    return {"data": rows, "next_cursor": next_cursor}


@query(permission=Permission.DEAL_VIEW)
def list_lost_reasons(ctx: Context) -> list[Choice]:
    """List why deals are lost, in order."""
    found: Any = LostReason.objects.order_by("position", "id").values("id", "name")[:100]
    return list(found)


def row_fields(ctx: Context) -> FieldMap:
    """The row's fields; names of linked records only where those are in sight too."""
    return {
        **ROW,
        "contact_name": linked_name(ctx, Permission.CONTACT_VIEW, "contact", "full_name"),
        "company_name": linked_name(ctx, Permission.COMPANY_VIEW, "company", "name"),
    }
