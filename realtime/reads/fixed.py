"""Queries of a fixed shape, compiled once a process: what every request asks before it asks anything else.

Django spends more on building such a query than PostgreSQL on answering it. Under a tracker the queryset itself
runs, so that its reads are recorded as always.
"""

import json
import re
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, NamedTuple

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import JSONField, QuerySet
from django.db.models.fields.json import KeyTransform
from psycopg import sql

from realtime.reads.tracker import active_tracker
from realtime.schema import fetch_kept

#: Stands for the first parameter while the SQL is made; the others follow it.
MARK = 1_907_340_001
#: The same for days and for moments.
DAY, MOMENT = date(9_073, 4, 1), datetime(9_073, 4, 1, tzinfo=UTC)
#: What all marks up to the hundredth begin with.
TRACE = str(MARK)[:7]
#: A pattern of LIKE round a mark.
PATTERN = re.compile(r"(%?)(\d{10})(%?)")


class Place(NamedTuple):
    """Where a parameter stands: its number, and for a pattern of LIKE what stands before and after it."""

    number: int
    before: str = ""
    after: str = ""

    def pattern(self, value: str) -> str:
        """The value as that pattern."""
        return f"{self.before}{connection.ops.prep_for_like_query(value)}{self.after}"


class Statement:
    """A compiled ``values`` or ``values_list`` queryset, for any parameters in place of the marks.

    ``prepares`` is False where the best plan depends on the parameters: the database then sees them as it plans.
    """

    def __init__(self, queryset: QuerySet[Any, Any], *, prepares: bool = True) -> None:
        query = queryset.query
        self._compiler: Any = query.get_compiler("default")
        self._prepares = prepares
        self._values: Sequence[Any] = ()
        try:
            statement, self._values = self._compiler.as_sql()
        except EmptyResultSet:
            self._sql = ""
            return
        columns = [column for column, _, _ in self._compiler.select[: self._compiler.col_count]]
        self._names = tuple(query.selected or (*query.values_select, *query.annotation_select))
        converters = self._compiler.get_converters(columns)
        self._converters = [
            (place, _converter(made, expression)) for place, (made, expression) in converters.items()
        ]
        #: For each placeholder its parameter.
        found = [place for value in self._values if (place := _place_of_mark(value)) is not None]
        self._places = [place.number for place in found]
        self._patterns = [
            (number, place) for number, place in enumerate(found) if place.before or place.after
        ]
        self._sql = _with_constants(statement, self._values)

    @property
    def is_constant(self) -> bool:
        """Whether it takes no parameters: none of its constants passes for a mark."""
        return not self._sql or not self._places

    def holds(self, marks: Sequence[Any]) -> bool:
        """Whether each mark arrived in the SQL as it was given, or within a pattern, and nothing was made of any."""
        if not self._sql:
            return not marks
        there = {
            place.number: value for value in self._values if (place := _place_of_mark(value)) is not None
        }
        constants = [value for value in self._values if _place_of_mark(value) is None]
        return (
            there.keys() == set(range(len(marks)))
            and all(_is_same_kind(there[index], mark) for index, mark in enumerate(marks))
            and not any(TRACE in str(value) or TRACE in repr(value) for value in constants)
        )

    def rows(self, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """The rows as tuples."""
        found = self._fetch(parameters)
        if not found or not self._converters:
            return found
        converted = [list(row) for row in found]
        for place, convert in self._converters:
            for row in converted:
                row[place] = convert(row[place])
        return [tuple(row) for row in converted]

    def dicts(self, parameters: tuple[Any, ...]) -> list[dict[str, Any]]:
        """The rows by the columns' names."""
        found = [dict(zip(self._names, row, strict=True)) for row in self._fetch(parameters)]
        for place, convert in self._converters if found else ():
            name = self._names[place]
            for row in found:
                row[name] = convert(row[name])
        return found

    def _fetch(self, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        if not self._sql:
            return []
        values = [parameters[index] for index in self._places]
        for number, place in self._patterns:
            values[number] = place.pattern(values[number])
        if self._prepares:
            return fetch_kept(self._sql, values)
        with connection.cursor() as cursor:
            cursor.execute(self._sql, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _converter(made: Sequence[Any], expression: Any) -> Callable[[Any], Any]:
    """The column's converters as one."""
    if len(made) == 1 and _is_plain_json(made[0], expression):
        return _json_value

    def convert(value: Any) -> Any:
        for each in made:
            value = each(value, expression, connection)
        return value

    return convert


def _is_plain_json(converter: Any, expression: Any) -> bool:
    if isinstance(converter, partial) or getattr(converter, "__func__", None) is not JSONField.from_db_value:
        return False
    return converter.__self__.decoder is None and not isinstance(expression, KeyTransform)


#: Numbers that orjson would not read to the last digit, or not at all.
LONG_NUMBER = re.compile(r"\d{17}|\d[eE]")


def _json_value(text: str | None) -> Any:
    """What Django's JSONField reads, in a quarter of the time: a page has one or two in each row."""
    if text is None:
        return None
    if text == "{}":
        return {}
    return json.loads(text) if LONG_NUMBER.search(text) else orjson.loads(text)


def _with_constants(statement: str, values: Sequence[Any]) -> str:
    """The statement with a placeholder left for each mark: a prepared one can't tell the type of every constant."""
    parts = statement.split("%s")
    marks = ["%s" if _place_of_mark(value) is not None else _literal(value) for value in values]
    return parts[0] + "".join(mark + part for mark, part in zip(marks, parts[1:], strict=True))


def _literal(value: object) -> str:
    connection.ensure_connection()
    return sql.Literal(value).as_string(connection.connection).replace("%", "%%")


def mark_like(value: object, index: int) -> Any:
    """What stands for a parameter of the value's kind: a number, a text, a day or a moment."""
    if type(value) is int:
        return MARK + index
    if type(value) is str:
        return str(MARK + index)
    if type(value) is Decimal:
        return Decimal(MARK + index)
    if type(value) is datetime:
        return MOMENT + timedelta(days=index)
    if type(value) is date:
        return DAY + timedelta(days=index)
    raise TypeError(f"A kept statement takes no {type(value).__name__} as a parameter.")


def _place_of_mark(value: object) -> Place | None:
    if isinstance(value, datetime):
        return _place((value - MOMENT).days if value.tzinfo and value >= MOMENT else -1)
    if isinstance(value, date):
        return _place((value - DAY).days)
    if isinstance(value, str):
        found = PATTERN.fullmatch(value)
        return _place(int(found[2]) - MARK, found[1], found[3]) if found else None
    text = str(value)
    return _place(int(text) - MARK) if text.isdecimal() and len(text) == len(str(MARK)) else None


def _place(index: int, before: str = "", after: str = "") -> Place | None:
    return Place(index, before, after) if 0 <= index < 100 else None


def _is_same_kind(value: object, mark: object) -> bool:
    """Django writes numbers as a kind of int."""
    return type(value) is type(mark) or (type(mark) is int and isinstance(value, int))


class FixedQuery:
    """``build`` makes a ``values_list`` or ``values`` queryset; its parameters are nothing but filter values."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], parameters: int = 1) -> None:
        self._build = build
        self._parameters = parameters

    def rows(self, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows for the parameters."""
        if active_tracker() is not None:
            return list(self._build(*parameters))
        return self._statement.rows(parameters)

    def dicts(self, *parameters: Any) -> list[Any]:
        """The rows by the columns' names; ``build`` makes a ``values`` queryset."""
        if active_tracker() is not None:
            return list(self._build(*parameters))
        return self._statement.dicts(parameters)

    @cached_property
    def _statement(self) -> Statement:
        return Statement(self._build(*(MARK + index for index in range(self._parameters))))


_MISSING = object()


class Statements:
    """Compiled statements by shape: for queries whose SQL depends on who asks, but has few forms in use.

    With ``looks`` a statement is kept only if each parameter arrives in it as it is: where people choose by what is
    compared. Without it ``build`` answers for that, and may leave parameters out.
    """

    def __init__(self, kept: int = 2000, *, looks: bool = False) -> None:
        self._kept, self._looks = kept, looks
        self._by_shape: dict[Hashable, Any] = {}
        #: What was asked with which values: True once, then the statement of just these.
        self._by_values: dict[Hashable, Any] = {}

    def dicts(
        self,
        shape: Hashable,
        build: Callable[..., QuerySet[Any, Any]],
        parameters: Sequence[Any],
        *,
        prepares: bool = True,
    ) -> list[Any]:
        """The rows of ``build(*parameters)``, a ``values`` queryset.

        It is run as it is where a tracker has to see it, and where it makes something of a parameter.
        """
        if active_tracker() is None:
            kinds = tuple(map(type, parameters))
            found = (
                None if prepares else self._of_values((shape, kinds, tuple(parameters)), build, parameters)
            )
            if found is not None:
                return found.dicts(())
            found = self.get((shape, kinds, prepares), build, parameters, prepares=prepares)
            if found is not None:
                return found.dicts(tuple(parameters))
        return list(build(*parameters))

    def _of_values(
        self, key: Hashable, build: Callable[..., QuerySet[Any, Any]], parameters: Sequence[Any]
    ) -> Statement | None:
        """The prepared statement of these very values, from the second time on that they are asked: a list that is
        looked at is looked at again. The database plans it for the values, and once a connection; to plan a filter
        takes it as long as to answer it.
        """
        found = self._by_values.get(key)
        if found is None:
            if len(self._by_values) >= self._kept:
                self._by_values.clear()
            self._by_values[key] = True
        elif found is True:
            found = self._by_values[key] = Statement(build(*parameters))
        return found if isinstance(found, Statement) and found.is_constant else None

    def get(
        self,
        shape: Hashable,
        build: Callable[..., QuerySet[Any, Any]],
        parameters: Sequence[Any],
        *,
        prepares: bool = True,
    ) -> Statement | None:
        """The shape's statement; ``build`` makes its queryset of marks like the parameters.

        All that it depends on besides them is the shape. None if the SQL is another one for other parameters.
        """
        found: Statement | None = self._by_shape.get(shape, _MISSING)
        if found is _MISSING:
            marks = [mark_like(value, index) for index, value in enumerate(parameters)]
            made = Statement(build(*marks), prepares=prepares)
            found = made if not self._looks or made.holds(marks) else None
            if len(self._by_shape) >= self._kept:
                self._by_shape.clear()
            self._by_shape[shape] = found
        return found
