"""Saving views, sharing them, beginning with one."""

from typing import Any, Literal

from django.db.models import Max

from accounts.permissions import Permission
from accounts.roles.policy import acting_member_id, scope_of
from crm.filters.catalogs import Asking, Finder, catalog_of
from crm.filters.compile import compile_filter
from crm.filters.grammar import Filter, as_json
from crm.filters.searching import zone_of
from crm.filters.sorting import SortKey, order_of
from crm.segments.models import DefaultView, SavedView
from crm.segments.view_queries import get_view, list_views, visible_views
from crm.segments.view_schemas import Columns, DeletedView, Sharing, ViewChanges, ViewObject, ViewRow
from realtime.functions import Conflict, Context, Forbidden, Id, Name, NotFound, Phrase, mutation

WORD = "saved_view"
CONFLICTS = {"saved_view_name_unique": ("name", "You have a view with this name already.")}
MOST = 100


@mutation(permission=Permission.PROFILE_EDIT, conflicts=CONFLICTS)
def create_view(
    ctx: Context,
    *,
    object: ViewObject,
    name: Name,
    filter: Filter | None = None,
    columns: Columns | None = None,
    sort: SortKey | Literal[""] = "",
    shared: Sharing = "private",
    is_pinned: bool = True,
) -> ViewRow:
    """Save a view: a filter, columns and an order, for yourself, your teams or everyone."""
    _check(ctx, object, filter, sort)
    own = SavedView.objects.filter(owner_id=acting_member_id(ctx), object=object)
    if own.count() >= MOST:
        raise Conflict(Phrase("You have %(most)s views already: delete one first.", most=MOST))
    given: dict[str, Any] = {
        "object": object, "name": name, "filter": as_json(filter), "columns": columns or [], "sort": sort,
        "shared": shared, "is_pinned": is_pinned,
    }  # fmt: skip
    last = own.aggregate(last=Max("position"))["last"]
    view = SavedView.objects.create(
        **given, owner_id=acting_member_id(ctx), position=0 if last is None else last + 1
    )
    ctx.audit(WORD, view.pk, {key: [None, value] for key, value in given.items()})
    return get_view(ctx, view_id=view.pk)


@mutation(permission=Permission.PROFILE_EDIT, conflicts=CONFLICTS)
def update_view(ctx: Context, *, view_id: Id, changes: ViewChanges) -> ViewRow:
    """Change a view of yours; with the permission to manage views, one that somebody else shares, too."""
    view, sent = _changeable(ctx, view_id), changes.sent()
    if "filter" in sent or "sort" in sent:
        object: Any = view.object
        _check(ctx, object, sent.get("filter"), sent.get("sort", ""))
    if "filter" in sent:
        sent["filter"] = as_json(sent["filter"])
    differing = {key: new for key, new in sent.items() if getattr(view, key) != new}
    if differing:
        ctx.audit(WORD, view.pk, {key: [getattr(view, key), new] for key, new in differing.items()})
        for key, new in differing.items():
            setattr(view, key, new)
        view.save(update_fields=[*differing, "updated_at"])
    return get_view(ctx, view_id=view.pk)


@mutation(permission=Permission.PROFILE_EDIT)
def delete_view(ctx: Context, *, view_id: Id) -> DeletedView:
    """Delete a view, for all whom it was shared with; the records stay."""
    view = _changeable(ctx, view_id)
    ctx.audit(WORD, view.pk, {"name": [view.name, None]})
    view.delete()
    return {"id": view_id}


@mutation(permission=Permission.PROFILE_EDIT)
def set_default_view(ctx: Context, *, object: ViewObject, view_id: Id | None) -> list[ViewRow]:
    """Let your table of contacts, companies, deals or tasks begin with a view, or with none. Returns its views."""
    me = acting_member_id(ctx)
    if view_id is None:
        DefaultView.objects.filter(member_id=me, object=object).delete()
    else:
        view = get_view(ctx, view_id=view_id)
        if view["object"] != object:
            raise NotFound("There is no view with this id.")
        DefaultView.objects.update_or_create(member_id=me, object=object, defaults={"view_id": view_id})
    ctx.audit(WORD, view_id, {"default": [None, object]})
    return list_views(ctx, object=object)


def _check(ctx: Context, object: ViewObject, filter: Filter | None, sort: str) -> None:
    """InvalidInput for a filter or an order that the object's table would refuse; NotFound for an unseen object."""
    catalog = catalog_of(object)
    if not scope_of(ctx).allows(catalog.permission):
        raise Forbidden("Your role does not see these records.")
    finder = Finder(ctx, catalog)
    if filter is not None:
        compile_filter(filter, finder.find, Asking(ctx, zone_of("UTC")), finder.guard)
    if sort:
        order_of(finder, sort)


def _changeable(ctx: Context, view_id: int) -> SavedView:
    """The view, locked; NotFound out of sight, Forbidden if it is somebody else's."""
    view: SavedView | None = visible_views(ctx).select_for_update(of=("self",)).filter(pk=view_id).first()
    if view is None:
        raise NotFound("There is no view with this id.")
    if view.owner_id != acting_member_id(ctx) and not scope_of(ctx).allows(Permission.VIEW_MANAGE):
        raise Forbidden("This view is somebody else's: save one of your own.")
    return view
