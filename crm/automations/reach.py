"""How many records an automation of the clock would take, and when: asked before it is published."""

from accounts.permissions import Permission
from accounts.zones import clock_of
from crm.automations.clock import day_due, next_look, of_day
from crm.automations.definition import DateReached, read
from crm.automations.facts import admits
from crm.automations.models import Automation
from crm.automations.records import KINDS
from crm.automations.schemas import Reach
from crm.filters.catalogs import catalog_of
from realtime.functions import Context, Id, InvalidInput, NotFound, query

#: More records than these are not counted.
MOST_COUNTED = 1_000
NOTHING: Reach = {"records": None, "is_more": False, "is_all": False, "next_at": None}


@query(permission=Permission.AUTOMATION_MANAGE)
def get_reach(ctx: Context, *, automation_id: Id) -> Reach:
    """Read when the draft's clock comes next, and how many records it would take if that were now.

    ``records`` is null for more than 1,000, and for a draft with another trigger or with conditions that are wrong;
    ``next_at`` for one with another trigger or a time that never comes.
    """
    row = Automation.objects.select_related("current").filter(pk=automation_id).first()
    if row is None:
        raise NotFound("There is no automation with this id.")
    draft = read(row.draft)
    trigger = draft.trigger
    try:
        next_at = next_look(row, ctx.now, ctx.schema)
        if next_at is None:
            return NOTHING
        ctx.valid_until(next_at)
        catalog = catalog_of(draft.object)
        found = admits(
            ctx, catalog, KINDS[draft.object].model.objects.filter(archived_at=None), draft.only_if
        )
        if isinstance(trigger, DateReached):
            found = admits(
                ctx, catalog, found, of_day(trigger, day_due(trigger, next_at, clock_of(ctx.schema)))
            )
        count = found.order_by()[: MOST_COUNTED + 1].count()
    except InvalidInput:
        return NOTHING
    is_all = draft.only_if is None and not isinstance(trigger, DateReached)
    is_more = count > MOST_COUNTED
    return {"records": None if is_more else count, "is_more": is_more, "is_all": is_all, "next_at": next_at}
