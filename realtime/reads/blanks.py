"""Conditions whose values are parameters: two that differ in nothing but their values have one statement.

``blanked`` takes a Q apart into its signature and its values, so that a statement which is kept by the signature can
be compiled with marks in the values' place. Only lookups are taken that hand a value on as it is, or in a LIKE
pattern; ``Statement`` looks itself whether each mark arrived, so that whatever does something else is not kept.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

#: Kinds of values that can be a parameter.
KINDS = frozenset({int, str, date, datetime, Decimal})
#: Lookups that do more to a value than a mark could tell.
OPAQUE = frozenset({"iexact", "regex", "iregex", "range", "date", "time", "year", "month", "day", "hour"})
#: Longer lists would be a statement each.
MOST = 40
LARGEST = 2**63


@dataclass(frozen=True, slots=True)
class Blanked:
    """A condition: all of it but its values, and these in order."""

    signature: Hashable
    values: tuple[Any, ...]
    condition: Q

    def filled(self, values: Sequence[Any]) -> Q:
        """The condition with other values."""
        return _filled(self.condition, iter(values))


class _Opaque(Exception):
    """A part that is no plain comparison."""


def blanked(condition: Q) -> Blanked | None:
    """The condition without its values; None if there is a part that has to be compiled each time."""
    values: list[Any] = []
    try:
        signature = _read(condition, values)
    except _Opaque:
        return None
    return Blanked(signature, tuple(values), condition) if len(values) <= MOST else None


def _read(node: Any, values: list[Any]) -> Hashable:
    if isinstance(node, Q):
        parts = tuple([_read(child, values) for child in node.children])
        return (node.connector, node.negated, parts)
    if type(node) is not tuple:
        raise _Opaque
    name, value = node
    if name.rpartition("__")[2] in OPAQUE:
        raise _Opaque
    return (name, _read_value(value, values))


def _read_value(value: Any, values: list[Any]) -> Hashable:
    if value is None or value is True or value is False:
        return value
    if type(value) in (list, tuple):
        return tuple([_read_one(each, values) for each in value])
    return _read_one(value, values)


def _read_one(value: Any, values: list[Any]) -> Hashable:
    kind: Any = type(value)
    if kind not in KINDS or (kind is int and abs(value) >= LARGEST):
        raise _Opaque
    values.append(value)
    found: Hashable = kind
    return found


def _filled(node: Q, values: Iterator[Any]) -> Q:
    given: list[Any] = node.children
    children: list[Any] = [
        _filled(child, values) if isinstance(child, Q) else (child[0], _given(child[1], values))
        for child in given
    ]
    return Q.create(children, connector=node.connector, negated=node.negated)


def _given(value: Any, values: Iterator[Any]) -> Any:
    if value is None or value is True or value is False:
        return value
    return [next(values) for _ in value] if type(value) in (list, tuple) else next(values)
