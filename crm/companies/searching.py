"""Companies by any of their fields: what tables, saved views and POST /companies/search ask."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.companies.models import Company
from crm.companies.queries import row_fields
from crm.companies.schemas import CompanyRow
from crm.filters.building import OWNED, text
from crm.filters.catalogs import Catalog, register
from crm.filters.grammar import Filter
from crm.filters.searching import TimeZone, search_page
from crm.filters.sorting import SortKey
from crm.search.matching import divide
from realtime.functions import Context, Cursor, Limit, Page, Search, query

CATALOG = register(
    Catalog(
        object="company",
        permission=Permission.COMPANY_VIEW,
        search="companies.search_companies",
        default_sort="name",
        ordered=frozenset({"name", "created_at", "updated_at"}),
        indexed=frozenset({"name", "domain", "owner_id", "team_id"}),
        fields=(
            text("name", _("Name")),
            text("domain", _("Domain"), prepare=str.lower),
            text("industry", _("Industry")),
            text("city", _("City")),
            text("phone", _("Phone"), sort=False),
            *OWNED,
            text("notes", _("Notes"), sort=False),
        ),
    )
)


@query(permission=Permission.COMPANY_VIEW)
def search_companies(
    ctx: Context,
    *,
    filter: Filter | None = None,
    search: Search = "",
    archived: bool = False,
    sort: SortKey = "name",
    time_zone: TimeZone = "UTC",
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[CompanyRow]:
    """Find the companies that you may see by a filter on any of their fields, in any order.

    The filter is as for contacts; ``search`` finds parts of the name.
    """

    def visible() -> QuerySet[Company, Any]:
        everything = Company.objects.filter(archived_at__isnull=not archived)
        return visible_to(ctx, Permission.COMPANY_VIEW, everything)

    found: Page[Any] = search_page(
        ctx, CATALOG, divide(ctx, "company", visible, search, binned=archived), row_fields,
        filter=filter, sort=sort, time_zone=time_zone, cursor=cursor, limit=limit,
    )  # fmt: skip
    return found
