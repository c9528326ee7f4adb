"""Which columns can be matched by equality, and the JSON form in which both sides compare them.

The change log carries a row's matchable columns as ``to_jsonb`` prints them with the time zone set to UTC; a
read set carries the values that a query compared them with. A value must have one form on both sides, so
everything that is equal for PostgreSQL but not as JSON (or the other way round) is left out: floats, numerics
(1.0 = 1.00), citext, columns with a collation of their own, JSON, arrays, ranges, addresses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import models

Json = bool | int | str | None
#: Brings a value of a column into the form of the log; TypeError or ValueError if it has none.
Form = Callable[[object], Json]
# Columns of longer texts stay out of the log: less to write, and less personal data beside the tables.
MAX_TEXT = 64


def is_matchable(field: models.Field[Any, Any]) -> bool:
    """Whether equality of the column in PostgreSQL is equality of its JSON values."""
    return form_of(field) is not None


def is_orderable(field: models.Field[Any, Any]) -> bool:
    """Whether the JSON values of the column stand in PostgreSQL's order: texts don't, as collations decide."""
    return form_of(field) in (_integer, _date, _timestamp)


def have_one_form(left: models.Field[Any, Any], right: models.Field[Any, Any]) -> bool:
    """Whether values of the two columns are equal in PostgreSQL where their JSON values are: a day is not a moment."""
    return form_of(left) is form_of(right) is not None


def json_value(field: models.Field[Any, Any], value: object) -> Json:
    """The prepared lookup value as the log prints it; raises TypeError where that is not certain."""
    form = form_of(field)
    if form is None:
        raise TypeError(f"{field} can't be matched.")
    return form(value)


def json_values(form: Form | None, values: set[Any]) -> frozenset[Json]:
    """Values of a column of that form as the database driver returned them, in the form of the log; none is None."""
    if form is _integer:
        return frozenset(values)
    if form is None:
        raise TypeError("The column can't be matched.")
    return frozenset(map(form, values))


def json_of_text(field: models.Field[Any, Any], text: str) -> Json:
    """A value that PostgreSQL printed as text, with the time zone UTC, in the form of the log.

    Raises TypeError or ValueError where that is not certain. What has that form already stays as it is.
    """
    form = form_of(field)
    if form is _integer:
        return int(text)
    if form is _boolean:
        return ("f", "t").index(text) == 1
    if form is None or (form in (_date, _timestamp) and text[4:5] + text[7:8] != "--"):
        raise TypeError(f"{field} can't be matched.")
    if form is _timestamp and text[10:11] == " ":
        if not text.endswith("+00"):
            raise ValueError("Not a time in UTC.")
        return f"{text[:10]}T{text[11:]}:00"
    return text


def _integer(value: object) -> Json:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("Not a whole number.")
    return int(value)


def _boolean(value: object) -> Json:
    if not isinstance(value, bool):
        raise TypeError("Not a boolean.")
    return value


def _text(value: object) -> Json:
    if not isinstance(value, str):
        raise TypeError("Not a text.")
    return str.__str__(value)


def _uuid(value: object) -> Json:
    return str(value if isinstance(value, UUID) else UUID(_strict_text(value)))


def _strict_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("Not a text.")
    return value


def _date(value: object) -> Json:
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise TypeError("Not a date.")
    return value.isoformat()


def _timestamp(value: object) -> Json:
    if not isinstance(value, dt.datetime) or value.tzinfo is None:
        raise TypeError("Not a time with a zone.")
    utc = value.astimezone(dt.UTC)
    # PostgreSQL prints as many digits of the second as are not zero.
    fraction = f".{utc.microsecond:06d}".rstrip("0") if utc.microsecond else ""
    return f"{utc.replace(tzinfo=None, microsecond=0).isoformat()}{fraction}+00:00"


_FORMS: dict[type, Callable[[object], Json]] = {
    **dict.fromkeys(
        [
            models.AutoField,
            models.BigAutoField,
            models.SmallAutoField,
            models.IntegerField,
            models.BigIntegerField,
            models.SmallIntegerField,
            models.PositiveIntegerField,
            models.PositiveBigIntegerField,
            models.PositiveSmallIntegerField,
        ],
        _integer,
    ),
    **dict.fromkeys([models.CharField, models.EmailField, models.SlugField, models.URLField], _text),
    models.BooleanField: _boolean,
    models.UUIDField: _uuid,
    models.DateField: _date,
    models.DateTimeField: _timestamp,
}


@lru_cache(maxsize=4096)
def form_of(field: models.Field[Any, Any]) -> Callable[[object], Json] | None:
    """What brings the field's values into the form of the log, if they have one.

    By the field's exact class: a subclass may store something else.
    """
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    form = _FORMS.get(type(field))
    if form is _text and not _is_short(field):
        return None
    return form


def _is_short(field: models.Field[Any, Any]) -> bool:
    # A collation of the column's own may take different texts for equal.
    length = field.max_length
    return length is not None and length <= MAX_TEXT and not getattr(field, "db_collation", None)
