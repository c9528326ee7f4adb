"""The tables in the FROM clause of a compiled query."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import ForeignKey, ManyToOneRel
from django.db.models.sql.constants import INNER, LOUTER

from realtime.reads.checks import Check, NotNull
from realtime.reads.lookups import is_logged


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
        return alias if field.db_constraint else None  # type: ignore[attr-defined]  # the stubs lack it
    if isinstance(field, ManyToOneRel) and item.join_type == INNER and field.field.db_constraint:  # type: ignore[attr-defined]  # as above
        parent: str = item.parent_alias
        return parent
    return None
