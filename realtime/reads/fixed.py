"""Queries of a fixed shape, compiled once a process: what every request asks before it asks anything else.

Django spends more on building such a query than PostgreSQL on answering it. Only for columns that need no
conversion by Django. Under a tracker the queryset itself runs, so that its reads are recorded as always.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from realtime.reads.tracker import active_tracker

#: Stands for the first parameter while the SQL is made; the others follow it.
MARK = 1_907_340_001


class FixedQuery:
    """``build`` makes a ``values_list`` queryset of a number of parameters that are nothing but filter values."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], parameters: int = 1) -> None:
        self._build = build
        self._parameters = parameters

    def rows(self, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows for the parameters."""
        if active_tracker() is not None:
            return list(self._build(*parameters))
        sql, template = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, [value if index is None else parameters[index] for index, value in template])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    @cached_property
    def _compiled(self) -> tuple[str, list[tuple[int | None, Any]]]:
        """The SQL, and for each placeholder the index of its parameter or a constant."""
        marks = {str(MARK + index): index for index in range(self._parameters)}
        sql, values = self._build(
            *(MARK + index for index in range(self._parameters))
        ).query.sql_with_params()
        return sql, [(marks.get(str(value)), value) for value in values]
