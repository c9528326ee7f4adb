"""Compilers that record what they execute; they stand in for Django's while a tracker is active.

Each compiler, of the statement itself and of every sub-query and branch in it, leaves one Part: the tables of
its FROM clause and its WHERE. When the outermost one executes, its parts and its text become a shape, which is kept
by the text as Django compiles it: of a SELECT seen before only the WHERE nodes are looked at, and those only with
parameters not seen before.
"""

import re
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any, NamedTuple

from django.db.backends.postgresql import compiler as postgresql
from django.db.models.expressions import RawSQL
from django.db.models.sql import compiler as django
from django.db.models.sql.constants import MULTI
from django.db.models.sql.where import ExtraWhere

from realtime.reads.filling import comparisons_in, fill_of, marked, unmarked
from realtime.reads.pages import (
    PageKey,
    is_read_from_text,
    makes_one_row_of_each,
    page_keys,
    places_of,
    read_from_text,
    window_of,
)
from realtime.reads.shapes import NO_OUTCOME, SHAPES, Outcome, Shape, shape_of
from realtime.reads.shown import NOTHING, Plan, known_of, plan_of
from realtime.reads.sources import Part, Source, sources_of
from realtime.reads.tables import PUBLIC
from realtime.reads.tracker import active_tracker, note_unknown_sql


class Statement(NamedTuple):
    """The statement that is being compiled; ``is_learned``: its shape is to be found, not only its WHERE nodes;
    ``is_marked``: and which of its parameters is which of their values.
    """

    parts: list[Part]
    is_learned: bool
    is_marked: bool = False


_open: ContextVar[Statement | None] = ContextVar("open_statement", default=None)
# The texts that the compiler which is executing wrote.
_compiled: ContextVar[tuple[str, ...]] = ContextVar("compiled", default=())
_OPAQUE = (RawSQL, ExtraWhere)
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
    _shapes: Sequence[Shape] = ()
    _wheres: Sequence[Any] = ()
    _params: Any = ()
    _outcome = NO_OUTCOME
    #: The nodes of the WHERE clause whose parameters are marked.
    _compared: frozenset[int] = frozenset()
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
            self._record()

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        statement = _open.get()
        if statement is not None:
            return self._compile_part(statement, args, kwargs)
        if self._is_executing:
            return self._compile_whole(args, kwargs)
        return super().as_sql(*args, **kwargs)

    def get_from_clause(self) -> Any:
        result = super().get_from_clause()
        statement = _open.get()
        if statement is not None and statement.is_learned:
            self._sources = sources_of(self.query)
            self._from = f" FROM {' '.join(result[0])}"
            if self.query.extra_tables:
                self._is_opaque = True
        return result

    def _compile_part(self, statement: Statement, args: Any, kwargs: Any) -> Any:
        if statement.is_learned:
            # In place of the method: it is called for every node.
            self.__dict__["compile"] = self._mark if statement.is_marked else self._watch
        result = super().as_sql(*args, **kwargs)
        statement.parts.append(self._part())
        return result

    def _compile_whole(self, args: Any, kwargs: Any) -> Any:
        result, parts = self._compile(True, args, kwargs)
        # An INSERT compiles to a list of statements.
        texts = [sql for sql, _ in result] if isinstance(result, list) else [result[0]]
        self._announce([shape_of(sql, parts) for sql in texts], parts, None)
        return result

    def _compile(
        self, is_learned: bool, args: Any, kwargs: Any, *, is_marked: bool = False
    ) -> tuple[Any, list[Part]]:
        statement = Statement([], is_learned, is_marked)
        token = _open.set(statement)
        try:
            return self._compile_part(statement, args, kwargs), statement.parts
        finally:
            _open.reset(token)
            self.__dict__.pop("compile", None)

    def _watch(self, node: Any) -> Any:
        if isinstance(node, _OPAQUE) and not _PLAIN_COLUMN.fullmatch(getattr(node, "sql", "")):
            self._is_opaque = True
        return _compile(self, node)

    def _mark(self, node: Any) -> Any:
        if node is not None and node is getattr(self, "where", None):
            self._compared = comparisons_in(node)
        sql, params = self._watch(node)
        return (sql, marked(node, params)) if id(node) in self._compared else (sql, params)

    def _part(self) -> Part:
        return Part(self._sources, getattr(self, "where", None), self._is_opaque)

    def _announce(self, shapes: Sequence[Shape], parts: Sequence[Part], params: Any) -> None:
        for shape in shapes:
            if shape.is_unclear:
                note_unknown_sql(shape.sql, self._schema)
        self._shapes, self._wheres, self._params = shapes, [part.where for part in parts], params
        _compiled.set(tuple(shape.sql for shape in shapes))

    def _record(self) -> None:
        tracker = active_tracker()
        if tracker is not None:
            for shape in self._shapes:
                tracker.add(shape.reads(self._wheres, self._params, self._schema, self._outcome))

    @property
    def _schema(self) -> str:
        return getattr(self.connection, "schema_name", None) or PUBLIC

    def _finished(self, result: Any) -> Any:
        """The result as Django would have returned it."""
        return result


class Remembering(Recording):
    """Looks for the shape by the text before it analyses anything."""

    _wants_rows = False

    def _compile_whole(self, args: Any, kwargs: Any) -> Any:
        (sql, params), parts = self._compile(False, args, kwargs)
        key = sql, self._wants_rows
        shape = SHAPES.get(key)
        if shape is None or len(shape.nullable) != len(parts):
            (executed, again), parts = self._compile(True, args, kwargs, is_marked=True)
            shape = self._learned(executed, parts)
            params, places = unmarked(again)
            shape.fill = fill_of([part.where for part in parts], shape.nullable, params, places)
            SHAPES.put(key, shape)
        self._announce([shape], parts, params)
        return shape.sql, params

    def _learned(self, sql: str, parts: Sequence[Part]) -> Shape:
        return shape_of(sql, parts)


class SQLCompiler(Remembering, postgresql.SQLCompiler):
    """SELECT."""

    _page_keys: Sequence[PageKey] = ()
    _plan: Plan | None = None
    _places: Sequence[int] = ()

    def execute_sql(  # type: ignore[override]  # the stubs have a signature a result type
        self, result_type: Any = MULTI, chunked_fetch: bool = False, **kwargs: Any
    ) -> Any:
        # Only of a result that is read at once its rows are known before others see them.
        self._wants_rows = result_type == MULTI and not chunked_fetch
        return super().execute_sql(result_type, chunked_fetch=chunked_fetch, **kwargs)

    def get_extra_select(self, order_by: Any, select: Any) -> Any:
        extra = super().get_extra_select(order_by, select)
        statement = _open.get()
        if self._wants_rows and not extra and statement is not None and statement.is_learned:
            extra = self._select_more(order_by, select, statement.parts)
        return extra

    def _learned(self, sql: str, parts: Sequence[Part]) -> Shape:
        shape = shape_of(sql, parts, self._from, self._plan)
        shape.page_keys, shape.places = self._page_keys, tuple(self._places)
        if shape.places:
            # The extra columns are needed first, then taken off here.
            self.has_extra_select = False
        return shape

    def _select_more(self, order_by: Any, select: Any, parts: Sequence[Part]) -> list[Any]:
        """The columns that tell about the result and that the query does not select itself."""
        selected = places_of(select)
        expressions = (item[0] for item in (*select, *order_by))
        if selected is None or not makes_one_row_of_each(expressions):
            return []
        keys = page_keys(self, order_by) if self.query.high_mark is not None else []
        plan = plan_of(self, order_by, parts)
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
                    sql, params = self.compile(column)
                    if number < len(keys) and is_read_from_text(column.target):
                        # Of all the rows' values one is looked at: making times of them would cost more than the rest.
                        sql, keys[number] = f"{sql}::text", read_from_text(keys[number])
                    extra.append((column, (sql, params), None))
                places[number] = added[name]
        self._page_keys, self._plan = keys, plan
        self._places = [place for place in places if place is not None]
        return extra

    def _finished(self, result: Any) -> Any:
        shape = self._shapes[0] if self._shapes else None
        if shape is None or not shape.places or not isinstance(result, list):
            return result
        count = sum(map(len, result))
        pages = len(shape.page_keys)
        window, known = None, NOTHING
        if pages and count and self.query.low_mark + count == self.query.high_mark:
            last = result[-1][-1]
            window = window_of(shape.page_keys, [last[place] for place in shape.places[:pages]])
        if shape.plan is not None:
            known = known_of(shape.plan, shape.places[pages:], result)
        self._outcome = Outcome(window, known)
        width = self.col_count or 0
        if max(shape.places) >= width:
            return [[row[:width] for row in rows] for rows in result]
        return result


class SQLAggregateCompiler(Remembering, postgresql.SQLAggregateCompiler):
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
