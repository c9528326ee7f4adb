"""Conditions that are filled in equal those that are worked out."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from realtime.reads import terms
from realtime.reads.checks import Comparison, In, IsNull, NotIn, NotNull
from realtime.reads.lookups import Branch, Leaf
from realtime.reads.templates import signature_of

columns = st.sampled_from(["a", "b", "c", "d"])
numbers = st.integers(0, 30)
some = st.frozensets(numbers, min_size=1, max_size=20)
checks = st.one_of(
    st.builds(In, columns, some),
    st.builds(NotIn, columns, some),
    st.builds(IsNull, columns),
    st.builds(NotNull, columns),
    st.builds(Comparison, columns, st.sampled_from(["<", "<=", ">", ">="]), numbers),
)
leaves = st.builds(Leaf, st.sampled_from(["t", "u"]), checks)
trees = st.recursive(
    leaves, lambda parts: st.builds(Branch, st.booleans(), st.lists(parts, min_size=1, max_size=3).map(tuple))
)
nullables = st.sampled_from([frozenset(), frozenset({"u"})])


def moved(tree: Any, by: int) -> Any:
    """The tree with other values, in another order."""
    if isinstance(tree, Branch):
        return Branch(tree.is_all, tuple(moved(part, by) for part in tree.parts))
    check: Any = tree.check
    if isinstance(check, In | NotIn):
        values: Any = check.values
        check = check._replace(values=frozenset((value * 7 + by) % 31 for value in values))
    elif isinstance(check, Comparison):
        number: Any = check.value
        check = check._replace(value=number + by)
    return Leaf(tree.alias, check)


@given(trees, nullables, st.integers(0, 30))
def test_filled_in_equals_worked_out(tree: Leaf | Branch, nullable: frozenset[str], by: int) -> None:
    terms.conditions_in(tree, nullable)  # makes the template, if there is none yet
    other = moved(tree, by)
    assert signature_of(other)[0] == signature_of(tree)[0]
    for each in (tree, other):
        assert terms.conditions_in(each, nullable) == terms.worked_out(each, nullable)


def test_equalities_of_one_column_meet_by_value() -> None:
    def both(first: int, second: int) -> Any:
        return Branch(True, tuple(Leaf("t", In("a", frozenset([value]))) for value in (first, second)))

    assert terms.conditions_in(both(1, 1), frozenset())["t"].terms == ((("a", (1,)),),)
    assert terms.conditions_in(both(1, 2), frozenset())["t"].terms == ()


def test_many_values_are_another_template() -> None:
    """16 are hashed, 17 are looked through."""
    for count, is_hashed in ((16, True), (17, False), (16, True)):
        condition = terms.conditions_in(Leaf("t", In("a", frozenset(range(count)))), frozenset())["t"]
        assert (condition.terms is not None) == is_hashed
        assert bool(condition.checks) != is_hashed
