"""What the searches of all records share: rows that a filter admits, a page at a time, in any order."""

from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Q, QuerySet
from pydantic import Field, StringConstraints

from accounts.roles.policy import scope_of
from crm.filters.catalogs import Asking, Catalog, Finder
from crm.filters.compile import compile_filter
from crm.filters.fields import FilterField, Kind
from crm.filters.grammar import Filter
from crm.filters.sorting import Order, Sorting, order_of
from crm.filters.window import MOST, Window, are_few, is_found_by_index, is_picked, window_of
from crm.records.fields import FieldMap, readable
from crm.search.matching import Divided
from realtime.functions import Context, Page, invalid, pattern
from realtime.reads.blanks import blanked
from realtime.reads.fixed import Statements

TimeZone = Annotated[
    str,
    StringConstraints(pattern=pattern(r"^[A-Za-z0-9_+\-/]{1,64}$", "Give a time zone, like Europe/Berlin.")),
    Field(description="An IANA time zone: where days begin for relative dates."),
]


#: Made for each question: what a filter admits depends on its values, so the database sees them as it plans.
_statements = Statements(looks=True)


def filtered(
    ctx: Context,
    finder: Finder,
    visible: QuerySet[Any, Any],
    filter: Filter | None,
    zone: ZoneInfo,
) -> QuerySet[Any, Any]:
    """The rows of the queryset that the filter admits. The answer's end is noted if it changes by time alone."""
    return visible if filter is None else visible.filter(admitted(ctx, finder, lambda: visible, filter, zone))


def admitted(
    ctx: Context, finder: Finder, visible: Callable[[], QuerySet[Any, Any]], filter: Filter, zone: ZoneInfo
) -> Q:
    """The condition of what the filter admits among the rows. The answer's end is noted as for ``filtered``."""
    compiled = compile_filter(filter, finder.find, Asking(ctx, zone), finder.guard)
    for field in compiled.overdue:
        if field.kind is Kind.MOMENT:
            _note_next(ctx, visible(), field)
    return compiled.q


def search_page(
    ctx: Context,
    catalog: Catalog,
    among: Divided[Any],
    fields: Callable[[Context], FieldMap],
    *,
    filter: Filter | None,
    sort: str,
    time_zone: str,
    cursor: str | None,
    limit: int,
) -> Page[Any]:
    """A page of the rows that the filter admits, and the next cursor.

    Where no index serves what is asked, it is looked for in a window of the records (``crm.filters.window``).
    ``fields`` looks at the context's scope, and at nothing else of it.
    """
    finder = Finder(ctx, catalog)
    order = order_of(finder, sort)
    zone = zone_of(time_zone)
    condition = Q() if among.condition is None else among.condition
    if filter is not None:
        condition &= admitted(ctx, finder, lambda: among.asked, filter, zone)

    def take(admits: Q, by_index: bool = True) -> tuple[list[Any], str | None]:
        is_plain = by_index and order.is_plain(fields(ctx))
        ids_first = is_plain and filter is not None and is_picked(filter)
        return _take(ctx, among, admits, fields, Sorting(order, limit, is_plain, by_index, ids_first), cursor)

    window, goes_on = _window(ctx, catalog, among, condition, filter, order, cursor)
    if window is None:
        rows, next_cursor = take(condition)
        return {"data": rows, "next_cursor": next_cursor}
    rows, next_cursor = take(condition & window.q(), by_index=goes_on)
    if not goes_on:
        return {"data": rows, "next_cursor": next_cursor, "within": MOST}
    if next_cursor is not None:
        return {"data": rows, "next_cursor": next_cursor}
    return {"data": rows, "next_cursor": window.cursor, "within": MOST}


def _take(
    ctx: Context,
    among: Divided[Any],
    admits: Q,
    fields: Callable[[Context], FieldMap],
    sorting: Sorting,
    cursor: str | None,
) -> tuple[list[Any], str | None]:
    """The page, by the statement that is kept for the condition's shape if there is one."""
    if cursor is not None:
        admits &= sorting.beyond(among.rows.model, cursor)

    def build(condition: Q) -> QuerySet[Any, Any]:
        columns, renamed = readable(ctx, among.name[0], fields(ctx))
        return sorting.arranged(sorting.narrowed(among.rows.filter(condition)), columns, renamed)

    shape = None if among.are_picked else blanked(admits)
    if shape is None:
        return sorting.cut(list(build(admits)))
    rows = _statements.dicts(
        (among.name, sorting.name, shape.signature, scope_of(ctx).whole_key()),
        lambda *values: build(shape.filled(values)),
        shape.values,
        prepares=False,
    )
    return sorting.cut(rows)


def _window(
    ctx: Context,
    catalog: Catalog,
    among: Divided[Any],
    condition: Q,
    filter: Filter | None,
    order: Order,
    cursor: str | None,
) -> tuple[Window | None, bool]:
    """Where the list has to end, and whether one can go on from there: in the order that it is read in."""
    if among.are_few or not catalog.ordered:
        return None, False
    is_ordered = order.field.path in catalog.ordered and order.field.sort == order.field.path
    usual_sort = catalog.walked or catalog.default_sort
    is_usual = order.key == usual_sort
    is_served = among.condition is None and (filter is None or is_found_by_index(filter, catalog.indexed))
    if is_served and (
        (is_ordered and (filter is None or is_usual))
        or (filter is not None and are_few(among.rows.filter(condition)))
    ):
        return None, False
    # Where a window ends among records without a value, no value says so.
    if is_ordered and not order.field.sort_nullable and (is_usual or among.condition is None):
        return window_of(ctx, among, order.columns, cursor), True
    usual = Order(usual_sort, catalog.by_key[usual_sort.lstrip("-")])
    return window_of(ctx, among, usual.columns), False


def _note_next(ctx: Context, visible: QuerySet[Any, Any], field: FilterField) -> None:
    """What is due turns into overdue without any row changing: at the next one's time."""
    coming = visible.filter(**{f"{field.path}__gte": ctx.now})
    if field.open_if is not None:
        coming = coming.filter(field.open_if)
    moment = coming.order_by(field.path, "id").values_list(field.path, flat=True).first()
    if moment is not None:
        ctx.valid_until(moment)


@lru_cache(maxsize=512)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name; InvalidInput if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise invalid(
            "time_zone", "There is no time zone of this name: write one such as Europe/Berlin."
        ) from None
