"""Which parameter of a statement's text is which value of its conditions: found once a text, then filled in.

Two statements of one text differ in their parameters alone, so the value that a comparison has stands at the same
place in each. To find the place, the text is compiled once with marks in place of the values that the WHERE nodes'
plain comparisons compile to. From then on new parameters cost putting them in; the nodes are not looked at.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from realtime.reads import terms
from realtime.reads.checks import Comparison, In, NotIn
from realtime.reads.lookups import IN, Branch, Leaf, Origin, tree_of
from realtime.reads.templates import Given, Template, leaves_of, signature_of
from realtime.reads.terms import Condition
from realtime.reads.values import Json, form_of

NOWHERE = -1
WITH_VALUES = (In, NotIn, Comparison)
#: A comparison's node and which of its parameters.
Name = tuple[int, int]


class Mark:
    """Stands for a parameter while a statement is compiled; equal to another where their values are."""

    __slots__ = ("name", "value")

    def __init__(self, value: Any, name: Name) -> None:
        self.value, self.name = value, name

    def __eq__(self, other: object) -> bool:
        return bool(self.value == (other.value if isinstance(other, Mark) else other))

    def __hash__(self) -> int:
        return hash(self.value)


class Reader(NamedTuple):
    """How a leaf's value is made of the parameters; without places it is always the same."""

    places: tuple[int, ...]
    form: Callable[[object], Json]
    is_set: bool
    constant: Any = None


class PartFill(NamedTuple):
    """What fills the conditions of one part."""

    readers: tuple[Reader, ...]
    templates: tuple[Template, ...]


def comparisons_in(where: Any) -> frozenset[int]:
    """The nodes, by id, whose values the conditions are made of."""
    tree, origins = _origins(where)
    leaves = leaves_of(tree) if isinstance(tree, Leaf | Branch) else ()
    return frozenset(id(origins[id(leaf)].lookup) for leaf in leaves if isinstance(leaf.check, WITH_VALUES))


def marked(node: Any, params: Sequence[Any]) -> list[Any]:
    """The node's parameters with marks round them."""
    return [Mark(value, (id(node), number)) for number, value in enumerate(params)]


def unmarked(params: Sequence[Any]) -> tuple[tuple[Any, ...], dict[Name, int]]:
    """The parameters without marks, and where each of the marks was; NOWHERE those of a node that stands twice."""
    places: dict[Name, int] = {}
    twice: set[int] = set()
    for place, value in enumerate(params):
        if isinstance(value, Mark):
            if value.name in places:
                twice.add(value.name[0])
            places[value.name] = place
    plain = tuple([value.value if isinstance(value, Mark) else value for value in params])
    return plain, {name: NOWHERE if name[0] in twice else place for name, place in places.items()}


def fill_of(
    wheres: Sequence[Any], nullable: Sequence[frozenset[str]], params: Sequence[Any], places: dict[Name, int]
) -> tuple[PartFill, ...] | None:
    """What fills the conditions of a statement's parts; None where not each value is one of the parameters."""
    found = [_part(where, aliases, params, places) for where, aliases in zip(wheres, nullable, strict=True)]
    known = tuple([part for part in found if part is not None])
    return known if len(known) == len(found) else None


def conditions(part: PartFill, params: Sequence[Any]) -> dict[str, Condition]:
    """The conditions with these parameters; TypeError or ValueError if one of them is of an unexpected kind."""
    given = _given(part.readers, params)
    return {
        template.alias: Condition(template.terms(given), tuple([check(given) for check in template.checks]))
        for template in part.templates
    }


def _given(readers: Sequence[Reader], params: Sequence[Any]) -> Given:
    given: Given = []
    for places, form, is_set, constant in readers:
        if not places:
            given.append(constant)
        elif not is_set:
            given.append(form(params[places[0]]))
        else:
            given.append(frozenset([form(params[place]) for place in places]))
    return given


def _origins(where: Any) -> tuple[Any, dict[int, Origin]]:
    """The normal form, and of which node each of its leaves (by id) is."""
    origins: dict[int, Origin] = {}
    return tree_of(where, origins=origins), origins


def _part(
    where: Any, nullable: frozenset[str], params: Sequence[Any], places: dict[Name, int]
) -> PartFill | None:
    tree, origins = _origins(where) if where is not None else (None, {})
    if not isinstance(tree, Leaf | Branch):
        return PartFill((), ())
    templates = terms.templates_of(tree, nullable)
    readers = tuple(_readers(tree, origins, places))
    if templates is terms.MEETING or None in readers:
        return None
    known = tuple(reader for reader in readers if reader is not None)
    return PartFill(known, templates) if _is_right(known, params, signature_of(tree)[1]) else None


def _is_right(readers: Sequence[Reader], params: Sequence[Any], given: Given) -> bool:
    try:
        return _given(readers, params) == given
    except (TypeError, ValueError):
        return False


def _readers(
    tree: Leaf | Branch, origins: dict[int, Origin], places: dict[Name, int]
) -> Iterator[Reader | None]:
    """In the order of ``signature_of``; None for a value that is no parameter."""
    for leaf in leaves_of(tree):
        check = leaf.check
        if isinstance(check, WITH_VALUES):
            yield _reader(check, origins[id(leaf)], places)


def _reader(check: In | NotIn | Comparison, origin: Origin, places: dict[Name, int]) -> Reader | None:
    lookup, number = origin
    form = form_of(lookup.lhs.target)
    if form is None:
        return None
    if isinstance(check, Comparison):
        place = places.get((id(lookup), number), NOWHERE)
        return None if place == NOWHERE else Reader((place,), form, False)
    count = len(check.values) if type(lookup) in IN else 1
    found = [places[id(lookup), each] for each in range(count) if (id(lookup), each) in places]
    if NOWHERE in found:
        return None
    if len(found) == count:
        return Reader(tuple(found), form, True)
    # Of a boolean column the text itself says whether it is, or is not.
    is_said = not found and isinstance(lookup.rhs, bool)
    return Reader((), form, True, check.values) if is_said else None
