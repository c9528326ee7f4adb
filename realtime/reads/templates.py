"""Conditions of WHERE clauses that differ in nothing but their values: found once, then filled in.

What becomes of a clause depends on its structure, its columns and on how many values each comparison has, not on
which values these are; so it is worked out once with a blank in the place of each value, and kept. The one
exception, two equalities of one column, whose values meet (``a = 1 AND a = 2``), has no template.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from realtime.reads.checks import Both, Check, Comparison, Either, In, IsNull, NotIn
from realtime.reads.lookups import Branch, Leaf
from realtime.reads.readset import Conjunction, Term

#: By leaf: the set of values, or a comparison's one value.
Given = list[Any]
Signature = tuple[Any, ...]


class Blank(NamedTuple):
    """One value of a leaf."""

    leaf: int
    place: int


class Template(NamedTuple):
    """One alias's condition: for each conjunction its columns with the leaf whose values they have (or with the
    values, where they are always the same), and what makes each of the checks.
    """

    alias: str
    conjunctions: tuple[tuple[tuple[str, int | Term], ...], ...] | None
    checks: tuple[Callable[[Given], Check], ...]

    def terms(self, given: Given) -> tuple[Conjunction, ...] | None:
        """The equality terms with these values."""
        if self.conjunctions is None:
            return None
        filled: list[Any] = [
            tuple([(column, ordered(given[leaf])) if type(leaf) is int else leaf for column, leaf in parts])
            for parts in self.conjunctions
        ]
        return tuple(dict.fromkeys(filled)) if len(filled) > 1 else tuple(filled)


def signature_of(tree: Leaf | Branch) -> tuple[Signature, Given]:
    """All of the tree but its values, and these, leaf by leaf."""
    signature: list[Any] = []
    given: Given = []
    _read(tree, signature, given)
    return tuple(signature), given


def _read(tree: Any, signature: list[Any], given: Given) -> None:
    if type(tree) is Branch:
        signature += tree.is_all, len(tree.parts)
        for part in tree.parts:
            _read(part, signature, given)
        return
    alias, check = tree
    kind = type(check)
    if kind is In or kind is NotIn:
        signature += alias, kind, check.column, len(check.values)
        given.append(check.values)
    elif kind is Comparison:
        signature += alias, kind, check.column, check.operator
        given.append(check.value)
    else:
        signature += alias, kind, check.column


def blank_tree(tree: Leaf | Branch) -> Leaf | Branch | None:
    """The tree with blanks in place of the values; None if two equalities of one column may meet in it."""
    equalities = [
        (leaf.alias, leaf.check.column) for leaf in leaves_of(tree) if type(leaf.check) in (In, IsNull)
    ]
    return _blank(tree, []) if len(set(equalities)) == len(equalities) else None


def leaves_of(tree: Any) -> Iterator[Any]:
    """The checks in the order of ``signature_of``."""
    if isinstance(tree, Leaf):
        yield tree
    else:
        for part in tree.parts:
            yield from leaves_of(part)


def _blank(tree: Any, numbers: list[int]) -> Leaf | Branch:
    """``numbers`` grows by one a leaf with values, in the order of ``signature_of``."""
    if isinstance(tree, Branch):
        return Branch(tree.is_all, tuple([_blank(part, numbers) for part in tree.parts]))
    check = tree.check
    if isinstance(check, In | NotIn):
        values: Any = frozenset(Blank(len(numbers), place) for place in range(len(check.values)))
        check = check._replace(values=values)
    elif isinstance(check, Comparison):
        value: Any = Blank(len(numbers), 0)
        check = check._replace(value=value)
    else:
        return Leaf(tree.alias, check)
    numbers.append(1)
    return Leaf(tree.alias, check)


def template_of(alias: str, terms: tuple[Conjunction, ...] | None, checks: tuple[Check, ...]) -> Template:
    """The template of a condition with blanks."""
    conjunctions = None
    if terms is not None:
        conjunctions = tuple(tuple((term[0], _place(term)) for term in conjunction) for conjunction in terms)
    return Template(alias, conjunctions, tuple(map(_filler, checks)))


def _place(term: Term) -> int | Term:
    first: Any = term[1][0]
    return first.leaf if isinstance(first, Blank) else term


def _filler(check: Any) -> Callable[[Given], Check]:
    kind: Any = type(check)
    if isinstance(check, Both | Either):
        parts = tuple(map(_filler, check.checks))
        return lambda given: kind(tuple([part(given) for part in parts]))
    if isinstance(check, In | NotIn):
        column = check.column
        blank: Any = next(iter(check.values))
        return lambda given: kind(column, given[blank.leaf])
    if isinstance(check, Comparison):
        place: Any = check.value
        column, operator, leaf = check.column, check.operator, place.leaf
        return lambda given: Comparison(column, operator, given[leaf])
    return lambda given: check


def ordered(values: Any) -> tuple[Any, ...]:
    """The values of a term, in an order that is always the same."""
    if len(values) == 1:
        return tuple(values)
    # Of one kind they are in order by themselves.
    is_mixed = len(set(map(type, values))) > 1
    return tuple(sorted(values, key=_sort_key) if is_mixed else sorted(values))


def _sort_key(value: Any) -> tuple[str, Any]:
    return ("", 0) if value is None else (type(value).__name__, value)
