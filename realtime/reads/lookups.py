"""A WHERE clause in negation normal form: AND and OR over checks of plain columns of one alias each.

NOT is pushed down to the lookups, where it turns into the opposite check; De Morgan's laws hold in SQL's logic
of three values, too. What is not understood (XOR, expressions, other lookups, references to an outer query)
is unknown: it may be true whatever a row holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from django.db import connection
from django.db.models import lookups
from django.db.models.expressions import Col
from django.db.models.fields.related_lookups import RelatedExact, RelatedIn, RelatedIsNull
from django.db.models.lookups import Exact, In, IntegerFieldExact, IntegerFieldOverflow, IsNull
from django.db.models.sql.where import AND, OR, NothingNode, WhereNode

from realtime.changes.columns import logged_columns
from realtime.reads import checks
from realtime.reads.checks import Check, Comparison, NotIn, NotNull
from realtime.reads.values import Json, is_orderable, json_value

#: A longer list of values is not compared with at all.
MAX_VALUES = 1_000

EXACT = frozenset({Exact, IntegerFieldExact, RelatedExact})
IN = frozenset({In, RelatedIn})
IS_NULL = frozenset({IsNull, RelatedIsNull})
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
_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}


class Origin(NamedTuple):
    """Where a leaf's value is from: the node, and which of its limits."""

    lookup: Any
    number: int


class Leaf(NamedTuple):
    """A check of one alias's rows."""

    alias: str
    check: Check


class Branch(NamedTuple):
    """AND (``is_all``) or OR of trees; in an AND the unknown ones are left out."""

    is_all: bool
    parts: tuple[Leaf | Branch, ...]


Never = Literal["never"]
Always = Literal["always"]
#: None for unknown.
Tree = Leaf | Branch | Never | Always | None


def tree_of(node: Any, negated: bool = False, origins: dict[int, Origin] | None = None) -> Tree:
    """The node, or its opposite, in normal form; ``origins`` takes down what each leaf, by its id, was made of."""
    if isinstance(node, NothingNode):
        return "always" if negated else "never"
    if not isinstance(node, WhereNode):
        found = _of_lookup(node, negated)
        if origins is not None:
            origins |= {id(leaf): Origin(node, number) for number, leaf in enumerate(_leaves(found))}
        return found
    if node.connector not in (AND, OR) or not node.children:
        return None
    negated ^= node.negated
    parts = [tree_of(child, negated, origins) for child in node.children]
    return _all_of(parts) if (node.connector == AND) != negated else _any_of(parts)


def _leaves(found: Tree) -> Sequence[Any]:
    """Of one node: none, one, or one a limit."""
    if isinstance(found, Branch):
        return found.parts
    return (found,) if isinstance(found, Leaf) else ()


def _all_of(parts: Sequence[Tree]) -> Tree:
    known: list[Leaf | Branch] = []
    for part in parts:
        if part == "never":
            return "never"
        if isinstance(part, Branch) and part.is_all:
            known += part.parts
        elif isinstance(part, Leaf | Branch):
            known.append(part)
    if len(known) == 1:
        return known[0]
    if known:
        return Branch(True, tuple(known))
    return "always" if all(part == "always" for part in parts) else None


def _any_of(parts: Sequence[Tree]) -> Tree:
    known: list[Leaf | Branch] = []
    for part in parts:
        if part is None or part == "always":
            return part
        if isinstance(part, Branch) and not part.is_all:
            known += part.parts
        elif isinstance(part, Leaf | Branch):
            known.append(part)
    if len(known) == 1:
        return known[0]
    return Branch(False, tuple(known)) if known else "never"


def _of_lookup(lookup: Any, negated: bool) -> Tree:
    side = plain_column(lookup)
    if side is None:
        return None
    kind = type(lookup)
    column = str(side.target.column)
    if kind in IS_NULL:
        return Leaf(side.alias, checks.IsNull(column) if lookup.rhs is not negated else NotNull(column))
    if lookup.bilateral_transforms or _is_out_of_range(lookup):
        return None
    if kind in EXACT or kind in IN:
        return _of_equality(lookup, side, column, negated)
    limits = _limits(lookup) if is_orderable(side.target) else []
    parts = [Leaf(side.alias, _compared(column, operator, value, negated)) for operator, value in limits]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else Branch(not negated, tuple(parts))


def _is_out_of_range(lookup: Any) -> bool:
    """Whether the number is none that the column can hold: then Django decides, and not always as SQL would of NULL."""
    value = lookup.rhs
    if not issubclass(type(lookup), IntegerFieldOverflow) or not isinstance(value, int):
        return False
    least, most = connection.ops.integer_field_range(lookup.lhs.output_field.get_internal_type())
    return (least is not None and value < least) or (most is not None and value > most)


def _of_equality(lookup: Any, side: Any, column: str, negated: bool) -> Tree:
    if not lookup.rhs_is_direct_value():
        # Whatever it is compared with, NULL equals nothing.
        return Leaf(side.alias, NotNull(column)) if side.target.null and not negated else None
    values = plain_values(lookup, type(lookup) in IN)
    if values is None:
        return None
    if not values:
        return "always" if negated else "never"
    return Leaf(side.alias, NotIn(column, values) if negated else checks.In(column, values))


def _limits(lookup: Any) -> list[tuple[str, Any]]:
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


def _compared(column: str, operator: str, value: Any, negated: bool) -> Comparison:
    return Comparison(column, _OPPOSITE[operator] if negated else operator, value)


def plain_column(lookup: Any) -> Any:
    """The plain logged column that the lookup is about; None if it is about something else."""
    side = getattr(lookup, "lhs", None)
    if type(side) is Col and side.alias and is_logged(side.target):
        return side
    return None


@lru_cache(maxsize=4096)
def is_logged(field: Any) -> bool:
    """Whether changes carry the column: a condition that no change can contradict would only cost."""
    return field.column in logged_columns(field.model)


def plain_values(lookup: Any, is_list: bool) -> frozenset[Json] | None:
    """The plain values that the lookup allows; None if it has others, or too many."""
    listed = [value for value in lookup.rhs if value is not None] if is_list else [lookup.rhs]
    if len(listed) > MAX_VALUES:
        return None
    try:
        return frozenset(json_value(lookup.lhs.target, value) for value in listed)
    except (TypeError, ValueError):
        return None
