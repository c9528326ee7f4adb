"""What the searches of all records share: rows that a filter admits, a page at a time, in any order."""

from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import QuerySet
from pydantic import Field, StringConstraints

from crm.filters.catalogs import Asking, Catalog, Finder
from crm.filters.compile import compile_filter
from crm.filters.fields import FilterField, Kind
from crm.filters.grammar import Filter
from crm.filters.sorting import order_of, take_sorted
from crm.records.fields import FieldMap, readable
from realtime.functions import Context, invalid

TimeZone = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_+\-/]{1,64}$"),
    Field(description="An IANA time zone: where days begin for relative dates."),
]


def filtered(
    ctx: Context,
    finder: Finder,
    visible: QuerySet[Any, Any],
    filter: Filter | None,
    zone: ZoneInfo,
) -> QuerySet[Any, Any]:
    """The rows of the queryset that the filter admits. The answer's end is noted if it changes by time alone."""
    if filter is None:
        return visible
    compiled = compile_filter(filter, finder.find, Asking(ctx, zone), finder.guard)
    for field in compiled.overdue:
        if field.kind is Kind.MOMENT:
            _note_next(ctx, visible, field)
    return visible.filter(compiled.q)


def search_page(
    ctx: Context,
    catalog: Catalog,
    visible: QuerySet[Any, Any],
    fields: FieldMap,
    *,
    filter: Filter | None,
    sort: str,
    time_zone: str,
    cursor: str | None,
    limit: int,
) -> tuple[list[Any], str | None]:
    """A page of the visible rows that the filter admits, and the next cursor."""
    finder = Finder(ctx, catalog)
    order = order_of(finder, sort)
    found = filtered(ctx, finder, visible, filter, zone_of(time_zone))
    columns, renamed = readable(ctx, catalog.object, fields)
    return take_sorted(found, columns, renamed, order=order, cursor=cursor, limit=limit)


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
