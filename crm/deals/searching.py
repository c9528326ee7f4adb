"""Deals by any of their fields: what tables, saved views and POST /deals/search ask."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.deals.models import Deal
from crm.deals.queries import row_fields
from crm.deals.schemas import DealRow
from crm.filters.building import OF_COMPANY, OWNED, choice, day, link, moment, number, text
from crm.filters.catalogs import Catalog, register
from crm.filters.grammar import Filter
from crm.filters.searching import TimeZone, search_page
from crm.filters.sorting import SortKey
from crm.search.matching import divide
from realtime.functions import Context, Cursor, Limit, Page, Search, query

STATUSES = (("open", _("Open")), ("won", _("Won")), ("lost", _("Lost")))
OPEN = Q(status="open")

CATALOG = register(
    Catalog(
        object="deal",
        permission=Permission.DEAL_VIEW,
        search="deals.search_deals",
        default_sort="-stage_entered_at",
        ordered=frozenset({"stage_entered_at", "title", "amount", "close_date", "created_at", "updated_at"}),
        indexed=frozenset({"contact_id", "company_id", "owner_id", "team_id"}),
        fields=(
            text("title", _("Title")),
            choice("status", _("Status"), STATUSES),
            link("pipeline_id", _("Pipeline"), "pipelines", sort="pipeline__position", nullable=False),
            link("stage_id", _("Stage"), "stages", sort="stage__position", nullable=False),
            number("amount", _("Amount")),
            text("currency", _("Currency"), prepare=str.upper),
            day("close_date", _("Expected close"), open_if=OPEN),
            *OWNED,
            link("contact_id", _("Contact"), "contacts"),
            link("company_id", _("Company"), "companies"),
            *OF_COMPANY,
            moment("stage_entered_at", _("In stage since")),
            moment("rots_at", _("Rots"), nullable=True, open_if=OPEN),
            moment("closed_at", _("Closed"), nullable=True),
            link("lost_reason_id", _("Lost reason"), "lost_reasons"),
        ),
    )
)


@query(permission=Permission.DEAL_VIEW)
def search_deals(
    ctx: Context,
    *,
    filter: Filter | None = None,
    search: Search = "",
    archived: bool = False,
    sort: SortKey = "-stage_entered_at",
    time_zone: TimeZone = "UTC",
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[DealRow]:
    """Find the deals that you may see by a filter on any of their fields, in any order.

    The filter is as for contacts; ``search`` finds parts of the title.
    """

    def visible() -> QuerySet[Deal, Any]:
        everything = Deal.objects.filter(archived_at__isnull=not archived)
        return visible_to(ctx, Permission.DEAL_VIEW, everything)

    found: Page[Any] = search_page(
        ctx, CATALOG, divide(ctx, "deal", visible, search, binned=archived), row_fields,
        filter=filter, sort=sort, time_zone=time_zone, cursor=cursor, limit=limit,
    )  # fmt: skip
    return found
