"""Compilers that record what they execute; they stand in for Django's while a tracker is active.

Each compiler, of the statement itself and of every sub-query and branch in it, leaves one Part: the tables of
its FROM clause and its WHERE. When the outermost one executes, its parts and its text become table reads.
"""

import re
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from django.db.backends.postgresql import compiler as postgresql
from django.db.models.expressions import RawSQL
from django.db.models.sql import compiler as django
from django.db.models.sql.constants import MULTI
from django.db.models.sql.where import ExtraWhere

from realtime.reads.capture import Outcome, Part, Source, record, refuse_unclear, sources_of
from realtime.reads.pages import PageKey, PageWindow, page_keys, places_of, window_of
from realtime.reads.shown import NOTHING, Known, Plan, known_of, plan_of

# The parts of the statement that is being compiled; None outside.
_open_parts: ContextVar[list[Part] | None] = ContextVar("open_parts", default=None)
# The texts that the compiler which is executing wrote.
_compiled: ContextVar[tuple[str, ...]] = ContextVar("compiled", default=())
_OPAQUE = (RawSQL, ExtraWhere)
# Called for every node of a query: without the look-up that super() costs.
_compile = django.SQLCompiler.compile
# Prefetches over many-to-many tables select the other side's id with extra(): that reads as any column.
_PLAIN_COLUMN = re.compile(r'"[^"]+"\."[^"]+"')


def was_compiled(sql: str) -> bool:
    """Whether the statement about to be executed comes from a recording compiler."""
    return sql in _compiled.get()


class Recording(django.SQLCompiler):
    """Records when it executes; leaves a part to the statement around it when it only compiles."""

    _is_executing = False
    _sources: tuple[Source, ...] = ()
    _is_opaque = False
    _texts: tuple[str, ...] = ()
    _parts: Sequence[Part] = ()
    _window: PageWindow | None = None
    _known: Known = NOTHING
    #: The statement's text from its own FROM clause on.
    _from = ""

    def execute_sql(self, *args: Any, **kwargs: Any) -> Any:
        self._is_executing = True
        token = _compiled.set(())
        try:
            return self._finished(super().execute_sql(*args, **kwargs))
        finally:
            _compiled.reset(token)
            self._is_executing = False
            for sql in self._texts:
                record(sql, self._parts, self.connection, Outcome(self._window, self._known, self._from))

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        outer = _open_parts.get()
        parts: list[Part] = [] if outer is None else outer
        token = _open_parts.set(parts)
        try:
            result = super().as_sql(*args, **kwargs)
        finally:
            _open_parts.reset(token)
        parts.append(self._part())
        if outer is None and self._is_executing:
            self._announce(result, parts)
        return result

    def compile(self, node: Any) -> Any:
        if isinstance(node, _OPAQUE) and not _PLAIN_COLUMN.fullmatch(getattr(node, "sql", "")):
            self._is_opaque = True
        return _compile(self, node)

    def get_from_clause(self) -> Any:
        result = super().get_from_clause()
        self._sources = sources_of(self.query)
        self._from = f" FROM {' '.join(result[0])}"
        if self.query.extra_tables:
            self._is_opaque = True
        return result

    def _part(self) -> Part:
        return Part(self._sources, getattr(self, "where", None), self._is_opaque)

    def _announce(self, result: Any, parts: list[Part]) -> None:
        # An INSERT compiles to a list of statements.
        texts = tuple(sql for sql, _ in result) if isinstance(result, list) else (result[0],)
        for sql in texts:
            refuse_unclear(sql, parts, self.connection)
        self._texts, self._parts = texts, parts
        _compiled.set(texts)

    def _finished(self, result: Any) -> Any:
        """The result as Django would have returned it."""
        return result


class SQLCompiler(Recording, postgresql.SQLCompiler):
    """SELECT."""

    _wants_rows = False
    _page_keys: Sequence[PageKey] = ()
    _plan: Plan | None = None
    #: Where the rows have the page's keys and then the plan's columns.
    _places: Sequence[int] = ()

    def execute_sql(  # type: ignore[override]  # the stubs have a signature a result type
        self, result_type: Any = MULTI, chunked_fetch: bool = False, **kwargs: Any
    ) -> Any:
        # Only of a result that is read at once its rows are known before others see them.
        self._wants_rows = result_type == MULTI and not chunked_fetch
        return super().execute_sql(result_type, chunked_fetch=chunked_fetch, **kwargs)

    def get_extra_select(self, order_by: Any, select: Any) -> Any:
        extra = super().get_extra_select(order_by, select)
        if self._wants_rows and not extra:
            extra = self._select_more(order_by, select)
        return extra

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        result = super().as_sql(*args, **kwargs)
        if self._places:
            # The extra columns are needed first, then taken off here.
            self.has_extra_select = False
        return result

    def _select_more(self, order_by: Any, select: Any) -> list[Any]:
        """The columns that tell about the result and that the query does not select itself."""
        selected = places_of(select)
        if selected is None:
            return []
        keys = page_keys(self, order_by) if self.query.high_mark is not None else []
        plan = plan_of(self, order_by, _open_parts.get() or ())
        columns = [key.column for key in keys]
        if plan is not None:
            columns += plan.columns
        places = [selected.get((column.alias, column.target)) for column in columns]
        extra: list[Any] = []
        added: dict[tuple[str, Any], int] = {}
        for number, column in enumerate(columns):
            if places[number] is None:
                name = (column.alias, column.target)
                if name not in added:
                    added[name] = len(select) + len(extra)
                    extra.append((column, self.compile(column), None))
                places[number] = added[name]
        self._page_keys, self._plan = keys, plan
        self._places = [place for place in places if place is not None]
        return extra

    def _finished(self, result: Any) -> Any:
        if not self._places or not isinstance(result, list):
            return result
        count = sum(map(len, result))
        pages = len(self._page_keys)
        if pages and count and self.query.low_mark + count == self.query.high_mark:
            last = result[-1][-1]
            self._window = window_of(self._page_keys, [last[place] for place in self._places[:pages]])
        if self._plan is not None:
            self._known = known_of(self._plan, self._places[pages:], result)
        width = self.col_count or 0
        if max(self._places) >= width:
            return [[row[:width] for row in rows] for rows in result]
        return result


class SQLAggregateCompiler(Recording, postgresql.SQLAggregateCompiler):
    """SELECT of aggregates over a sub-query, which leaves the part."""

    def _part(self) -> Part:
        return Part((), None, self._is_opaque)


class SQLInsertCompiler(Recording, postgresql.SQLInsertCompiler):
    """INSERT reads only what sub-queries in its values read."""

    def _part(self) -> Part:
        return Part((), None, self._is_opaque)


class SQLUpdateCompiler(Recording, postgresql.SQLUpdateCompiler):
    """UPDATE reads the rows that its WHERE chooses."""

    def _part(self) -> Part:
        return _changed_rows_part(self)


class SQLDeleteCompiler(Recording, postgresql.SQLDeleteCompiler):
    """DELETE reads the rows that its WHERE chooses."""

    def _part(self) -> Part:
        return _changed_rows_part(self)


def _changed_rows_part(compiler: Recording) -> Part:
    query = compiler.query
    table = query.base_table
    assert table is not None, "compiled statements have a table"
    # With joins Django rewrites the condition to "pk in a sub-query", which leaves a part of its own.
    joins = sum(1 for count in query.alias_refcount.values() if count) > 1
    return Part((Source(table, table),), None if joins else query.where, compiler._is_opaque)
