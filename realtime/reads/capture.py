"""From compiled statements to table reads."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import ForeignKey, ManyToOneRel
from django.db.models.sql.constants import INNER, LOUTER

from realtime.reads.checks import Check
from realtime.reads.pages import PageWindow
from realtime.reads.readset import TableRead
from realtime.reads.restrictions import join_restrictions, restrictions_of
from realtime.reads.sqltext import columns_by_alias, sources
from realtime.reads.tables import PUBLIC, schemas_of
from realtime.reads.terms import conditions_of
from realtime.reads.tracker import active_tracker, note_unknown_sql

_NO_COLUMNS: frozenset[str] = frozenset()


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


def sources_of(query: Any) -> tuple[Source, ...]:
    """The tables of a query whose FROM clause has just been compiled."""
    joins = {alias: item for alias, item in query.alias_map.items() if query.alias_refcount[alias]}
    referenced = {_referenced(alias, item) for alias, item in joins.items()}
    checks: dict[str, dict[Check, None]] = defaultdict(dict)
    for alias, item in joins.items():
        for owner, check in join_restrictions(alias, item):
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


def record(sql: str, parts: Sequence[Part], connection: Any, window: PageWindow | None) -> None:
    """Add a statement's reads to the active tracker; its own part is the last."""
    tracker = active_tracker()
    if tracker is not None:
        schema = _schema(connection)
        for part in parts:
            tracker.add(_reads_of(part, sql, schema, window if part is parts[-1] else None))


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


def _reads_of(part: Part, sql: str, schema: str, window: PageWindow | None) -> list[TableRead]:
    if not part.sources:
        return []
    columns = columns_by_alias(sql)
    nullable = frozenset(source.alias for source in part.sources if source.is_nullable)
    conditions = conditions_of(part.where, nullable) if part.where is not None else {}
    restrictions = restrictions_of(part.where, nullable) if part.where is not None else {}
    return [
        TableRead(
            place,
            source.table,
            conditions.get(source.alias),
            columns.get(source.alias, _NO_COLUMNS),
            source.is_referenced,
            (*source.checks, *restrictions.get(source.alias, ()), *_end_of_page(source, window)),
        )
        for source in part.sources
        if source.table is not None
        for place in schemas_of(source.table, schema)
    ]


def _end_of_page(source: Source, window: PageWindow | None) -> tuple[Check, ...]:
    # Where there is no row on the outer side, its place in the order is that of NULL, not of a row.
    if window is None or window.alias != source.alias or source.is_nullable:
        return ()
    return (window.window,)
