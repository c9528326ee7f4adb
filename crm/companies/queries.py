"""Reading companies."""

from typing import Any, cast

from pydantic import AwareDatetime

from accounts.permissions import Access, Permission
from accounts.roles.policy import scope_of, visible_to
from crm.companies.models import Company
from crm.companies.schemas import CompanyDetail, CompanyOrder, CompanyRow
from crm.records.custom import COLUMN
from crm.records.fields import FieldMap, ordered, plain, readable
from crm.records.reading import read_record
from crm.records.schemas import Choice
from crm.search.matching import matching
from realtime.functions import Context, Cursor, Id, Limit, NotFound, Page, Search, query, take_page

ROW = {
    **plain("id", "name", "domain", "phone", "city", "industry", "owner_id"),
    "owner_name": "owner__name",
    "custom": COLUMN,
    **plain("team_id", "created_at", "updated_at", "archived_at", "version"),
}
DEALS = ("open_deal_count", "open_deal_value")
DETAIL = {**ROW, **plain("notes"), "team_name": "team__name"}


@query(permission=Permission.COMPANY_VIEW)
def list_companies(
    ctx: Context,
    *,
    search: Search = "",
    updated_since: AwareDatetime | None = None,
    archived: bool = False,
    sort: CompanyOrder = "name",
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[CompanyRow]:
    """List the companies that you may see, by name. ``search`` finds as ``search.search_records`` does."""
    found = visible_to(ctx, Permission.COMPANY_VIEW, Company.objects.filter(archived_at__isnull=not archived))
    found = matching(ctx, "company", found, search, binned=archived)
    if updated_since is not None:
        found = found.filter(updated_at__gte=updated_since)
    columns, renamed = readable(ctx, "company", row_fields(ctx))
    order = ordered(ctx, "company", sort)
    rows, next_cursor = take_page(found.values(*columns, **renamed), order=order, cursor=cursor, limit=limit)
    return {"data": rows, "next_cursor": next_cursor}


@query(permission=Permission.COMPANY_VIEW)
def get_company(ctx: Context, *, company_id: Id) -> CompanyDetail:
    """Read one company, in the bin or not."""
    row: Any = read_record(ctx, Company, "company", _detail, company_id)
    if row is None:
        raise NotFound("There is no company with this id.")
    return cast("CompanyDetail", row)


def row_fields(ctx: Context) -> FieldMap:
    """A row's fields. Sums over records of another kind are only for an actor who may see all of those records."""
    scope = scope_of(ctx)
    contacts = plain("contact_count") if scope.access(Permission.CONTACT_VIEW) is Access.ALL else {}
    deals = plain(*DEALS) if scope.access(Permission.DEAL_VIEW) is Access.ALL else {}
    return {**ROW, **contacts, **deals}


def _detail(ctx: Context) -> FieldMap:
    return {**row_fields(ctx), **DETAIL}


@query(permission=Permission.COMPANY_VIEW)
def list_company_choices(ctx: Context, *, search: Search = "") -> list[Choice]:
    """List up to 20 companies to choose from, by name."""
    found = visible_to(ctx, Permission.COMPANY_VIEW, Company.objects.filter(archived_at=None))
    found = matching(ctx, "company", found, search)
    rows: Any = list(found.order_by("name", "id").values("id", "name")[:20])
    return cast("list[Choice]", rows)
