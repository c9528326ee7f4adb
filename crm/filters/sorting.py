"""Keyset pages over any sort: a column, a linked record's name, a custom field; records without a value come last.

A sort that is a column of the row is that of ``take_page``, whose indexes serve it.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    F,
    IntegerField,
    JSONField,
    Model,
    OrderBy,
    Q,
    QuerySet,
    Value,
    lookups,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Greatest, Left
from pydantic import Field, StringConstraints

from crm.filters.catalogs import Finder
from crm.filters.fields import FilterField, Kind
from crm.records.custom import COLUMN
from crm.records.fields import FieldMap
from realtime.functions import invalid, pattern
from realtime.functions.pages import after_cursor, cut_page, decode_cursor, encode_cursor
from realtime.reads.tracker import active_tracker

SortKey = Annotated[
    str,
    StringConstraints(
        pattern=pattern(
            r"^-?[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$",
            "Give the name of a field, with - in front for the other way round, like -created_at.",
        ),
        max_length=61,
    ),
    Field(description="A field to sort by, with - the other way round; records without a value come last."),
]
VALUE = "sort_value"
#: As much of a text as counts: a cursor carries it.
MAX_TEXT = 60


@dataclass(frozen=True, slots=True)
class Order:
    """A sort that was found to be one."""

    key: str
    field: FilterField

    @property
    def descends(self) -> bool:
        return self.key.startswith("-")

    @property
    def columns(self) -> tuple[str, str]:
        """The row's own column and the id, as ``take_page`` takes them."""
        return (f"-{self.field.path}", "-id") if self.descends else (self.field.path, "id")

    def is_plain(self, fields: FieldMap) -> bool:
        """Whether an index on the row's own column can serve it; ``fields`` are the row's."""
        own = not self.field.custom and self.field.sort == self.field.path == fields.get(self.field.path)
        return own and not (self.descends and self.field.sort_nullable)


def order_of(finder: Finder, sort: str) -> Order:
    """The order that a sort key asks for; InvalidInput if one can't sort by it."""
    found = finder.find(sort.lstrip("-"), "sort")
    if not found.sort:
        raise invalid("sort", "One can't sort by this field.", "unknown_field")
    return Order(sort, found)


@dataclass(frozen=True, slots=True)
class Sorting:
    """How rows are put in an order and cut into pages: by a column of theirs, or by a value made for it."""

    order: Order
    limit: int
    #: By the column, as an index has it. Else the planner must not walk the order's index to what another one finds.
    is_plain: bool
    by_index: bool = True
    #: Many rows are sorted by the column: by it and the id alone, and only those of the page are read whole.
    ids_first: bool = False

    @property
    def name(self) -> Hashable:
        """All that the SQL of the order depends on."""
        field = self.order.field
        return (
            self.order.key,
            field.custom,
            field.kind,
            self.limit,
            self.is_plain,
            self.by_index,
            self.ids_first,
        )

    def beyond(self, model: type[Model], cursor: str) -> Q:
        """The rows after the cursor; InvalidInput for one that is broken or of another order."""
        if self.is_plain:
            return after_cursor(model, self.order.columns, cursor)
        return _after(self.order, *decode_cursor((self.order.key, self.order.columns[1]), cursor))

    def narrowed(self, found: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """The same rows, or only the page's; under a tracker all of them: a page's bound is read off their order."""
        if not self.ids_first or found.query.annotations or active_tracker() is not None:
            return found
        page = found.order_by(*self.order.columns).values("pk")[: self.limit + 1]
        rows: QuerySet[Any, Any] = found.model._default_manager.filter(pk__in=page)
        return rows

    def arranged(
        self, found: QuerySet[Any, Any], columns: list[str], renamed: dict[str, Any]
    ) -> QuerySet[Any, Any]:
        """The rows of the page as dicts of the columns, one more than the limit if there are that many."""
        if self.is_plain:
            return found.values(*columns, **renamed).order_by(*self.order.columns)[: self.limit + 1]
        nulls_last = self.order.field.sort_nullable or None
        sorted_by = OrderBy(F(VALUE), descending=self.order.descends, nulls_last=nulls_last)
        value = _expression(self.order.field)
        if not self.by_index:
            value = Greatest(value, value)  # the same, and no index has it
        rows = found.values(*columns, **renamed, **{VALUE: value}).order_by(sorted_by, self.order.columns[1])
        return rows[: self.limit + 1]

    def cut(self, rows: list[Any]) -> tuple[list[Any], str | None]:
        """Up to ``limit`` of them, and the next cursor."""
        if self.is_plain:
            return cut_page(rows, self.order.columns, self.limit)
        keys = [row.pop(VALUE) for row in rows]
        if len(rows) <= self.limit:
            return rows, None
        at, last = keys[self.limit - 1], rows[self.limit - 1]["id"]
        return rows[: self.limit], encode_cursor((self.order.key, self.order.columns[1]), [at, last])


def _expression(field: FilterField) -> Any:
    if field.custom:
        if field.kind is Kind.TEXT:
            return Left(KeyTextTransform(field.custom, COLUMN), MAX_TEXT)
        return KeyTransform(field.custom, COLUMN)
    return Left(field.sort, MAX_TEXT) if _is_text(field) else F(field.sort)


def _is_text(field: FilterField) -> bool:
    return field.kind in (Kind.TEXT, Kind.CHOICE) or field.sort.endswith("_name")


def _after(order: Order, value: Any, pk: Any) -> Q:
    """Records beyond the last one of the page before."""
    tie: Any = {"id__lt" if order.descends else "id__gt": _id(pk)}
    expression = _expression(order.field)
    no_value = Q(lookups.IsNull(expression, True))
    if value is None:
        return no_value & Q(**tie)
    at = _typed(order.field, value)
    beyond = (lookups.LessThan if order.descends else lookups.GreaterThan)(expression, at)
    condition = Q(beyond) | (Q(lookups.Exact(expression, at)) & Q(**tie))
    return condition | no_value if order.field.sort_nullable else condition


BROKEN = "This cursor is broken: take next_cursor from a page as it is."


def _id(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid("cursor", BROKEN)
    return value


def _typed(field: FilterField, value: Any) -> Value:
    """The cursor's value as the database compares it; InvalidInput if somebody wrote the cursor themselves."""
    if not isinstance(value, str | int | float | bool):
        raise invalid("cursor", BROKEN)
    if field.custom and field.kind is not Kind.TEXT:
        return Value(value, JSONField())
    try:
        if _is_text(field):
            return Value(str(value), CharField())
        if field.kind is Kind.NUMBER:
            return Value(Decimal(str(value)), DecimalField())
        if field.kind is Kind.MOMENT:
            return Value(datetime.fromisoformat(str(value)), DateTimeField())
        if field.kind is Kind.DATE:
            return Value(date.fromisoformat(str(value)), DateField())
        return Value(int(value), IntegerField())
    except (ValueError, ArithmeticError):
        raise invalid("cursor", BROKEN) from None
