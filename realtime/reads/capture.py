"""From compiled statements to table reads."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import ForeignKey, ManyToOneRel
from django.db.models.sql.constants import INNER, LOUTER

from realtime.reads.checks import Check, In, NotNull, Shown
from realtime.reads.lookups import is_logged
from realtime.reads.pages import PageWindow
from realtime.reads.readset import Conjunction, TableRead
from realtime.reads.shown import Known
from realtime.reads.sqltext import columns_by_alias, sources
from realtime.reads.tables import PUBLIC, schemas_of
from realtime.reads.terms import MAX_HASHED, Condition, conditions_of
from realtime.reads.tracker import active_tracker, note_unknown_sql

_NO_COLUMNS: frozenset[str] = frozenset()
_ANY_ROW = Condition(None, ())


class Source(NamedTuple):
    """A table in a FROM clause; no table if it is not known.

    ``is_nullable``: on the outer side of a join. ``is_referenced``: each of its rows in the result is there
    because a row of another source points at it with a foreign key that the database enforces. ``checks``: what a
    row must meet to be in any joined pair.
    """

    alias: str
    table: str | None
    is_nullable: bool = False
    is_referenced: bool = False
    checks: tuple[Check, ...] = ()


class Part(NamedTuple):
    """One SELECT of a statement: its tables, its WHERE node, and whether it holds SQL that nobody parsed."""

    sources: tuple[Source, ...]
    where: Any
    is_opaque: bool


class Outcome(NamedTuple):
    """What a finished SELECT tells: its page's end, its rows, and its text from FROM on."""

    window: PageWindow | None
    known: Known
    since_from: str


def sources_of(query: Any) -> tuple[Source, ...]:
    """The tables of a query whose FROM clause has just been compiled."""
    joins = {alias: item for alias, item in query.alias_map.items() if query.alias_refcount[alias]}
    referenced = {_referenced(alias, item) for alias, item in joins.items()}
    checks: dict[str, dict[Check, None]] = defaultdict(dict)
    for alias, item in joins.items():
        for owner, check in _join_checks(alias, item):
            checks[owner][check] = None
    return tuple(
        Source(
            alias,
            getattr(item, "table_name", None),
            item.join_type == LOUTER,
            alias in referenced,
            tuple(checks[alias]) if alias in checks else (),
        )
        for alias, item in joins.items()
    )


def _join_checks(alias: str, item: Any) -> Iterator[tuple[str, Check]]:
    """A row with NULL in a column that a join compares is in no joined pair."""
    for left, right in getattr(item, "join_fields", None) or ():
        if right.null and is_logged(right):
            yield alias, NotNull(right.column)
        if item.join_type == INNER and left.null and is_logged(left):
            yield item.parent_alias, NotNull(left.column)


def _referenced(alias: str, item: Any) -> str | None:
    """The alias whose rows come into the query only by being pointed at in this join; None for neither."""
    field = getattr(item, "join_field", None)
    if isinstance(field, ForeignKey):
        return alias if field.db_constraint else None  # type: ignore[attr-defined]
    if isinstance(field, ManyToOneRel) and item.join_type == INNER and field.field.db_constraint:  # type: ignore[attr-defined]
        parent: str = item.parent_alias
        return parent
    return None


def refuse_unclear(sql: str, parts: Sequence[Part], connection: Any) -> None:
    """Account for a statement that holds SQL whose tables nobody knows."""
    if _is_unclear(sql, parts):
        note_unknown_sql(sql, _schema(connection))


def record(sql: str, parts: Sequence[Part], connection: Any, outcome: Outcome) -> None:
    """Add a statement's reads to the active tracker; its own part is the last."""
    tracker = active_tracker()
    if tracker is not None:
        schema = _schema(connection)
        for number, part in enumerate(parts):
            is_own = part is parts[-1]
            tracker.add(_reads_of(part, sql, schema, outcome, None if is_own else number))


def _schema(connection: Any) -> str:
    return getattr(connection, "schema_name", None) or PUBLIC


def _is_unclear(sql: str, parts: Iterable[Part]) -> bool:
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


def _reads_of(part: Part, sql: str, schema: str, outcome: Outcome, number: int | None) -> list[TableRead]:
    if not part.sources:
        return []
    columns = columns_by_alias(sql)
    nullable = frozenset(source.alias for source in part.sources if source.is_nullable)
    conditions = conditions_of(part.where, nullable) if part.where is not None else {}
    deciding = _deciding(sql, outcome) if number is None and outcome.known.rows else None
    reads = []
    for source in part.sources:
        if source.table is not None:
            own = conditions.get(source.alias, _ANY_ROW)
            linked = outcome.known.conditions.get((number, source.alias))
            terms, checks = own if linked is None else _with_links(own, linked)
            by_rows = _by_rows(source, deciding, outcome) if number is None else ()
            checks = (*source.checks, *checks, *by_rows)
            read = columns.get(source.alias, _NO_COLUMNS)
            reads += [
                TableRead(place, source.table, terms, read, source.is_referenced, checks)
                for place in schemas_of(source.table, schema)
            ]
    return reads


def _deciding(sql: str, outcome: Outcome) -> dict[str, frozenset[str] | None] | None:
    """The columns by which rows get into the result: those named from FROM on; None if that can't be found."""
    place = sql.find(outcome.since_from)
    return columns_by_alias(sql[place:]) if place >= 0 else None


def _with_links(own: Condition, linked: Sequence[In]) -> Condition:
    """The condition and what the result has told of it, as a term where that can be hashed."""
    if own.terms is None and linked and len(linked[0].values) <= MAX_HASHED:
        column, values = linked[0]
        terms: tuple[Conjunction, ...] = (((column, tuple(sorted(values, key=str))),),) if values else ()
        return Condition(terms, (*own.checks, *linked[1:]))
    return Condition(own.terms, (*own.checks, *linked))


def _by_rows(
    source: Source, deciding: dict[str, frozenset[str] | None] | None, outcome: Outcome
) -> Iterator[Check]:
    """What the result's rows tell of the outermost SELECT's table."""
    window, known = outcome.window, outcome.known
    # Where there is no row on the outer side, its place in the order is that of NULL, not of a row.
    if window is not None and window.alias == source.alias and not source.is_nullable:
        yield window.window
    if source.alias in known.rows:
        key, rows = known.rows[source.alias]
        columns = deciding.get(source.alias, _NO_COLUMNS) if deciding is not None else None
        if columns is not None and source.alias in known.order:
            columns |= known.order[source.alias]
        # On the outer side of a join a row that goes away may bring in another; before a page it moves the page.
        yield Shown(key, rows, columns, not (source.is_nullable or known.has_offset))
