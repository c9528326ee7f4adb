"""Checks that a WHERE clause and the joins put on each alias: ranges, exclusions, columns that must be set.

Only what must hold for the whole clause counts, so alternatives (OR) and XOR give none.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import lookups
from django.db.models.expressions import Col
from django.db.models.sql.constants import INNER
from django.db.models.sql.where import AND, WhereNode

from realtime.reads.checks import Check, Comparison, NotIn, NotNull
from realtime.reads.terms import EXACT, IN, IS_NULL, is_logged, plain_values
from realtime.reads.values import is_orderable, json_value

_OPERATORS: dict[type, str] = {
    lookups.GreaterThan: ">",
    lookups.IntegerGreaterThan: ">",
    lookups.GreaterThanOrEqual: ">=",
    lookups.IntegerGreaterThanOrEqual: ">=",
    lookups.LessThan: "<",
    lookups.IntegerLessThan: "<",
    lookups.LessThanOrEqual: "<=",
    lookups.IntegerLessThanOrEqual: "<=",
}


def restrictions_of(node: Any, nullable: frozenset[str]) -> dict[str, list[Check]]:
    """The checks of a WHERE node by alias; ``nullable`` are the aliases on the outer side of a join."""
    found: dict[str, list[Check]] = defaultdict(list)
    for alias, check in _restrictions(node, nullable):
        if check not in found[alias]:
            found[alias].append(check)
    return found


def join_restrictions(alias: str, item: Any) -> Iterator[tuple[str, Check]]:
    """A row with NULL in a column that a join compares is in no joined pair."""
    for left, right in getattr(item, "join_fields", None) or ():
        if right.null and is_logged(right):
            yield alias, NotNull(right.column)
        if item.join_type == INNER and left.null and is_logged(left):
            yield item.parent_alias, NotNull(left.column)


def _restrictions(node: Any, nullable: frozenset[str]) -> Iterator[tuple[str, Check]]:
    if not isinstance(node, WhereNode):
        yield from _of_lookup(node)
    elif node.negated:
        yield from _of_exclusion(node, nullable)
    elif node.connector == AND or len(node.children) == 1:
        for child in node.children:
            yield from _restrictions(child, nullable)


def _of_lookup(lookup: Any) -> Iterator[tuple[str, Check]]:
    side = _column(lookup)
    if side is None:
        return
    column = side.target.column
    if _says_that_it_is_set(lookup, side):
        yield side.alias, NotNull(column)
    elif is_orderable(side.target) and not lookup.bilateral_transforms:
        for operator, value in _bounds(lookup):
            yield side.alias, Comparison(column, operator, value)


def _says_that_it_is_set(lookup: Any, side: Any) -> bool:
    """Whether the lookup holds of no NULL, and no equality term says so already."""
    kind = type(lookup)
    if kind in IS_NULL:
        return lookup.rhs is False
    return (kind in EXACT or kind in IN) and side.target.null and not lookup.rhs_is_direct_value()


def _bounds(lookup: Any) -> list[tuple[str, Any]]:
    """The limits that the lookup sets, as the change log prints them."""
    if not lookup.rhs_is_direct_value():
        return []
    if type(lookup) is lookups.Range:
        pairs = list(zip((">=", "<="), lookup.rhs, strict=False))
    elif type(lookup) in _OPERATORS:
        pairs = [(_OPERATORS[type(lookup)], lookup.rhs)]
    else:
        return []
    try:
        return [(operator, json_value(lookup.lhs.target, value)) for operator, value in pairs]
    except (TypeError, ValueError):
        return []


def _of_exclusion(node: WhereNode, nullable: frozenset[str]) -> Iterator[tuple[str, Check]]:
    """Of NOT (column = value), or IN; Django adds "AND column IS NOT NULL" where the column may be NULL."""
    children = _without_nesting(node)
    equal = [child for child in children if type(child) in EXACT or type(child) in IN]
    others = [child for child in children if child not in equal]
    if len(equal) != 1 or (node.connector != AND and others):
        return
    side = _column(equal[0])
    if side is None or side.alias in nullable or not all(_is_set(child, side) for child in others):
        return
    values = plain_values(equal[0], type(equal[0]) in IN)
    if values:
        yield side.alias, NotIn(side.target.column, tuple(sorted(values, key=str)))


def _without_nesting(node: WhereNode) -> list[Any]:
    children = node.children
    while len(children) == 1 and isinstance(children[0], WhereNode) and not children[0].negated:
        if children[0].connector != AND and len(children[0].children) > 1:
            break
        children = children[0].children
    return list(children)


def _is_set(lookup: Any, side: Any) -> bool:
    """Whether the lookup says that the very column is not NULL."""
    column = getattr(lookup, "lhs", None)
    return (
        type(lookup) in IS_NULL
        and lookup.rhs is False
        and type(column) is Col
        and (column.alias, column.target) == (side.alias, side.target)
    )


def _column(lookup: Any) -> Any:
    """The plain logged column that the lookup is about; None if it is about something else."""
    side = getattr(lookup, "lhs", None)
    if type(side) is Col and side.alias and is_logged(side.target):
        return side
    return None
