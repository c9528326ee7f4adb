"""A pipeline as it stands now: how many deals each stage holds and what they are worth, from the stages' roll-ups."""

from decimal import Decimal
from typing import Any, NotRequired

from django.db.models import Sum
from typing_extensions import TypedDict

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.deals.models import Pipeline, Stage, StageRollup
from crm.records.fields import shows
from crm.records.reading import read_rows
from crm.reports.selection import main_currency
from realtime.functions import Context, Id, NotFound, query, shape
from realtime.reads.fixed import FixedQuery

CENT = Decimal("0.01")


@shape
class StageTotal(TypedDict):
    """An open stage; sum and weighted are of the report's currency."""

    stage_id: int
    name: str
    probability: int
    count: int
    sum: NotRequired[Decimal]
    weighted: NotRequired[Decimal]


@shape
class PipelineTotal(TypedDict):
    """A pipeline's open stages in order; amounts in the currency of most of its deals."""

    pipeline_id: int
    name: str
    currency: str
    stages: list[StageTotal]


@query(permission=Permission.DEAL_VIEW)
def get_pipeline(
    ctx: Context, *, pipeline_id: Id | None = None, owner_id: Id | None = None, team_id: Id | None = None
) -> PipelineTotal:
    """Read how many open deals each stage of a pipeline holds (the first one by default), and their worth."""
    found = one_pipeline(pipeline_id)
    rows = OPEN_STAGES.dicts(found["id"])
    totals = _totals(ctx, [row["id"] for row in rows], {"owner_id": owner_id, "team_id": team_id})
    currency, shows_money = main_currency(totals), shows(ctx, "deal", "amount")
    return {
        "pipeline_id": found["id"],
        "name": found["name"],
        "currency": currency,
        "stages": [_stage(row, totals, currency, shows_money) for row in rows],
    }


def one_pipeline(pipeline_id: int | None) -> Any:
    """The pipeline's id and name, the first one's for None; NotFound."""
    found = FIRST_PIPELINE.dicts() if pipeline_id is None else PIPELINE.dicts(pipeline_id)
    if not found:
        raise NotFound("There is no pipeline with this id.")
    return found[0]


FIRST_PIPELINE = FixedQuery(
    lambda: Pipeline.objects.order_by("position", "id").values("id", "name")[:1], parameters=0
)
PIPELINE = FixedQuery(lambda pipeline_id: Pipeline.objects.filter(pk=pipeline_id).values("id", "name"))
OPEN_STAGES = FixedQuery(
    lambda pipeline_id: (
        Stage.objects.filter(pipeline_id=pipeline_id, kind=Stage.Kind.OPEN)
        .order_by("position", "id")
        .values("id", "name", "probability")
    )
)


def _totals(ctx: Context, stage_ids: list[int], wanted: dict[str, int | None]) -> list[Any]:
    given = {name: value for name, value in wanted.items() if value is not None}
    stages = len(stage_ids)

    def build(*values: int) -> Any:
        found = StageRollup.objects.filter(
            stage_id__in=values[:stages], **dict(zip(given, values[stages:], strict=True))
        )
        seen = visible_to(ctx, Permission.DEAL_VIEW, found).values("stage_id", "currency")
        return seen.annotate(number=Sum("count"), total=Sum("sum")).order_by("stage_id", "currency")

    return read_rows(ctx, ("pipeline", stages, *given), build, *stage_ids, *given.values())


def _stage(row: Any, totals: list[Any], currency: str, shows_money: bool) -> StageTotal:
    mine = [total for total in totals if total["stage_id"] == row["id"]]
    stage: StageTotal = {
        "stage_id": row["id"],
        "name": row["name"],
        "probability": row["probability"],
        "count": sum(total["number"] for total in mine),
    }
    if shows_money:
        stage["sum"] = sum((each["total"] for each in mine if each["currency"] == currency), Decimal(0))
        stage["weighted"] = (stage["sum"] * row["probability"] / 100).quantize(CENT)
    return stage
