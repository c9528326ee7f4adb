"""Reading saved views: one's own, those that others share, and the records that a view admits."""

from typing import Any, cast

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from pydantic import TypeAdapter

from accounts.permissions import Permission
from accounts.roles.models import TeamMember
from accounts.roles.policy import member_id_of, scope_of, team_ids_of
from crm.filters.catalogs import Finder, catalog_of
from crm.filters.grammar import FieldName, Filter, conditions_of
from crm.filters.searching import TimeZone
from crm.filters.sorting import SortKey
from crm.segments.models import DefaultView, SavedView
from crm.segments.view_schemas import ViewObject, ViewRow
from realtime.functions import Context, Cursor, Id, Limit, NotFound, Page, Search, query
from realtime.functions.call import permit
from realtime.functions.registry import registry

OBJECTS: tuple[ViewObject, ...] = ("contact", "company", "deal", "task")
ROW = ("id", "object", "name", "filter", "columns", "sort", "shared", "is_pinned", "position", "owner_id")
FILTER: TypeAdapter[Filter] = TypeAdapter(Filter)
#: More than anybody can look through; the list has no pages.
MOST = 200


@query(permission=Permission.PROFILE_VIEW)
def list_views(ctx: Context, *, object: ViewObject | None = None) -> list[ViewRow]:
    """List your views and those that are shared with you, in order: of contacts, companies, deals, tasks, or all.

    A shared view whose filter asks for a field that your role does not show is absent.
    """
    objects = [noun for noun in OBJECTS if scope_of(ctx).allows(catalog_of(noun).permission)]
    found = visible_views(ctx).filter(object__in=[object] if object in objects else [] if object else objects)
    return _rows(ctx, found.order_by("object", "position", "id"))


@query(permission=Permission.PROFILE_VIEW)
def get_view(ctx: Context, *, view_id: Id) -> ViewRow:
    """Read one view."""
    rows = [
        row
        for row in _rows(ctx, visible_views(ctx).filter(pk=view_id))
        if scope_of(ctx).allows(catalog_of(row["object"]).permission)
    ]
    if not rows:
        raise NotFound("There is no view with this id.")
    return rows[0]


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
    me = member_id_of(ctx)
    mates = TeamMember.objects.filter(member_id=OuterRef("owner_id"), team_id__in=team_ids_of(ctx))
    shared_with_me = Q(shared="everyone") | (Q(shared="teams") & Exists(mates))
    return SavedView.objects.filter(shared_with_me if me is None else Q(owner_id=me) | shared_with_me)


def _rows(ctx: Context, found: QuerySet[SavedView, Any]) -> list[ViewRow]:
    me = member_id_of(ctx)
    mine = DefaultView.objects.filter(member_id=me, view_id=OuterRef("pk"))
    rows: list[Any] = list(found.values(*ROW, owner_name=F("owner__name"), is_default=Exists(mine))[:MOST])
    finders: dict[str, Finder] = {}
    for row in rows:
        finder = finders.setdefault(row["object"], Finder(ctx, catalog_of(row["object"])))
        row["is_own"] = row["owner_id"] == me
        row["is_broken"] = _is_broken(finder, row["filter"])
    return [row for row in rows if row["is_own"] or not row["is_broken"]]


def _is_broken(finder: Finder, given: Any) -> bool:
    if given is None:
        return False
    names: set[FieldName] = {condition.field for condition in conditions_of(FILTER.validate_python(given))}
    return any(finder.get(name) is None for name in names)
