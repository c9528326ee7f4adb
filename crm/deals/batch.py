"""Many changes of deals in one call."""

from accounts.permissions import Permission
from crm.deals.moves import lose_deal, move_deal, reopen_deal, win_deal
from crm.deals.mutations import archive_deal, assign_deal, create_deal, restore_deal, update_deal
from crm.records.batches import Items, run_batch
from crm.records.schemas import BatchResult
from realtime.functions import Context, mutation
from realtime.functions.registry import AnyFunction

VERBS: dict[str, AnyFunction] = {
    "create": create_deal, "update": update_deal, "move": move_deal, "win": win_deal, "lose": lose_deal,
    "reopen": reopen_deal, "assign": assign_deal, "archive": archive_deal, "restore": restore_deal,
}  # fmt: skip


@mutation(permission=Permission.DEAL_EDIT)
def batch_deals(ctx: Context, *, items: Items) -> list[BatchResult]:
    """Do up to 200 things with deals, with a result for each; one that is refused leaves the others alone.

    An item has one key, which says what to do, and its arguments: ``{"create": {"title": "Loft"}}``,
    ``{"update": {"deal_id": 3, "changes": {...}, "version": 2}}``, ``{"move": {"deal_id": 3, "stage_id": 5}}``; or
    win, lose, reopen, assign, archive, restore with a ``deal_id``.
    """
    return run_batch(ctx, VERBS, items)
