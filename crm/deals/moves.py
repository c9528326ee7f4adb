"""Moving deals through their stages: between neighbours on the board, won, lost, and open again."""

from accounts.permissions import Permission
from accounts.roles.policy import require
from crm.deals import placing, ranks
from crm.deals.changing import change_fields
from crm.deals.models import Deal, LostReason, Stage, StageChange
from crm.deals.queries import get_deal
from crm.deals.schemas import DealChanges, DealRow
from crm.records import writes
from realtime.functions import Context, Id, Version, invalid, mutation


@mutation(permission=Permission.DEAL_MOVE)
def move_deal(
    ctx: Context,
    *,
    deal_id: Id,
    stage_id: Id,
    before_id: Id | None = None,
    after_id: Id | None = None,
    changes: DealChanges | None = None,
    version: Version | None = None,
) -> DealRow:
    """Move a deal to a stage, and there below the deal after_id or above before_id, else to the top.

    InvalidInput names the fields that the stage requires and the deal lacks; ``changes`` fills them in on the way.

    A won or lost stage closes the deal, an open one opens it again. Nobody else's deal is written. Conflict if both
    neighbours have left the stage; without neighbours nothing happens to a deal that is in the stage already.
    """
    deal = _lock(ctx, deal_id, version)
    stage = placing.stage_by_id(stage_id)
    if changes is not None and changes.sent():
        require(ctx, Permission.DEAL_EDIT, deal)
        change_fields(ctx, deal, changes)
    if deal.stage_id != stage.pk:
        rank = placing.rank_in(ctx, deal, stage.pk, before_id=before_id, after_id=after_id)
        placing.enter(ctx, deal, stage, rank=rank)
    elif before_id is not None or after_id is not None:
        rank = placing.rank_in(ctx, deal, stage.pk, before_id=before_id, after_id=after_id)
        writes.write(ctx, deal, placing.WORD, {}, {"rank": rank})
    return get_deal(ctx, deal_id=deal.pk)


@mutation(permission=Permission.DEAL_MOVE)
def win_deal(ctx: Context, *, deal_id: Id, version: Version | None = None) -> DealRow:
    """Move a deal to the won stage of its pipeline; one that is won already stays as it is."""
    deal = _lock(ctx, deal_id, version)
    if deal.status != Stage.Kind.WON:
        _close(ctx, deal, Stage.Kind.WON)
    return get_deal(ctx, deal_id=deal.pk)


@mutation(permission=Permission.DEAL_MOVE)
def lose_deal(
    ctx: Context, *, deal_id: Id, lost_reason_id: Id | None = None, version: Version | None = None
) -> DealRow:
    """Move a deal to the lost stage of its pipeline and say why; of a lost one, change the reason."""
    deal = _lock(ctx, deal_id, version)
    if lost_reason_id is not None and not LostReason.objects.filter(pk=lost_reason_id).exists():
        raise invalid("lost_reason_id", "There is no reason with this id.", "unknown_reason")
    if deal.status != Stage.Kind.LOST:
        _close(ctx, deal, Stage.Kind.LOST, lost_reason_id)
    elif deal.lost_reason_id != lost_reason_id:
        writes.write(ctx, deal, placing.WORD, {"lost_reason_id": lost_reason_id})
    return get_deal(ctx, deal_id=deal.pk)


@mutation(permission=Permission.DEAL_MOVE)
def reopen_deal(ctx: Context, *, deal_id: Id, version: Version | None = None) -> DealRow:
    """Move a won or lost deal back to the open stage that it came from, else to the first one."""
    deal = _lock(ctx, deal_id, version)
    if deal.status != Stage.Kind.OPEN:
        stage = _last_open_stage(deal) or placing.first_stage(deal.pipeline_id, Stage.Kind.OPEN)
        placing.enter(ctx, deal, stage, rank=ranks.top(ctx.now, deal.pk))
    return get_deal(ctx, deal_id=deal.pk)


def _lock(ctx: Context, deal_id: int, version: int | None) -> Deal:
    return writes.lock(ctx, Deal.objects.all(), deal_id, to=Permission.DEAL_MOVE, version=version)


def _close(ctx: Context, deal: Deal, kind: Stage.Kind, lost_reason_id: int | None = None) -> None:
    stage = placing.first_stage(deal.pipeline_id, kind)
    placing.enter(ctx, deal, stage, rank=ranks.top(ctx.now, deal.pk), lost_reason_id=lost_reason_id)


def _last_open_stage(deal: Deal) -> Stage | None:
    left = StageChange.objects.filter(
        deal=deal, from_stage__kind=Stage.Kind.OPEN, from_stage__pipeline_id=deal.pipeline_id
    )
    found = left.select_related("from_stage").order_by("-at", "-id").first()
    return found.from_stage if found else None
