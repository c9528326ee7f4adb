"""How deals get through a pipeline: how many reach each stage, and how long they stay.

Deals that skip stages pass through them; going back takes nothing away. All of it comes from what happened within
the days (deals that were made, moves between stages), whenever the deals themselves began.
"""

from typing import Any

from typing_extensions import TypedDict

from accounts.permissions import Permission
from crm.deals.board import pipeline_with_stages
from crm.reports.selection import Metric, Since, Span, Until, span, summed
from realtime.functions import Context, Id, query, shape

DAY = 86_400


@shape
class FunnelStage(TypedDict):
    """A stage and how many deals came at least so far; conversion is the share of them that came further."""

    stage_id: int
    name: str
    kind: str
    reached: int
    lost: int
    conversion: float | None


@shape
class Funnel(TypedDict):
    """A pipeline from the first open stage to won."""

    pipeline_id: int
    name: str
    created: int
    won: int
    lost: int
    stages: list[FunnelStage]


@shape
class VelocityRow(TypedDict):
    """How long deals had been in a stage when they left it, on average, in days; None if none left."""

    stage_id: int
    name: str
    left: int
    days: float | None


@query(permission=Permission.REPORT_VIEW)
def get_funnel(
    ctx: Context,
    *,
    pipeline_id: Id | None = None,
    since: Since | None = None,
    until: Until | None = None,
    owner_id: Id | None = None,
    team_id: Id | None = None,
) -> Funnel:
    """Read how many deals reached each stage of a pipeline (the first one by default), and where they were lost."""
    (pipeline, stages), days = pipeline_with_stages(pipeline_id), span(ctx, since, until)
    wanted = {"pipeline_id": pipeline["id"], "owner_id": owner_id, "team_id": team_id}
    moves = _moves(ctx, days, wanted)
    begun = {int(row["detail"]): row["number"] for row in summed(ctx, (Metric.DEAL,), days, wanted, "detail")}
    path = [stage for stage in stages if stage["kind"] == "open"]
    path += [stage for stage in stages if stage["kind"] == "won"][:1]
    rows = _reached(path, stages, begun, moves)
    won = rows[-1]["reached"] if rows and rows[-1]["kind"] == "won" else 0
    return {
        "pipeline_id": pipeline["id"],
        "name": pipeline["name"],
        "created": sum(begun.values()),
        "won": won,
        "lost": sum(row["lost"] for row in rows),
        "stages": rows,
    }


@query(permission=Permission.REPORT_VIEW)
def get_velocity(
    ctx: Context,
    *,
    pipeline_id: Id | None = None,
    since: Since | None = None,
    until: Until | None = None,
    owner_id: Id | None = None,
    team_id: Id | None = None,
) -> list[VelocityRow]:
    """Read how many days deals spent in each open stage that they left within the span."""
    pipeline, stages = pipeline_with_stages(pipeline_id)
    wanted = {"pipeline_id": pipeline["id"], "owner_id": owner_id, "team_id": team_id}
    moves = _moves(ctx, span(ctx, since, until), wanted)
    return [_velocity(stage, moves) for stage in stages if stage["kind"] == "open"]


def _velocity(stage: Any, moves: list[Any]) -> VelocityRow:
    mine = [move for move in moves if move["from"] == stage["id"]]
    left = sum(move["number"] for move in mine)
    seconds = float(sum(move["total"] for move in mine))
    days = round(seconds / left / DAY, 1) if left else None
    return {"stage_id": stage["id"], "name": stage["name"], "left": left, "days": days}


def _moves(ctx: Context, days: Span, wanted: dict[str, int | None]) -> list[Any]:
    rows = summed(ctx, (Metric.MOVE,), days, wanted, "detail")
    return [{**row, **_ends(row["detail"])} for row in rows]


def _ends(detail: str) -> dict[str, int | None]:
    before, _arrow, after = detail.partition(">")
    return {"from": int(before) if before else None, "to": int(after) if after else None}


def _reached(
    path: list[Any], stages: list[Any], begun: dict[int, int], moves: list[Any]
) -> list[FunnelStage]:
    """The stages of the path with what went through or into them."""
    places = {stage["id"]: place for place, stage in enumerate(path)}
    kinds = {stage["id"]: stage["kind"] for stage in stages}
    # A pipeline may have several won stages: each is the end of the path.
    places |= {pk: len(path) - 1 for pk, kind in kinds.items() if kind == "won"}
    counts = [
        sum(number for pk, number in begun.items() if places.get(pk, -1) >= place)
        for place in range(len(path))
    ]
    lost = [0] * len(path)
    for move in moves:
        start, end = places.get(move["from"]), places.get(move["to"])
        if start is not None and end is not None:
            for place in range(start + 1, end + 1):
                counts[place] += move["number"]
        elif start is not None and kinds.get(move["to"]) == "lost":
            lost[start] += move["number"]
    return [
        {
            "stage_id": stage["id"],
            "name": stage["name"],
            "kind": stage["kind"],
            "reached": counts[place],
            "lost": lost[place],
            "conversion": _share(counts[place + 1], counts[place]) if place + 1 < len(path) else None,
        }
        for place, stage in enumerate(path)
    ]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
