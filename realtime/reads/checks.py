"""Conditions that a row must meet to matter and that hashing can't find: ranges, exclusions, a page's end.

A check is applied to the few rows that the equality terms let through. What it does not know (a column that
the log does not carry, a date before year 1) passes.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from realtime.reads.values import Json

_ABSENT = object()


class Comparison(NamedTuple):
    """A column against a value: one of < <= > >=; NULL never passes."""

    column: str
    operator: str
    value: int | str

    def passes(self, row: Mapping[str, Any]) -> bool:
        found = row.get(self.column, _ABSENT)
        if found is None:
            return False
        if found == self.value:
            return self.operator in ("<=", ">=")
        if not is_ordered(found, self.value):
            return True
        return bool(found < self.value) == self.operator.startswith("<")


class NotNull(NamedTuple):
    """A column that has a value."""

    column: str

    def passes(self, row: Mapping[str, Any]) -> bool:
        return row.get(self.column, _ABSENT) is not None


class NotIn(NamedTuple):
    """A column that has none of the values."""

    column: str
    values: tuple[Json, ...]

    def passes(self, row: Mapping[str, Any]) -> bool:
        return row.get(self.column, _ABSENT) not in self.values


class SortKey(NamedTuple):
    """One column of an ordering, and the value that the last row of the page has in it."""

    column: str
    is_descending: bool
    nulls_first: bool
    last: Json


class Window(NamedTuple):
    """The rows up to the last one of a full page: what sorts beyond it can't move anything on the page."""

    keys: tuple[SortKey, ...]

    def passes(self, row: Mapping[str, Any]) -> bool:
        for key in self.keys:
            found = row.get(key.column, _ABSENT)
            if found != key.last:
                return not _is_beyond(key, found)
        return True


Check = Comparison | NotNull | NotIn | Window


def is_ordered(found: object, value: object) -> bool:
    """Whether the two JSON values stand in PostgreSQL's order: numbers, or times of years with four digits."""
    if isinstance(found, str) and isinstance(value, str):
        return found[4:5] == value[4:5] == "-" and not found.endswith("BC")
    return isinstance(found, int) and isinstance(value, int)


def _is_beyond(key: SortKey, found: Any) -> bool:
    """Whether a different value sorts after the last one's."""
    if found is None:
        return not key.nulls_first
    if key.last is None:
        return key.nulls_first and found is not _ABSENT
    if not is_ordered(found, key.last):
        return False
    return bool(found < key.last) if key.is_descending else bool(found > key.last)
