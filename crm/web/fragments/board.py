"""Live regions of the deals board: its columns and the forecast."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.deals.board import get_board_column
from crm.deals.queries import list_lost_reasons, list_pipelines
from crm.reports.forecast import get_forecast
from crm.web.forms.records import judge
from crm.web.pages import ask
from realtime.functions import Context, Id, Limit
from realtime.live.fragments import fragment


@fragment("deals/column", template="deals/_column.html")
def column(ctx: Context, *, stage_id: Id, owner_id: Id | None = None, shown: Limit = 50) -> dict[str, Any]:
    """A stage with its totals and its first deals, which can be dragged."""
    found = ask(ctx, get_board_column, stage_id=stage_id, owner_id=owner_id, limit=shown)
    coming = [card["rots_at"] for card in found["cards"] if card["rots_at"] and card["rots_at"] > ctx.now]
    if coming:
        ctx.valid_until(min(coming))
    may_move = judge(ctx, Permission.DEAL_MOVE)
    cards = [
        {
            **card,
            "is_rotting": bool(card["rots_at"] and card["rots_at"] <= ctx.now),
            "may_move": may_move(card),
        }
        for card in found["cards"]
    ]
    return {**found, "cards": cards, "owner_id": owner_id}


@fragment("deals/forecast", template="deals/_forecast.html")
def forecast(ctx: Context, *, pipeline_id: Id, owner_id: Id | None = None) -> dict[str, Any]:
    """What the pipeline's open deals are expected to bring, month by month."""
    rows = ask(ctx, get_forecast, pipeline_id=pipeline_id, owner_id=owner_id)
    return {"rows": rows, "is_allowed": "amount" not in scope_of(ctx).hidden_fields("deal")}


@fragment("settings/pipelines", template="settings/_pipelines.html")
def pipelines(ctx: Context) -> dict[str, Any]:
    """The pipelines with their stages, each with what moving it up or down would make of the order."""
    return {"rows": [{**row, "stages": _with_moves(row["stages"])} for row in ask(ctx, list_pipelines)]}


def _with_moves(stages: list[Any]) -> list[dict[str, Any]]:
    ids = [stage["id"] for stage in stages]
    return [
        {
            **stage,
            "up": _swapped(ids, place, place - 1) if place else "",
            "down": _swapped(ids, place, place + 1) if place + 1 < len(ids) else "",
        }
        for place, stage in enumerate(stages)
    ]


def _swapped(ids: list[int], one: int, other: int) -> str:
    order = [*ids]
    order[one], order[other] = order[other], order[one]
    return ",".join(map(str, order))


@fragment("settings/lost_reasons", template="settings/_lost_reasons.html")
def lost_reasons(ctx: Context) -> dict[str, Any]:
    """Why deals are lost."""
    return {"rows": ask(ctx, list_lost_reasons)}
