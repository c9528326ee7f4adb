"""A list page's state: which view, filter, columns, order and search, from its address.

The address holds all of it, so that it can be sent to somebody else: ``view`` names a saved view, and ``f`` (a filter
as JSON), ``cols`` and ``sort`` what differs from it. What is broken in it is left out.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
from pydantic import TypeAdapter, ValidationError

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.filters.grammar import Filter, as_json, conditions_of
from crm.filters.sorting import SortKey
from crm.segments.view_queries import list_views
from crm.segments.view_schemas import Columns
from crm.web.bulk_actions import offered_actions
from crm.web.field_choices import names_of
from crm.web.numbers import whole
from crm.web.pages import PageRequest, ask
from crm.web.tables import Table

FILTER: TypeAdapter[Filter] = TypeAdapter(Filter)
COLUMNS: TypeAdapter[list[str]] = TypeAdapter(Columns)
SORT: TypeAdapter[str] = TypeAdapter(SortKey)
#: Old words of addresses -> the fields that they stand for; links of other pages use them.
SHORT = {"owner": "owner_id", "stage": "stage_id", "company": "company_id", "status": "status", "tag": "tags"}
STATE = frozenset({"view", "f", "cols", "sort", "q", "archived"})


@dataclass(frozen=True)
class Listing:
    """What a list page shows."""

    view: Any
    filter: Filter | None
    columns: list[str]
    sort: str
    search: str
    archived: bool
    cursor: str
    trail: str
    address: str
    is_modified: bool

    @property
    def filter_json(self) -> str:
        """The filter as text, "" for none."""
        return text_of(self.filter)

    @property
    def conditions(self) -> int:
        """How many conditions the filter has."""
        return sum(1 for _ in conditions_of(self.filter))

    @property
    def save_query(self) -> str:
        """What the forms that save the view begin with."""
        given = {"f": self.filter_json, "cols": ",".join(self.columns), "sort": self.sort}
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def args(self) -> dict[str, Any]:
        """The live table's arguments."""
        return {
            "filter": as_json(self.filter),
            "columns": self.columns or None,
            "sort": self.sort,
            "search": self.search,
            "archived": self.archived or None,
            "cursor": self.cursor,
            "trail": self.trail,
            "address": self.address,
        }


def text_of(node: Filter | None) -> str:
    """A filter as JSON text, "" for none."""
    return "" if node is None else orjson.dumps(as_json(node)).decode()


def read_listing(request: PageRequest, table: Table, initial: Filter | None = None) -> Listing:
    """The state that the address asks for; ``initial`` is the filter where it says nothing."""
    given, views = request.GET, ask(request.ctx, list_views, object=table.object)
    view = _view(given, views)
    base = _stored(view)
    filter = _filter(given, base["filter"] if view else initial)
    columns = (
        parsed(COLUMNS, [c for c in given["cols"].split(",") if c]) if "cols" in given else base["columns"]
    )
    sort = parsed(SORT, given["sort"]) if given.get("sort") else base["sort"]
    columns, sort = columns or [], sort or ""
    changed = view is not None and (as_json(filter), columns, sort) != (
        as_json(base["filter"]), base["columns"], base["sort"],
    )  # fmt: skip
    state = {name: given[name] for name in STATE if name in given and (given[name] or name in ("f", "cols"))}
    state |= {name: given[name] for name in SHORT if given.get(name)}
    return Listing(
        view, filter, columns, sort, given.get("q", "")[:100], given.get("archived") == "1",
        given.get("cursor", "")[:600], given.get("trail", "")[:4000], urlencode(state), changed,
    )  # fmt: skip


def _view(given: Any, views: list[Any]) -> Any:
    """The view that the address names; where it says nothing at all, the member's default one."""
    wanted = given.get("view", "")
    if (pk := whole(wanted)) is not None:
        return next((row for row in views if row["id"] == pk), None)
    if any(name in given for name in (*STATE, *SHORT, "show", "whose")):
        return None
    return next((row for row in views if row["is_default"]), None)


def _stored(view: Any) -> dict[str, Any]:
    if view is None:
        return {"filter": None, "columns": [], "sort": ""}
    return {**view, "filter": parsed(FILTER, view["filter"])}


def _filter(given: Any, otherwise: Filter | None) -> Filter | None:
    if "f" in given:
        try:
            return FILTER.validate_json(given["f"]) if given["f"] else None
        except ValidationError:
            return None
    short = [_short(field, given[name]) for name, field in SHORT.items() if given.get(name)]
    parts = [part for part in short if part is not None]
    if not parts:
        return None if any(name in given for name in SHORT) else otherwise
    found: Filter = parsed(FILTER, {"all": parts})
    return found


def _short(field: str, value: str) -> dict[str, Any] | None:
    if field == "tags":
        return {"field": field, "op": "any_of", "value": [value]}
    if field == "status":
        return {"field": field, "op": "is", "value": value} if value in ("open", "won", "lost") else None
    pk = whole(value)
    return {"field": field, "op": "is", "value": pk} if pk else None


def parsed(adapter: TypeAdapter[Any], value: Any) -> Any:
    """The value if the adapter takes it, else None."""
    try:
        return None if value is None else adapter.validate_python(value)
    except ValidationError:
        return None


def list_context(
    request: PageRequest, table: Table, search_label: str, initial: Filter | None = None
) -> dict[str, Any]:
    """What every list page's template needs."""
    scope, listing = scope_of(request.ctx), read_listing(request, table, initial)
    view = listing.view
    names = names_of(request.ctx, table.catalog, listing.filter)
    return {
        "table": table,
        "listing": listing,
        "filter_names": orjson.dumps(names, option=orjson.OPT_NON_STR_KEYS).decode() if names else "",
        "search_label": search_label,
        "bulk_actions": offered_actions(request.ctx, table.object, listing.archived),
        "may_create": scope.allows(table.create),
        "may_change_view": view is not None and (view["is_own"] or scope.allows(Permission.VIEW_MANAGE)),
    }
