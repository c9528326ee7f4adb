"""What a WHERE clause demands of the rows of each alias: equality terms to hash by, and checks for the rest.

For each alias the outcome is a condition that a row must satisfy to have any part in the query. All that is
unknown counts as true, which only makes the condition weaker. A weaker condition flags more changes than
needed and never fewer.
"""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple

from realtime.reads.checks import Both, Check, Either, In, IsNull
from realtime.reads.kept import Kept
from realtime.reads.lookups import Branch, Leaf, Tree, tree_of
from realtime.reads.readset import Conjunction
from realtime.reads.templates import Given, Template, blank_tree, ordered, signature_of, template_of
from realtime.reads.values import Json

#: A condition that expands to more value tuples than this is replaced by a weaker one and a check.
MAX_CONJUNCTIONS = 64
#: A longer list is a check: hashing each of its values would cost memory for every subscription.
MAX_HASHED = 16

Values = frozenset[Json]
Terms = dict[str, Values]
Disjunction = list[Terms]


class Hashed(NamedTuple):
    """A condition by equality terms (None: they say nothing), and whether it demands no more than they do."""

    terms: Disjunction | None
    is_exact: bool


UNHASHED = Hashed(None, False)

#: Stands for the templates of clauses that have none.
MEETING: tuple[Template, ...] = (Template("", None, ()),)
_TEMPLATES: Kept[tuple[Template, ...]] = Kept(2_000)


class Condition(NamedTuple):
    """Of one alias's rows; no terms (None): any row, as far as equality goes."""

    terms: tuple[Conjunction, ...] | None
    checks: tuple[Check, ...]


class _NoRow(dict[str, Any]):
    """What stands on the outer side of a join where no row is: NULL in every column."""

    def get(self, _key: str, _default: Any = None) -> Any:
        return None


_NO_ROW = _NoRow()


def conditions_of(node: Any, nullable: frozenset[str]) -> dict[str, Condition]:
    """The conditions of a WHERE node; ``nullable`` are the aliases on the outer side of a join.

    There a clause that holds without a row says nothing about the rows that are.
    """
    tree = tree_of(node)
    return conditions_in(tree, nullable) if isinstance(tree, Leaf | Branch) else {}


def conditions_in(tree: Leaf | Branch, nullable: frozenset[str]) -> dict[str, Condition]:
    """The conditions of a clause in normal form."""
    templates, given = _kept_templates(tree, nullable)
    if templates is MEETING:
        return worked_out(tree, nullable)
    return {
        template.alias: Condition(template.terms(given), tuple([check(given) for check in template.checks]))
        for template in templates
    }


def templates_of(tree: Leaf | Branch, nullable: frozenset[str]) -> tuple[Template, ...]:
    """The templates that the clause's conditions are filled in by; MEETING if it has none."""
    return _kept_templates(tree, nullable)[0]


def _kept_templates(tree: Leaf | Branch, nullable: frozenset[str]) -> tuple[tuple[Template, ...], Given]:
    signature, given = signature_of(tree)
    templates = _TEMPLATES.get((signature, nullable))
    if templates is None:
        templates = _templates(tree, nullable)
        _TEMPLATES.put((signature, nullable), templates)
    return templates, given


def _templates(tree: Leaf | Branch, nullable: frozenset[str]) -> tuple[Template, ...]:
    blank = blank_tree(tree)
    if blank is None:
        return MEETING
    return tuple(template_of(alias, *condition) for alias, condition in worked_out(blank, nullable).items())


def worked_out(tree: Leaf | Branch, nullable: frozenset[str]) -> dict[str, Condition]:
    """The conditions without a template."""
    found = {}
    for alias in dict.fromkeys(_aliases(tree)):
        check = _of_alias(tree, alias)
        if check is not None and not (alias in nullable and check.passes(_NO_ROW)):
            found[alias] = _condition(check)
    return found


def _aliases(tree: Leaf | Branch) -> Iterator[str]:
    if isinstance(tree, Leaf):
        yield tree.alias
    else:
        for part in tree.parts:
            yield from _aliases(part)


def _of_alias(tree: Tree, alias: str) -> Check | None:
    """What the tree demands of the alias's rows; None for nothing."""
    if isinstance(tree, Leaf):
        return tree.check if tree.alias == alias else None
    if not isinstance(tree, Branch):
        return None
    parts = [_of_alias(part, alias) for part in tree.parts]
    known = tuple(part for part in parts if part is not None)
    if not known or (len(known) < len(parts) and not tree.is_all):
        return None
    if len(known) == 1:
        return known[0]
    return Both(known) if tree.is_all else Either(known)


def _condition(check: Check) -> Condition:
    parts = check.checks if isinstance(check, Both) else (check,)
    hashed = [_hashed(part) for part in parts]
    joined = _product_of([found for found in hashed if found.terms is not None])
    rest = tuple(part for part, found in zip(parts, hashed, strict=True) if not found.is_exact)
    if joined.terms is None:
        return Condition(None, rest)
    conjunctions = tuple(dict.fromkeys(map(_conjunction, joined.terms)))
    return Condition(conjunctions, rest if joined.is_exact else parts)


def _conjunction(terms: Terms) -> Conjunction:
    return tuple((column, ordered(terms[column])) for column in sorted(terms))


def _hashed(check: Check) -> Hashed:
    """What equality terms alone can say of the check."""
    if isinstance(check, In):
        return Hashed([{check.column: check.values}], True) if len(check.values) <= MAX_HASHED else UNHASHED
    if isinstance(check, IsNull):
        return Hashed([{check.column: frozenset([None])}], True)
    if isinstance(check, Both):
        parts = [_hashed(part) for part in check.checks]
        joined = _product_of([part for part in parts if part.terms is not None])
        return Hashed(joined.terms, joined.is_exact and all(part.is_exact for part in parts))
    return _any_hashed([_hashed(part) for part in check.checks]) if isinstance(check, Either) else UNHASHED


def _any_hashed(parts: list[Hashed]) -> Hashed:
    found: Disjunction = []
    for part in parts:
        if part.terms is None:
            return UNHASHED
        found += part.terms
    return (
        Hashed(found, all(part.is_exact for part in parts)) if _size(found) <= MAX_CONJUNCTIONS else UNHASHED
    )


def _product_of(parts: list[Hashed]) -> Hashed:
    """All of the conditions at once; of those that are too many together, the more particular ones."""
    if not parts:
        return UNHASHED
    joined, is_exact = parts[0].terms or [], True
    for part in parts[1:]:
        terms = part.terms or []
        both = [found for a, b in product(joined, terms) if (found := _joined(a, b)) is not None]
        if _size(both) <= MAX_CONJUNCTIONS:
            joined = both
        else:
            is_exact = False
            joined = min(joined, terms, key=_size)
    return Hashed(joined, is_exact)


def _joined(left: Terms, right: Terms) -> Terms | None:
    """One conjunction of two; None if a column would have to have two values."""
    joined = dict(left)
    for column, values in right.items():
        joined[column] = joined[column] & values if column in joined else values
        if not joined[column]:
            return None
    return joined


def _size(terms: Iterable[Terms]) -> int:
    """How many value tuples the disjunction expands to."""
    total = 0
    for conjunction in terms:
        count = 1
        for values in conjunction.values():
            count *= len(values)
        total += count
    return total
