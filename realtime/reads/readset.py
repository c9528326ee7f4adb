"""What a run has read, and whether a change can alter its result.

A table read says: of this table, only rows that satisfy one of these conjunctions of equalities can have had
a part in the result, and only these columns of them were looked at. It errs to the side of "can": a change
that it lets pass leaves the result as it was. ``ReadSet.touched_by`` is the definition in plain words;
``MatchIndex`` finds the same answers for very many read sets by hashing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from realtime.changes.change import Change
from realtime.reads.checks import Check, Row, meets, minds_emptying
from realtime.reads.values import Json

# One column and the values that it was compared with; None stands for IS NULL.
Term = tuple[str, tuple[Json, ...]]
# Terms that all hold at once, in the order of their columns, each column once.
Conjunction = tuple[Term, ...]


class TableRead(NamedTuple):
    """One appearance of a table in a query.

    ``terms`` is a disjunction of conjunctions, None for any row, empty for none; ``columns`` are those that
    were read, None for all. An empty ``columns`` is a read of which rows there are, as in COUNT(*).
    ``updates_only``: the rows were found through foreign keys that point at them, so one that comes or goes
    matters no more than the rows that point at it, which are a read of their own. ``checks`` are further
    conditions on such a row, all of which it meets.
    """

    schema: str
    table: str
    terms: tuple[Conjunction, ...] | None
    columns: frozenset[str] | None
    updates_only: bool = False
    checks: tuple[Check, ...] = ()

    def touched_by(self, change: Change) -> bool:
        """Whether the change can alter what this read saw."""
        if change.table != self.table or change.schema != self.schema or self.terms == ():
            return False
        if self.updates_only and change.op not in "UB":
            return False
        if is_of_whole_table(change):
            return change.op != "T" or minds_emptying(self.checks)
        if not sees_columns(self.columns, change):
            return False
        return self._sees(change, change.old) or self._sees(change, change.new)

    def _sees(self, change: Change, row: Row | None) -> bool:
        if row is None or not meets(self.checks, change, row):
            return False
        return self.terms is None or any(_holds(conjunction, row) for conjunction in self.terms)


@dataclass(frozen=True, slots=True)
class ReadSet:
    """All that one run has read."""

    reads: tuple[TableRead, ...] = ()

    def touched_by(self, change: Change) -> bool:
        """Whether the change can alter the run's result; the reference for ``MatchIndex``."""
        return any(read.touched_by(change) for read in self.reads)

    def __or__(self, other: "ReadSet") -> "ReadSet":
        return ReadSet(without_covered((*self.reads, *other.reads)))


def is_of_whole_table(change: Change) -> bool:
    """Whether the change may be of any row: TRUNCATE, a bulk marker, or one that carries no row."""
    return change.op in "TB" or (change.old is None and change.new is None)


def sees_columns(columns: frozenset[str] | None, change: Change) -> bool:
    """Whether a read of these columns can notice the change: an update of other columns it can't."""
    if change.op != "U" or columns is None or not change.columns:
        return True
    return not columns.isdisjoint(change.columns)


def without_covered(reads: Iterable[TableRead]) -> tuple[TableRead, ...]:
    """The reads without repeats and without those that a read of the whole table includes."""
    unique = dict.fromkeys(reads)
    whole = {read.table for read in unique if read.terms is None and not read.checks}
    return tuple(
        read
        for read in unique
        if read.table not in whole or not any(other in unique for other in _covering(read))
    )


def _covering(read: TableRead) -> Iterator[TableRead]:
    """Other reads that are touched by whatever touches this one."""
    for columns in {read.columns, None}:
        for updates_only in {read.updates_only, False}:
            whole = TableRead(read.schema, read.table, None, columns, updates_only)
            if whole != read:
                yield whole


def _holds(conjunction: Conjunction, row: Row) -> bool:
    """Whether the row satisfies the terms, as far as it is known: a column that it lacks may be anything."""
    return all(column not in row or row[column] in values for column, values in conjunction)
