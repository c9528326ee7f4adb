"""Finds the read sets that a change touches, by hashing the row's old and new values.

(schema, table) -> manner (which columns were read, and whether only updates matter) -> scheme (the columns
that a conjunction compares) -> values -> checks -> keys. A change costs one look-up per scheme and row version,
however many read sets there are, and the checks of what it found. Equal, by definition and by test, to asking
each read set ``touched_by``.
"""

from collections.abc import Hashable, Iterator, Mapping
from itertools import product
from typing import Generic, TypeVar

from realtime.changes.change import Change
from realtime.reads.checks import Check, Row, meets, minds_emptying
from realtime.reads.readset import Conjunction, ReadSet, TableRead, is_of_whole_table, sees_columns
from realtime.reads.values import Json

Key = TypeVar("Key", bound=Hashable)
Checks = tuple[Check, ...]
Manner = tuple[frozenset[str] | None, bool]
Scheme = tuple[str, ...]
Values = tuple[Json, ...]

_ABSENT = object()


class _Bucket(Generic[Key]):
    """Keys that agree in their terms, by the checks that a row must meet besides."""

    __slots__ = ("keys_by_checks",)

    def __init__(self) -> None:
        self.keys_by_checks: dict[Checks, set[Key]] = {}

    def add(self, key: Key, checks: Checks) -> None:
        self.keys_by_checks.setdefault(checks, set()).add(key)

    def remove(self, key: Key, checks: Checks) -> None:
        keys = self.keys_by_checks.get(checks)
        if keys is not None:
            keys.discard(key)
            if not keys:
                del self.keys_by_checks[checks]

    def matching(self, change: Change, row: Row) -> Iterator[set[Key]]:
        for checks, keys in self.keys_by_checks.items():
            if not checks or meets(checks, change, row):
                yield keys


class _Group(Generic[Key]):
    """Keys that read one table in the same manner."""

    __slots__ = ("schemes", "whole")

    def __init__(self) -> None:
        self.whole: _Bucket[Key] = _Bucket()
        self.schemes: dict[Scheme, dict[Values, _Bucket[Key]]] = {}

    def add(self, key: Key, read: TableRead) -> None:
        if read.terms is None:
            self.whole.add(key, read.checks)
        for scheme, values in _tuples(read):
            buckets = self.schemes.setdefault(scheme, {})
            bucket = buckets.get(values)
            if bucket is None:
                bucket = buckets[values] = _Bucket()
            bucket.add(key, read.checks)

    def remove(self, key: Key, read: TableRead) -> None:
        if read.terms is None:
            self.whole.remove(key, read.checks)
        for scheme, values in _tuples(read):
            buckets = self.schemes.get(scheme, {})
            bucket = buckets.get(values)
            if bucket is not None:
                bucket.remove(key, read.checks)
                if not bucket.keys_by_checks:
                    del buckets[values]
                if not buckets:
                    del self.schemes[scheme]

    @property
    def is_empty(self) -> bool:
        return not self.schemes and not self.whole.keys_by_checks

    def all_keys(self, change: Change) -> Iterator[set[Key]]:
        """The sets of keys that a change of the whole table concerns."""
        of_schemes = (bucket for buckets in self.schemes.values() for bucket in buckets.values())
        for bucket in (self.whole, *of_schemes):
            for checks, keys in bucket.keys_by_checks.items():
                if change.op != "T" or minds_emptying(checks):
                    yield keys

    def matching(self, change: Change, row: Row) -> Iterator[set[Key]]:
        """The sets of keys whose conditions this side of the change meets, as far as it is known."""
        yield from self.whole.matching(change, row)
        for scheme, buckets in self.schemes.items():
            values = tuple([row.get(column, _ABSENT) for column in scheme])
            if _ABSENT in values:
                for bucket in _agreeing(buckets, values):
                    yield from bucket.matching(change, row)
            elif found := buckets.get(values):
                yield from found.matching(change, row)


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
            if updates_only and change.op not in "UB":
                continue
            if is_of_whole_table(change):
                found.update(*group.all_keys(change))
            elif sees_columns(columns, change):
                for row in (change.old, change.new):
                    if row is not None:
                        found.update(*group.matching(change, row))
        return found

    def _remove_read(self, key: Key, read: TableRead) -> None:
        table = (read.schema, read.table)
        groups = self._tables.get(table, {})
        group = groups.get(_manner(read))
        if group is None:
            return
        group.remove(key, read)
        if group.is_empty:
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


def _agreeing(buckets: Mapping[Values, _Bucket[Key]], values: tuple[object, ...]) -> Iterator[_Bucket[Key]]:
    """Buckets that agree with the known values: a row without a column may have anything in it."""
    known = [(place, value) for place, value in enumerate(values) if value is not _ABSENT]
    for place_values, bucket in buckets.items():
        if all(place_values[place] == value for place, value in known):
            yield bucket
