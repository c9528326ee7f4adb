"""The index finds exactly what the definition says, whatever is put in and taken out."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.changes.change import Change
from realtime.reads import MatchIndex, ReadSet, TableRead
from realtime.reads.checks import (
    Both,
    Check,
    Comparison,
    Either,
    In,
    IsNull,
    NotIn,
    NotNull,
    Shown,
    SortKey,
    Window,
)
from realtime.reads.readset import without_covered

COLUMNS = ["a", "b", "c"]
schemas = st.sampled_from(["t_acme", "t_globex"])
tables = st.sampled_from(["deals", "tasks"])
values: st.SearchStrategy[Any] = st.one_of(st.none(), st.integers(0, 2), st.sampled_from(["x", "y"]))
rows = st.dictionaries(st.sampled_from(COLUMNS), values)
some_columns = st.frozensets(st.sampled_from([*COLUMNS, "d"]))
conjunctions = st.dictionaries(
    st.sampled_from(COLUMNS), st.lists(values, min_size=1, max_size=3, unique=True).map(tuple), max_size=3
).map(lambda terms: tuple(sorted(terms.items())))
value_sets = st.frozensets(values, max_size=2)
simple = st.one_of(
    st.builds(
        Comparison, st.sampled_from(COLUMNS), st.sampled_from(["<", "<=", ">", ">="]), st.integers(0, 2)
    ),
    st.builds(NotNull, st.sampled_from(COLUMNS)),
    st.builds(IsNull, st.sampled_from(COLUMNS)),
    st.builds(In, st.sampled_from(COLUMNS), value_sets),
    st.builds(NotIn, st.sampled_from(COLUMNS), value_sets),
    st.builds(
        SortKey, st.sampled_from(COLUMNS), st.booleans(), st.booleans(), st.none() | st.integers(0, 2)
    ).map(lambda key: Window((key,))),
)
several = st.lists(simple, min_size=1, max_size=2).map(tuple)
checks = st.one_of(
    simple,
    st.builds(Both, several),
    st.builds(Either, several),
    st.builds(Shown, st.sampled_from(COLUMNS), value_sets, st.none() | some_columns, st.booleans()),
)
table_reads = st.builds(
    TableRead,
    schema=schemas,
    table=tables,
    terms=st.none() | st.lists(conjunctions, max_size=3).map(tuple),
    columns=st.none() | some_columns,
    updates_only=st.booleans(),
    checks=st.lists(checks, max_size=2).map(tuple),
)
read_sets = st.builds(ReadSet, st.lists(table_reads, max_size=4).map(tuple))
changes = st.builds(
    Change,
    id=st.just(1),
    xid=st.just(1),
    schema=schemas,
    table=tables,
    op=st.sampled_from("IUDTB"),
    pk=st.none(),
    columns=some_columns,
    old=st.none() | rows,
    new=st.none() | rows,
)


@given(
    held=st.lists(st.tuples(st.integers(0, 9), read_sets), max_size=12),
    removed=st.sets(st.integers(0, 9)),
    change=changes,
)
def test_index_equals_definition(held: list[tuple[int, ReadSet]], removed: set[int], change: Change) -> None:
    index: MatchIndex[int] = MatchIndex()
    for key, read_set in held:
        index.add(key, read_set)
    for key in removed:
        index.remove(key)
    left = {key: read_set for key, read_set in held if key not in removed}
    assert index.match(change) == {key for key, read_set in left.items() if read_set.touched_by(change)}
    assert len(index) == len(left)


@given(held=st.lists(st.tuples(st.integers(0, 9), read_sets), max_size=12))
def test_nothing_is_left_when_all_are_removed(held: list[tuple[int, ReadSet]]) -> None:
    index: MatchIndex[int] = MatchIndex()
    for key, read_set in held:
        index.add(key, read_set)
    for key, _ in held:
        index.remove(key)
    assert not index._tables
    assert not index._read_sets


@given(first=read_sets, second=read_sets, change=changes)
def test_read_sets_add_up(first: ReadSet, second: ReadSet, change: Change) -> None:
    either = first.touched_by(change) or second.touched_by(change)
    assert (first | second).touched_by(change) == either


@given(read=table_reads, other=table_reads, change=changes)
def test_what_is_left_out_as_covered_is_covered(read: TableRead, other: TableRead, change: Change) -> None:
    kept = ReadSet(without_covered((read, other)))
    assert kept.touched_by(change) == (read.touched_by(change) or other.touched_by(change))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (IsNull("a"), NotNull("a")),
        (In("a", frozenset([1])), NotIn("a", frozenset([1]))),
        (Both((IsNull("a"), NotNull("b"))), Either((IsNull("a"), NotNull("b")))),
    ],
)
def test_checks_of_equal_members_are_told_apart(first: Check, second: Check) -> None:
    """Of two read sets that differ in the kind of a check alone, each is found by its own changes."""
    assert first != second
    for pair in ((first, second), (second, first)):
        index: MatchIndex[int] = MatchIndex()
        held = {
            key: ReadSet((TableRead("t_one", "t", None, None, False, (check,)),))
            for key, check in enumerate(pair)
        }
        for key, read_set in held.items():
            index.add(key, read_set)
        for a, b in itertools.product([None, 1], repeat=2):
            row: dict[str, object] = {"a": a, "b": b}
            change = Change(1, 1, "t_one", "t", "I", 1, frozenset(), None, row)
            touched = {key for key, read_set in held.items() if read_set.touched_by(change)}
            assert index.match(change) == touched
