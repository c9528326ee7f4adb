"""Many changes of companies in one call."""

from accounts.permissions import Permission
from crm.companies.mutations import (
    archive_company,
    assign_company,
    create_company,
    restore_company,
    update_company,
)
from crm.companies.upsert import upsert_company
from crm.records.batches import Items, run_batch
from crm.records.schemas import BatchResult
from realtime.functions import Context, mutation
from realtime.functions.registry import AnyFunction

VERBS: dict[str, AnyFunction] = {
    "create": create_company, "update": update_company, "upsert": upsert_company, "assign": assign_company,
    "archive": archive_company, "restore": restore_company,
}  # fmt: skip


@mutation(permission=Permission.COMPANY_EDIT)
def batch_companies(ctx: Context, *, items: Items) -> list[BatchResult]:
    """Do up to 200 things with companies, with a result for each; one that is refused leaves the others alone.

    An item has one key, which says what to do, and its arguments: ``{"create": {"name": "Initech"}}``,
    ``{"update": {"company_id": 3, "changes": {...}, "version": 2}}``,
    ``{"upsert": {"match": "domain", "values": {...}}}``; or assign, archive, restore with a ``company_id``.
    """
    return run_batch(ctx, VERBS, items)
