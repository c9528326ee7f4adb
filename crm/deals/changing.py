"""Changing a deal's own fields: what updating and moving share."""

from typing import Any

from accounts.permissions import Permission
from crm.companies.models import Company
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.deals.schemas import DealChanges
from crm.fields.values import changed_values
from crm.records import writes
from crm.records.custom import COLUMN
from crm.records.links import check_link
from realtime.functions import Context

WORD = "deal"


def lock(ctx: Context, deal_id: int, to: Permission, version: int | None) -> Deal:
    """The deal, locked until commit; refused as ``crm.records.writes.lock`` says."""
    return writes.lock(ctx, Deal.objects.all(), deal_id, to=to, version=version)


def change_fields(ctx: Context, deal: Deal, changes: DealChanges) -> None:
    """Write the fields that were sent and differ; InvalidInput for a link to what is out of sight."""
    sent = changes.sent()
    if "custom" in sent:
        sent[COLUMN] = changed_values(ctx, WORD, deal.custom_values, sent.pop("custom"))
    check_links(ctx, {name: value for name, value in sent.items() if getattr(deal, name) != value})
    writes.apply(ctx, deal, WORD, sent)


def check_links(ctx: Context, values: dict[str, Any]) -> None:
    """InvalidInput unless the contact and the company that the values name are in sight."""
    check_link(ctx, Permission.CONTACT_VIEW, Contact, "contact_id", values.get("contact_id"))
    check_link(ctx, Permission.COMPANY_VIEW, Company, "company_id", values.get("company_id"))
