"""Changing deals."""

from datetime import date
from decimal import Decimal
from typing import Any

from accounts.permissions import Permission
from crm.deals import moves, parties, pipelines
from crm.deals.changing import change_fields, check_links, lock
from crm.deals.models import Deal, Stage
from crm.deals.placing import WORD, first_stage, placed, refuse_incomplete, stage_by_id
from crm.deals.queries import get_deal
from crm.deals.schemas import Amount, Currency, DealChanges, DealRow, Title
from crm.fields.schemas import CustomValues
from crm.fields.values import new_values
from crm.records import writes
from crm.records.conflicts import refuse_overlap
from crm.records.custom import custom_names
from crm.records.results import ref
from crm.records.schemas import RecordRef
from realtime.functions import Context, Id, Version, mutation

#: Registered with these.
__all__ = ["moves", "parties", "pipelines"]


@mutation(permission=Permission.DEAL_CREATE)
def create_deal(
    ctx: Context,
    *,
    title: Title,
    amount: Amount = Decimal(0),
    currency: Currency = "USD",
    commission: Amount | None = None,
    stage_id: Id | None = None,
    contact_id: Id | None = None,
    company_id: Id | None = None,
    close_date: date | None = None,
    custom: CustomValues | None = None,
    owner_id: Id | None = None,
) -> DealRow:
    """Create a deal in a stage, the first open one by default. You own it unless you say who."""
    given: dict[str, Any] = {
        "title": title, "amount": amount, "currency": currency, "commission": commission,
        "contact_id": contact_id, "company_id": company_id, "close_date": close_date,
    }  # fmt: skip
    check_links(ctx, given)
    stage = stage_by_id(stage_id) if stage_id is not None else first_stage(None, Stage.Kind.OPEN)
    owner = writes.owned_by(ctx, owner_id, Permission.DEAL_ASSIGN)
    values = new_values(ctx, WORD, custom)
    deal = Deal(**given, custom_values=values, **placed(ctx, stage), **owner)
    refuse_incomplete(deal, stage)
    writes.create(ctx, deal, WORD, {**given, "stage_id": stage.pk, **custom_names(values)})
    return get_deal(ctx, deal_id=deal.pk)


@mutation(permission=Permission.DEAL_EDIT)
def update_deal(
    ctx: Context, *, deal_id: Id, changes: DealChanges, version: Version | None = None, merge: bool = False
) -> DealRow:
    """Change fields of a deal; those not sent stay as they are.

    With ``merge`` an older ``version`` is refused only if one of the fields sent has changed since.
    """
    deal = lock(ctx, deal_id, Permission.DEAL_EDIT, None if merge else version)
    refuse_overlap(ctx, deal, WORD, version if merge else None, changes.sent())
    change_fields(ctx, deal, changes)
    return get_deal(ctx, deal_id=deal.pk)


@mutation(permission=Permission.DEAL_ASSIGN)
def assign_deal(
    ctx: Context, *, deal_id: Id, owner_id: Id | None, version: Version | None = None
) -> RecordRef:
    """Give a deal to a member, or to nobody."""
    deal = lock(ctx, deal_id, Permission.DEAL_ASSIGN, version)
    writes.assign(ctx, deal, WORD, owner_id)
    return ref(deal)


@mutation(permission=Permission.DEAL_DELETE)
def archive_deal(ctx: Context, *, deal_id: Id, version: Version | None = None) -> RecordRef:
    """Put a deal into the bin."""
    deal = lock(ctx, deal_id, Permission.DEAL_DELETE, version)
    writes.archive(ctx, deal, WORD)
    return ref(deal)


@mutation(permission=Permission.DEAL_DELETE)
def restore_deal(ctx: Context, *, deal_id: Id) -> DealRow:
    """Take a deal out of the bin."""
    deal = lock(ctx, deal_id, Permission.DEAL_DELETE, None)
    writes.restore(ctx, deal, WORD)
    return get_deal(ctx, deal_id=deal.pk)
