"""What a statement's text says about its reads, found once a text and kept.

Two statements of one text and one list of parameters are the same statement, however the querysets were written.
So the text (tables, columns, joins, which further columns tell about the rows) is analysed once, the conditions
once a list of parameters, and an execution only adds what its rows say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from realtime.reads import filling, terms
from realtime.reads.checks import Check, In, Shown
from realtime.reads.filling import PartFill
from realtime.reads.kept import Kept
from realtime.reads.pages import PageKey, PageWindow
from realtime.reads.readset import Conjunction, TableRead
from realtime.reads.shown import NOTHING, Known, Plan
from realtime.reads.sources import Part, Source
from realtime.reads.sqltext import columns_by_alias, sources
from realtime.reads.tables import schemas_of
from realtime.reads.terms import MAX_HASHED, Condition

_NO_COLUMNS: frozenset[str] = frozenset()
_ANY_ROW = Condition(None, ())


class Table(NamedTuple):
    """One table of a statement's part; ``part`` is None for the outermost SELECT's.

    ``deciding``: the columns by which rows of the outermost SELECT get into the result; None if unknown.
    """

    part: int | None
    source: Source
    columns: frozenset[str] | None
    deciding: frozenset[str] | None


class Bound(NamedTuple):
    """A table's reads (one a schema) with the parameters put in, and the condition behind them."""

    table: Table
    condition: Condition
    reads: tuple[TableRead, ...]


class Outcome(NamedTuple):
    """What a finished SELECT tells: its page's end and its rows."""

    window: PageWindow | None
    known: Known


NO_OUTCOME = Outcome(None, NOTHING)


@dataclass(slots=True, eq=False)
class Shape:
    """A statement without its parameters.

    ``sql`` is what is executed: the compiled text, with the columns of ``page_keys`` and then of ``plan`` added
    where the query does not select them; ``places`` tell where the rows have them.
    """

    sql: str
    tables: tuple[Table, ...]
    nullable: tuple[frozenset[str], ...]
    is_unclear: bool
    page_keys: Sequence[PageKey] = ()
    plan: Plan | None = None
    places: tuple[int, ...] = ()
    #: What fills the parts' conditions from the parameters alone.
    fill: tuple[PartFill, ...] | None = None

    def reads(self, wheres: Sequence[Any], params: Any, schema: str, outcome: Outcome) -> list[TableRead]:
        """The reads of one execution; ``wheres`` are the parts' WHERE nodes."""
        found: list[TableRead] = []
        for bound in _bound(self, wheres, params, schema):
            found += bound.reads if outcome is NO_OUTCOME else _with_outcome(bound, outcome)
        return found


#: By text and by whether the rows will be seen.
SHAPES: Kept[Shape] = Kept(4_000)
_BOUND: Kept[tuple[Bound, ...]] = Kept(5_000)


def forget() -> None:
    """Analyse everything anew."""
    SHAPES.clear()
    _BOUND.clear()


def shape_of(sql: str, parts: Sequence[Part], since_from: str = "", plan: Plan | None = None) -> Shape:
    """The shape of a statement whose own part is the last."""
    columns = columns_by_alias(sql)
    deciding = _deciding(sql, since_from) if plan is not None else None
    tables = [
        Table(
            None if part is parts[-1] else number,
            source,
            columns.get(source.alias, _NO_COLUMNS),
            _decides(deciding, source, plan),
        )
        for number, part in enumerate(parts)
        for source in part.sources
        if source.table is not None
    ]
    nullable = [frozenset(source.alias for source in part.sources if source.is_nullable) for part in parts]
    return Shape(sql, tuple(tables), tuple(nullable), _is_unclear(sql, parts), plan=plan)


def _deciding(sql: str, since_from: str) -> dict[str, frozenset[str] | None] | None:
    """The columns named from FROM on; None if that can't be found."""
    place = sql.find(since_from)
    return columns_by_alias(sql[place:]) if place >= 0 else None


def _decides(
    deciding: dict[str, frozenset[str] | None] | None, source: Source, plan: Plan | None
) -> frozenset[str] | None:
    columns = deciding.get(source.alias, _NO_COLUMNS) if deciding is not None else None
    if columns is not None and plan is not None and source.alias in plan.order:
        columns |= plan.order[source.alias]
    return columns


def _is_unclear(sql: str, parts: Sequence[Part]) -> bool:
    """Whether the text may read tables or columns that no part accounts for."""
    known: set[str | None] = {"subquery", "qualify", "qualify_mask"}
    for part in parts:
        if part.is_opaque:
            return True
        for source in part.sources:
            if source.table is None:
                return True
            known.add(source.alias)
            known.add(source.table)
    return not sources(sql) <= known


def _bound(shape: Shape, wheres: Sequence[Any], params: Any, schema: str) -> tuple[Bound, ...]:
    try:
        key = (shape, schema, tuple(params))
        found = _BOUND.get(key)
    except TypeError:  # parameters that can't be hashed
        return _bind(shape, wheres, params, schema)
    if found:
        return found
    bound = _bind(shape, wheres, params, schema)
    # Most parameters come once. Only the second time it is kept what they make: each collection of garbage looks at it.
    _BOUND.put(key, () if found is None else bound)
    return bound


def _bind(shape: Shape, wheres: Sequence[Any], params: Any, schema: str) -> tuple[Bound, ...]:
    conditions = _conditions(shape, wheres, params)
    return tuple(
        [
            _bound_table(table, conditions[-1 if table.part is None else table.part], schema)
            for table in shape.tables
        ]
    )


def _conditions(shape: Shape, wheres: Sequence[Any], params: Any) -> list[dict[str, Condition]]:
    if shape.fill is not None:
        try:
            return [filling.conditions(part, params) for part in shape.fill]
        except (TypeError, ValueError):
            pass  # a value of another kind than the one that the text was first seen with
    return [
        terms.conditions_of(where, nullable) if where is not None else {}
        for where, nullable in zip(wheres, shape.nullable, strict=True)
    ]


def _bound_table(table: Table, conditions: dict[str, Condition], schema: str) -> Bound:
    source = table.source
    condition = conditions.get(source.alias, _ANY_ROW)
    checks = (*source.checks, *condition.checks)
    return Bound(table, condition, tuple(_reads(table, schema, condition.terms, checks)))


def _reads(
    table: Table, schema: str, terms: tuple[Conjunction, ...] | None, checks: tuple[Check, ...]
) -> Iterator[TableRead]:
    source = table.source
    assert source.table is not None
    for place in schemas_of(source.table, schema):
        yield TableRead(place, source.table, terms, table.columns, source.is_referenced, checks)


def _with_outcome(bound: Bound, outcome: Outcome) -> Sequence[TableRead]:
    """The reads with what the rows have told."""
    table = bound.table
    linked = outcome.known.conditions.get((table.part, table.source.alias))
    by_rows = _by_rows(table, outcome) if table.part is None else []
    if linked is None and not by_rows:
        return bound.reads
    condition = bound.condition if linked is None else _with_links(bound.condition, linked)
    checks = (*table.source.checks, *condition.checks, *by_rows)
    return [
        TableRead(schema, name, condition.terms, columns, updates_only, checks)
        for schema, name, _, columns, updates_only, _ in bound.reads
    ]


def _with_links(own: Condition, linked: Sequence[In]) -> Condition:
    """The condition and what the result has told of it, as a term where that can be hashed."""
    if own.terms is None and linked and len(linked[0].values) <= MAX_HASHED:
        column, values, _ = linked[0]
        terms: tuple[Conjunction, ...] = (((column, tuple(sorted(values, key=str))),),) if values else ()
        return Condition(terms, (*own.checks, *linked[1:]))
    return Condition(own.terms, (*own.checks, *linked))


def _by_rows(table: Table, outcome: Outcome) -> list[Check]:
    """What the result's rows tell of the outermost SELECT's table."""
    window, known = outcome
    source = table.source
    found: list[Check] = []
    # Where there is no row on the outer side, its place in the order is that of NULL, not of a row.
    if window is not None and window.alias == source.alias and not source.is_nullable:
        found.append(window.window)
    if source.alias in known.rows:
        key, rows = known.rows[source.alias]
        # On the outer side of a join a row that goes away may bring in another; before a page it moves the page.
        found.append(Shown(key, rows, table.deciding, not (source.is_nullable or known.has_offset)))
    return found
