"""Equality terms of a WHERE clause, per table alias, as a disjunction of conjunctions.

For each alias the outcome is a condition that a row must satisfy to have any part in the query, written with
that alias's plain columns and plain values alone. All else (negation, XOR, expressions, other lookups,
references to an outer query) counts as true, which only makes the condition weaker. A weaker condition flags
more changes than needed and never fewer.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

from django.db.models.expressions import Col
from django.db.models.fields.related_lookups import RelatedExact, RelatedIn, RelatedIsNull
from django.db.models.lookups import Exact, In, IntegerFieldExact, IsNull
from django.db.models.sql.where import AND, OR, NothingNode, WhereNode

from realtime.changes.columns import logged_columns
from realtime.reads.readset import Conjunction
from realtime.reads.values import Json, json_value

# A condition that expands to more value tuples than this is replaced by a weaker one.
MAX_CONJUNCTIONS = 64

Values = frozenset[Json]
Terms = dict[str, Values]
Disjunction = list[Terms]
# Per alias; an alias that is missing has no condition. None: no row satisfies it, whatever the tables hold.
Conditions = dict[str, Disjunction] | None

EXACT = frozenset({Exact, IntegerFieldExact, RelatedExact})
IN = frozenset({In, RelatedIn})
IS_NULL = frozenset({IsNull, RelatedIsNull})


def conditions_of(node: Any, nullable: frozenset[str]) -> dict[str, tuple[Conjunction, ...]]:
    """The conditions of a WHERE node; ``nullable`` are the aliases on the outer side of a join.

    There IS NULL also means "no such row", so it says nothing about the rows that are.
    """
    conditions = _conditions(node, nullable) or {}
    return {alias: tuple(map(_conjunction, terms)) for alias, terms in conditions.items()}


def _conjunction(terms: Terms) -> Conjunction:
    return tuple((column, tuple(sorted(terms[column], key=_sort_key))) for column in sorted(terms))


def _sort_key(value: Json) -> tuple[str, Any]:
    return ("", 0) if value is None else (type(value).__name__, value)


def _conditions(node: Any, nullable: frozenset[str]) -> Conditions:
    if isinstance(node, NothingNode):
        return None
    if not isinstance(node, WhereNode):
        return _leaf(node, nullable)
    if node.negated or node.connector not in (AND, OR):
        return {}
    parts = [_conditions(child, nullable) for child in node.children]
    return _all_of(parts) if node.connector == AND else _any_of(parts)


def _all_of(parts: Sequence[Conditions]) -> Conditions:
    merged: dict[str, Disjunction] = {}
    for part in parts:
        if part is None:
            return None
        for alias, terms in part.items():
            merged[alias] = _product(merged[alias], terms) if alias in merged else terms
    return merged


def _any_of(parts: Sequence[Conditions]) -> Conditions:
    possible = [part for part in parts if part is not None]
    if not possible:
        return None if parts else {}
    shared = set(possible[0]).intersection(*possible[1:])
    merged = {alias: [terms for part in possible for terms in part[alias]] for alias in shared}
    return {alias: terms for alias, terms in merged.items() if _size(terms) <= MAX_CONJUNCTIONS}


def _product(left: Disjunction, right: Disjunction) -> Disjunction:
    """Both conditions at once; only the more particular one where both together are too many."""
    both = [joined for a, b in product(left, right) if (joined := _joined(a, b)) is not None]
    if _size(both) <= MAX_CONJUNCTIONS:
        return both
    return left if _size(left) <= _size(right) else right


def _joined(left: Terms, right: Terms) -> Terms | None:
    """One conjunction of two; None if a column would have to have two values."""
    joined = dict(left)
    for column, values in right.items():
        joined[column] = joined[column] & values if column in joined else values
        if not joined[column]:
            return None
    return joined


def _size(terms: Iterable[Terms]) -> int:
    """How many value tuples the disjunction expands to."""
    total = 0
    for conjunction in terms:
        count = 1
        for values in conjunction.values():
            count *= len(values)
        total += count
    return total


def _leaf(lookup: Any, nullable: frozenset[str]) -> Conditions:
    kind = type(lookup)
    side: Any = getattr(lookup, "lhs", None)
    if type(side) is not Col or not side.alias or not is_logged(side.target):
        return {}
    values: Values | None = None
    if kind in IS_NULL:
        values = frozenset([None]) if lookup.rhs is True and side.alias not in nullable else None
    elif (kind in EXACT or kind in IN) and not lookup.bilateral_transforms:
        values = plain_values(lookup, kind in IN)
    if values is None:
        return {}
    return {side.alias: [{str(side.target.column): values}]} if values else None


@lru_cache(maxsize=4096)
def is_logged(field: Any) -> bool:
    """Whether changes carry the column: a term that no change can contradict would only cost."""
    return field.column in logged_columns(field.model)


def plain_values(lookup: Any, is_list: bool) -> Values | None:
    """The plain values that the lookup allows; None if it has others, or too many."""
    if not lookup.rhs_is_direct_value():
        return None
    listed = [value for value in lookup.rhs if value is not None] if is_list else [lookup.rhs]
    if len(listed) > MAX_CONJUNCTIONS:
        return None
    try:
        return frozenset(json_value(lookup.lhs.target, value) for value in listed)
    except (TypeError, ValueError):
        return None
