"""From compiled statements to table reads."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import ForeignKey, ManyToOneRel
from django.db.models.sql.constants import INNER, LOUTER

from realtime.reads.checks import Check
from realtime.reads.readset import TableRead
from realtime.reads.restrictions import join_restrictions, restrictions_of
from realtime.reads.sqltext import columns_by_alias, sources
from realtime.reads.tables import PUBLIC, schemas_of
from realtime.reads.terms import conditions_of
from realtime.reads.tracker import active_tracker, note_unknown_sql


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


def record(sql: str, parts: Sequence[Part], connection: Any) -> None:
    """Add a statement's reads to the active tracker."""
    tracker = active_tracker()
    if tracker is None:
        return
    schema = getattr(connection, "schema_name", None) or PUBLIC
    if _is_unclear(sql, parts):
        note_unknown_sql(sql, schema)
    tracker.add([read for part in parts for read in _reads_of(part, sql, schema)])


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


def _reads_of(part: Part, sql: str, schema: str) -> list[TableRead]:
    if not part.sources:
        return []
    columns = columns_by_alias(sql)
    nullable = frozenset(source.alias for source in part.sources if source.is_nullable)
    conditions = conditions_of(part.where, nullable) if part.where is not None else {}
    restrictions = restrictions_of(part.where, nullable) if part.where is not None else {}
    nothing: frozenset[str] = frozenset()
    return [
        TableRead(
            place,
            source.table,
            conditions.get(source.alias),
            columns.get(source.alias, nothing),
            source.is_referenced,
            (*source.checks, *restrictions.get(source.alias, ())),
        )
        for source in part.sources
        if source.table is not None
        for place in schemas_of(source.table, schema)
    ]
