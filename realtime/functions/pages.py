"""Keyset pages: no OFFSET and no COUNT, so page 1,000 costs what page 1 costs.

A cursor is the sort key of the last row, opaque to callers, valid only for the same order.
"""

import base64
import binascii
from datetime import date, datetime
from typing import Any, Generic, NotRequired, TypeVar

import orjson
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from realtime.functions.encoding import encode_json
from realtime.functions.errors import invalid

Row = TypeVar("Row")
M = TypeVar("M", bound=Model)

#: Declared results: unknown keys and wrong types are defects.
shape = with_config(ConfigDict(extra="forbid", strict=True))


@shape
class Page(TypedDict, Generic[Row]):
    """Some rows in order, and where the next ones start (null on the last page).

    ``within`` is there if not all records were looked at: the rows are those among so many, the first ones.
    """

    data: list[Row]
    next_cursor: str | None
    within: NotRequired[int]


def encode_cursor(order: tuple[str, ...], values: list[Any]) -> str:
    """The opaque cursor after a row with these sort values."""
    return base64.urlsafe_b64encode(encode_json([",".join(order), *values])).rstrip(b"=").decode()


def decode_cursor(order: tuple[str, ...], cursor: str) -> list[Any]:
    """The sort values; InvalidInput for a cursor that is broken or of another order."""
    try:
        found = orjson.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (binascii.Error, orjson.JSONDecodeError, UnicodeEncodeError, ValueError):
        raise invalid("cursor", "This cursor is broken: take next_cursor from a page as it is.") from None
    if not isinstance(found, list) or len(found) != len(order) + 1 or found[0] != ",".join(order):
        raise invalid("cursor", "This cursor belongs to another list or sort order.")
    return found[1:]


def take_page(
    queryset: QuerySet[M, Any], *, order: tuple[str, ...], cursor: str | None, limit: int
) -> tuple[list[Any], str | None]:
    """Up to ``limit`` rows after the cursor, and the next cursor. ``order`` ends in a unique field.

    All fields of ``order`` go one way ("-at", "-id"). The queryset's rows are dicts (``values``) that hold them.
    """
    if cursor is not None:
        queryset = queryset.filter(after_cursor(queryset.model, order, cursor))
    return cut_page(list(queryset.order_by(*order)[: limit + 1]), order, limit)


def after_cursor(model: type[Model], order: tuple[str, ...], cursor: str) -> Q:
    """The model's rows beyond a cursor; InvalidInput for one that is broken or of another order."""
    return _after(model, order, decode_cursor(order, cursor))


def cut_page(rows: list[Any], order: tuple[str, ...], limit: int) -> tuple[list[Any], str | None]:
    """The page of rows that were read in the order, one more than the limit if there are so many."""
    if len(rows) <= limit:
        return rows, None
    rows = rows[:limit]
    return rows, encode_cursor(order, [rows[-1][name.lstrip("-")] for name in order])


def _after(model: type[Model], order: tuple[str, ...], values: list[Any]) -> Q:
    """Rows after the sort key; the first field also bounds it all, so that an index range serves it."""
    names = [name.lstrip("-") for name in order]
    step = "lt" if order[0].startswith("-") else "gt"
    typed = [_typed(model, name, value) for name, value in zip(names, values, strict=True)]
    nullable = [bool(model._meta.get_field(name).null) for name in names]
    condition: Q | None = None
    for name, value, null in reversed(list(zip(names, typed, nullable, strict=True))):
        condition = _beyond(name, step, value, null, condition)
    assert condition is not None
    if nullable[0]:
        return condition
    return Q(**{f"{names[0]}__{step}e": typed[0]}) & condition


def _beyond(name: str, step: str, value: Any, null: bool, rest: Q | None) -> Q:
    """Beyond the value, or at the value and beyond it in the rest. NULL sorts last (ascending only)."""
    if value is None:
        here = Q(**{f"{name}__isnull": True})
        return here & rest if rest is not None else here
    condition = Q(**{f"{name}__{step}": value})
    if rest is not None:
        condition |= Q(**{name: value}) & rest
    return condition | Q(**{f"{name}__isnull": True}) if null else condition


def _typed(model: type[Model], name: str, value: Any) -> Any:
    """The cursor's value as the field's type; InvalidInput if somebody wrote the cursor themselves."""
    field: Any = model._meta.get_field(name)
    try:
        found = field.to_python(value)
    except (ValidationError, TypeError, ValueError, ArithmeticError):
        raise invalid("cursor", "This cursor is broken: take next_cursor from a page as it is.") from None
    if isinstance(value, bool | list | dict) or (
        isinstance(found, date | datetime) and not isinstance(value, str)
    ):
        raise invalid("cursor", "This cursor is broken: take next_cursor from a page as it is.")
    return found
