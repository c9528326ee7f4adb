"""Finds the read sets that a change touches, by hashing the row's old and new values.

(schema, table) -> manner (which columns were read, and whether only updates matter) -> scheme (the columns
that a conjunction compares) -> values -> keys. A change costs one look-up per scheme and row version, however
many read sets there are. Equal, by definition and by test, to asking each read set ``touched_by``.
"""

from collections.abc import Hashable, Iterator, Mapping
from itertools import product
from typing import Generic, TypeVar

from realtime.changes.change import Change
from realtime.reads.readset import Conjunction, ReadSet, TableRead, is_of_whole_table, sees_columns
from realtime.reads.values import Json

Key = TypeVar("Key", bound=Hashable)
Manner = tuple[frozenset[str] | None, bool]
Scheme = tuple[str, ...]
Values = tuple[Json, ...]

_ABSENT = object()


class _Group(Generic[Key]):
    """Keys that read one table in the same manner."""

    __slots__ = ("schemes", "whole")

    def __init__(self) -> None:
        self.whole: set[Key] = set()
        self.schemes: dict[Scheme, dict[Values, set[Key]]] = {}

    def add(self, key: Key, read: TableRead) -> None:
        if read.terms is None:
            self.whole.add(key)
        for scheme, values in _tuples(read):
            self.schemes.setdefault(scheme, {}).setdefault(values, set()).add(key)

    def remove(self, key: Key, read: TableRead) -> None:
        if read.terms is None:
            self.whole.discard(key)
        for scheme, values in _tuples(read):
            buckets = self.schemes.get(scheme, {})
            keys = buckets.get(values)
            if keys is not None:
                keys.discard(key)
                if not keys:
                    del buckets[values]
                if not buckets:
                    del self.schemes[scheme]

    def all_keys(self) -> Iterator[set[Key]]:
        yield self.whole
        for buckets in self.schemes.values():
            yield from buckets.values()

    def matching(self, row: Mapping[str, object]) -> Iterator[set[Key]]:
        """The sets of keys with a conjunction that the row satisfies, as far as the row is known."""
        for scheme, buckets in self.schemes.items():
            values = tuple([row.get(column, _ABSENT) for column in scheme])
            if _ABSENT in values:
                yield from _partly_matching(buckets, values)
            elif keys := buckets.get(values):  # type: ignore[arg-type]
                yield keys


class MatchIndex(Generic[Key]):
    """Read sets by key, arranged to find those that a change touches."""

    def __init__(self) -> None:
        self._read_sets: dict[Key, ReadSet] = {}
        self._tables: dict[tuple[str, str], dict[Manner, _Group[Key]]] = {}

    def __len__(self) -> int:
        return len(self._read_sets)

    def __contains__(self, key: Key) -> bool:
        return key in self._read_sets

    def add(self, key: Key, read_set: ReadSet) -> None:
        """Hold the read set under the key, in place of the one held before."""
        self.remove(key)
        self._read_sets[key] = read_set
        for read in read_set.reads:
            groups = self._tables.setdefault((read.schema, read.table), {})
            group = groups.get(_manner(read))
            if group is None:
                group = groups[_manner(read)] = _Group()
            group.add(key, read)

    def remove(self, key: Key) -> None:
        """Forget the key; nothing happens if it is not held."""
        read_set = self._read_sets.pop(key, None)
        for read in read_set.reads if read_set is not None else ():
            self._remove_read(key, read)

    def match(self, change: Change) -> set[Key]:
        """The keys whose read sets the change touches."""
        found: set[Key] = set()
        groups = self._tables.get((change.schema, change.table), {})
        for (columns, updates_only), group in groups.items():
            if is_of_whole_table(change):
                found.update(*group.all_keys())
            elif sees_columns(columns, change) and (change.op == "U" or not updates_only):
                found |= group.whole
                for row in (change.old, change.new):
                    if row is not None:
                        found.update(*group.matching(row))
        return found

    def _remove_read(self, key: Key, read: TableRead) -> None:
        table = (read.schema, read.table)
        groups = self._tables.get(table, {})
        group = groups.get(_manner(read))
        if group is None:
            return
        group.remove(key, read)
        if not group.whole and not group.schemes:
            del groups[_manner(read)]
        if not groups:
            del self._tables[table]


def _manner(read: TableRead) -> Manner:
    return read.columns, read.updates_only


def _tuples(read: TableRead) -> Iterator[tuple[Scheme, Values]]:
    """Each scheme and value tuple of the read's conjunctions."""
    for conjunction in read.terms or ():
        scheme = _scheme(conjunction)
        for values in product(*(values for _, values in conjunction)):
            yield scheme, values


def _scheme(conjunction: Conjunction) -> Scheme:
    return tuple(column for column, _ in conjunction)


def _partly_matching(buckets: Mapping[Values, set[Key]], values: tuple[object, ...]) -> Iterator[set[Key]]:
    """Buckets that agree with the known values: a row without a column may have anything in it."""
    known = [(place, value) for place, value in enumerate(values) if value is not _ABSENT]
    for bucket, keys in buckets.items():
        if all(bucket[place] == value for place, value in known):
            yield keys
