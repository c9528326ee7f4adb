"""Queries of a fixed shape, compiled once a process: what every request asks before it asks anything else.

Django spends more on building such a query than PostgreSQL on answering it. Under a tracker the queryset itself
runs, so that its reads are recorded as always.
"""

from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from psycopg import sql

from realtime.reads.tracker import active_tracker
from realtime.schema import preparing_cursor

#: Stands for the first parameter while the SQL is made; the others follow it.
MARK = 1_907_340_001
#: The same for days and for moments.
DAY, MOMENT = date(9_073, 4, 1), datetime(9_073, 4, 1, tzinfo=UTC)


class Statement:
    """A compiled ``values`` or ``values_list`` queryset, for any parameters in place of the marks."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        query = queryset.query
        self._compiler: Any = query.get_compiler("default")
        try:
            statement, values = self._compiler.as_sql()
        except EmptyResultSet:
            self._sql = ""
            return
        columns = [column for column, _, _ in self._compiler.select[: self._compiler.col_count]]
        self._converters = self._compiler.get_converters(columns)
        self._names = tuple(query.selected or (*query.values_select, *query.annotation_select))
        #: For each placeholder the index of its parameter.
        self._places = [index for value in values if (index := _index_of_mark(value)) is not None]
        self._sql = _with_constants(statement, values)

    def rows(self, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """The rows as tuples."""
        if not self._sql:
            return []
        with preparing_cursor() as cursor:
            cursor.execute(self._sql, [parameters[index] for index in self._places])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        if not self._converters:
            return found
        return [tuple(row) for row in self._compiler.apply_converters(found, self._converters)]

    def dicts(self, parameters: tuple[Any, ...]) -> list[dict[str, Any]]:
        """The rows by the columns' names."""
        return [dict(zip(self._names, row, strict=True)) for row in self.rows(parameters)]


def _with_constants(statement: str, values: Sequence[Any]) -> str:
    """The statement with a placeholder left for each mark: a prepared one can't tell the type of every constant."""
    parts = statement.split("%s")
    marks = ["%s" if _index_of_mark(value) is not None else _literal(value) for value in values]
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
    if type(value) is datetime:
        return MOMENT + timedelta(days=index)
    if type(value) is date:
        return DAY + timedelta(days=index)
    raise TypeError(f"A kept statement takes no {type(value).__name__} as a parameter.")


def _index_of_mark(value: object) -> int | None:
    if isinstance(value, datetime):
        index = (value - MOMENT).days if value.tzinfo and value >= MOMENT else -1
    elif isinstance(value, date):
        index = (value - DAY).days
    else:
        text = str(value)
        index = int(text) - MARK if text.isdecimal() and len(text) == len(str(MARK)) else -1
    return index if 0 <= index < 100 else None


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


class Statements:
    """Compiled statements by shape: for queries whose SQL depends on who asks, but has few forms in use."""

    def __init__(self, kept: int = 2000) -> None:
        self._kept = kept
        self._by_shape: dict[Hashable, Statement] = {}

    def dicts(
        self, shape: Hashable, build: Callable[..., QuerySet[Any, Any]], parameters: Sequence[Any]
    ) -> list[Any]:
        """The rows of ``build(*parameters)``, a ``values`` queryset; run as it is where a tracker has to see it."""
        if active_tracker() is not None:
            return list(build(*parameters))
        kinds = tuple(map(type, parameters))
        return self.get((shape, kinds), build, parameters).dicts(tuple(parameters))

    def get(
        self, shape: Hashable, build: Callable[..., QuerySet[Any, Any]], parameters: Sequence[Any]
    ) -> Statement:
        """The shape's statement; ``build`` makes its queryset of marks like the parameters.

        All that it depends on besides them is the shape.
        """
        found = self._by_shape.get(shape)
        if found is None:
            found = Statement(build(*(mark_like(value, index) for index, value in enumerate(parameters))))
            if len(self._by_shape) >= self._kept:
                self._by_shape.clear()
            self._by_shape[shape] = found
        return found
