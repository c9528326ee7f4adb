"""Reading saved views: the actor's own, those that others share, and the records that a view admits."""

from typing import Any, cast

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from pydantic import TypeAdapter

from accounts.permissions import Permission
from accounts.roles.models import TeamMember
from accounts.roles.policy import member_id_of, scope_of
from crm.filters.catalogs import Finder, catalog_of
from crm.filters.grammar import FieldName, Filter
from crm.filters.searching import TimeZone
from crm.filters.sorting import SortKey
from crm.segments.models import DefaultView, SavedView
from crm.segments.view_schemas import ViewObject, ViewRow
from realtime.functions import Context, Cursor, Id, Limit, NotFound, Page, Search, query
from realtime.functions.call import permit
from realtime.functions.registry import registry
from realtime.reads.fixed import FixedQuery

ROW = ("id", "object", "name", "filter", "columns", "sort", "shared", "is_pinned", "position", "owner_id")
FILTER: TypeAdapter[Filter] = TypeAdapter(Filter)
#: More than anybody can look through; the list has no pages.
MOST = 200


@query(permission=Permission.PROFILE_VIEW)
def list_views(ctx: Context, *, object: ViewObject | None = None) -> list[ViewRow]:
    """List your views and those that are shared with you, in order: of contacts, companies, deals, tasks, or all.

    A shared view whose filter asks for a field that your role does not show is absent.
    """
    return [row for row in _rows(ctx) if object in (None, row["object"])]


@query(permission=Permission.PROFILE_VIEW)
def get_view(ctx: Context, *, view_id: Id) -> ViewRow:
    """Read one view."""
    for row in _rows(ctx):
        if row["id"] == view_id:
            return row
    raise NotFound("There is no view with this id.")


@query(permission=Permission.PROFILE_VIEW)
def list_view_results(
    ctx: Context,
    *,
    view_id: Id,
    search: Search = "",
    sort: SortKey | None = None,
    time_zone: TimeZone = "UTC",
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[dict[str, Any]]:
    """List the records that a view admits and you may see, in the view's order unless you name another one.

    The rows are those of the object's list (GET /contacts for a view of contacts).
    """
    view = get_view(ctx, view_id=view_id)
    catalog = catalog_of(view["object"])
    function = registry.get(catalog.search)
    permit(function, ctx)
    found: Any = function(
        ctx,
        filter=None if view["filter"] is None else FILTER.validate_python(view["filter"]),
        search=search,
        sort=sort or view["sort"] or catalog.default_sort,
        time_zone=time_zone,
        cursor=cursor,
        limit=limit,
    )
    return cast("Page[dict[str, Any]]", found)


def visible_views(ctx: Context) -> QuerySet[SavedView, Any]:
    """The actor's own views, those shared with everyone, and those shared with one of their teams."""
    return _visible(member_id_of(ctx) or 0)


def _visible(member_id: int) -> QuerySet[SavedView, Any]:
    teams = TeamMember.objects.filter(member_id=member_id).values("team_id")
    mates = TeamMember.objects.filter(member_id=OuterRef("owner_id"), team_id__in=teams)
    shared_with_me = Q(shared="everyone") | (Q(shared="teams") & Exists(mates))
    return SavedView.objects.filter(Q(owner_id=member_id) | shared_with_me)


def _listed(member_id: int) -> QuerySet[SavedView, Any]:
    mine = DefaultView.objects.filter(member_id=member_id, view_id=OuterRef("pk"))
    found = _visible(member_id).order_by("object", "position", "id")
    return found.values_list(*ROW, F("owner__name"), Exists(mine))[:MOST]


#: Every table's page asks it, for its tabs.
LISTED = FixedQuery(_listed)


def _rows(ctx: Context) -> list[ViewRow]:
    """The views in sight, of objects that the role sees, without those that ask for what it hides."""
    me = member_id_of(ctx)
    names = (*ROW, "owner_name", "is_default")
    rows: list[Any] = [dict(zip(names, values, strict=True)) for values in LISTED.rows(me or 0)]
    finders: dict[str, Finder] = {}
    found = []
    for row in rows:
        catalog = catalog_of(row["object"])
        if not scope_of(ctx).allows(catalog.permission):
            continue
        if row["object"] not in finders:
            finders[row["object"]] = Finder(ctx, catalog)
        row["is_own"] = row["owner_id"] == me
        row["is_broken"] = any(finders[row["object"]].get(name) is None for name in _names(row["filter"]))
        if row["is_own"] or not row["is_broken"]:
            found.append(row)
    return found


def _names(given: Any) -> set[FieldName]:
    """The fields that a stored filter asks for."""
    if not isinstance(given, dict):
        return set()
    if "field" in given:
        return {given["field"]}
    return {name for parts in given.values() for part in parts for name in _names(part)}
