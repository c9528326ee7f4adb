"""Conditions that a row must meet to matter and that hashing can't find: ranges, exclusions, a page's end.

A check is applied to the few rows that the equality terms let through. What it does not know (a column that
the log does not carry, a date before year 1) passes. SQL's third truth value needs no place here: a check
says whether the condition can be true, and of NULL only IS NULL is.

Tuples of equal members are equal, of whatever class; where two classes have the same members, ``kind`` tells them
apart: read sets are kept by their checks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from realtime.changes.change import Change
from realtime.reads.values import Json

_ABSENT = object()
Row = Mapping[str, Any]


class Comparison(NamedTuple):
    """A column against a value: one of < <= > >=; NULL never passes."""

    column: str
    operator: str
    value: int | str

    def passes(self, row: Row) -> bool:
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
    kind: Literal["NotNull"] = "NotNull"

    def passes(self, row: Row) -> bool:
        return row.get(self.column, _ABSENT) is not None


class IsNull(NamedTuple):
    """A column that has none."""

    column: str
    kind: Literal["IsNull"] = "IsNull"

    def passes(self, row: Row) -> bool:
        return row.get(self.column) is None


class In(NamedTuple):
    """A column that has one of the values."""

    column: str
    values: frozenset[Json]
    kind: Literal["In"] = "In"

    def passes(self, row: Row) -> bool:
        found = row.get(self.column, _ABSENT)
        return found is _ABSENT or found in self.values


class NotIn(NamedTuple):
    """A column that has another value than these; NULL does not pass."""

    column: str
    values: frozenset[Json]
    kind: Literal["NotIn"] = "NotIn"

    def passes(self, row: Row) -> bool:
        found = row.get(self.column, _ABSENT)
        return found is not None and found not in self.values


class Both(NamedTuple):
    """All of the checks at once (AND)."""

    checks: tuple[Check, ...]
    kind: Literal["Both"] = "Both"

    def passes(self, row: Row) -> bool:
        return all(check.passes(row) for check in self.checks)


class Either(NamedTuple):
    """One of the checks (OR)."""

    checks: tuple[Check, ...]
    kind: Literal["Either"] = "Either"

    def passes(self, row: Row) -> bool:
        return any(check.passes(row) for check in self.checks)


class SortKey(NamedTuple):
    """One column of an ordering, and the value that the last row of the page has in it."""

    column: str
    is_descending: bool
    nulls_first: bool
    last: Json


class Window(NamedTuple):
    """The rows up to the last one of a full page: what sorts beyond it can't move anything on the page."""

    keys: tuple[SortKey, ...]

    def passes(self, row: Row) -> bool:
        for key in self.keys:
            found = row.get(key.column, _ABSENT)
            if found != key.last:
                return not _is_beyond(key, found)
        return True


class Shown(NamedTuple):
    """The rows that the result holds, by a key column: of others it matters only that they may come in.

    ``deciding`` are the columns by which a row gets into the result or not (and, on a page, to its place); None
    for all. A row that is not shown and keeps these stays out. ``is_closed``: that a row which is not shown goes
    away matters nothing, either.
    """

    key: str
    rows: frozenset[Json]
    deciding: frozenset[str] | None
    is_closed: bool

    def passes(self, row: Row) -> bool:
        return True

    def admits(self, change: Change, row: Row | None) -> bool:
        """Whether this side (``change.old`` or ``change.new``) of the change can matter."""
        if not self._stays(change) and (row is change.new or not self.is_closed):
            return True
        before = (change.old or {}).get(self.key, _ABSENT)
        return before is _ABSENT or before in self.rows

    def _stays(self, change: Change) -> bool:
        return (
            change.op == "U"
            and bool(change.columns)
            and self.deciding is not None
            and self.deciding.isdisjoint(change.columns)
        )


Check = Comparison | NotNull | IsNull | In | NotIn | Both | Either | Window | Shown


def meets(checks: Iterable[Check], change: Change, row: Row) -> bool:
    """Whether one side of the change (``old`` or ``new``) meets all checks, as far as it is known."""
    return all(check.admits(change, row) if type(check) is Shown else check.passes(row) for check in checks)


def minds_emptying(checks: Iterable[Check]) -> bool:
    """Whether it can matter that all rows of the table go away."""
    return not any(type(check) is Shown and check.is_closed and not check.rows for check in checks)


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
