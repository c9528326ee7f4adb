"""``search=`` of the lists: the rows of a queryset that the search finds."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db.models import F, Func, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, Lower, StrIndex
from django.db.models.lookups import GreaterThan, Regex

from crm.records.fields import shows
from crm.search.finding import find_ids
from crm.search.marking import words_of
from crm.search.sources import Kind
from realtime.functions import Context

M = TypeVar("M", bound=Model)

#: Up to this many records are picked by their ids; a search that finds more is a filter, which fills its page soon.
MOST = 500
#: What folding does more to than to write it in lower case.
NOT_PLAIN = "[^ -~]|['`]"
#: The texts of a record in which that filter looks, with the fields whose rules hold for them.
TEXTS: dict[str, tuple[tuple[str, str], ...]] = {
    "contact": (("full_name", "full_name"), ("email", "email"), ("phone_e164", "phone")),
    "company": (("name", "name"), ("domain", "domain")),
    "deal": (("title", "title"),),
    "task": (("title", "title"),),
}


def matching(
    ctx: Context, kind: Kind, found: QuerySet[M, Any], asked: str, *, binned: bool = False
) -> QuerySet[M, Any]:
    """The rows that are found by the text; all of them if it is empty. ``binned``: records in the bin have no keys."""
    return divide(ctx, kind, lambda: found, asked, binned=binned).asked


@dataclass
class Divided(Generic[M]):
    """The rows that an index leads to, and what has to be asked about each of them, if anything."""

    #: What the rows are made from, besides the actor's scope and the sort.
    name: tuple[str, bool]
    make: Callable[[], QuerySet[M, Any]]
    condition: Q | None = None
    #: Whether they are few: those that were found, or the bin's.
    are_few: bool = False
    #: Whether they are some of those that the name tells.
    are_picked: bool = False

    @cached_property
    def rows(self) -> QuerySet[M, Any]:
        """The rows, which whoever has a kept statement for them need not make."""
        return self.make()

    @property
    def asked(self) -> QuerySet[M, Any]:
        """Those of them that were asked for."""
        return self.rows if self.condition is None else self.rows.filter(self.condition)


def divide(
    ctx: Context, kind: Kind, make: Callable[[], QuerySet[M, Any]], asked: str, *, binned: bool = False
) -> Divided[M]:
    """What ``matching`` answers for the rows that ``make`` makes, in its two parts."""
    name = (kind, binned)
    if not asked.strip():
        return Divided(name, make, are_few=binned)
    if not binned:
        ids = find_ids(ctx, asked, kind, MOST)
        if len(ids) < MOST:
            return Divided(name, lambda: make().filter(pk__in=ids), are_few=True, are_picked=True)
    condition = Q()
    for word in words_of(asked):
        condition &= _has(ctx, kind, word)
    return Divided(name, make, condition, binned)


def _has(ctx: Context, kind: Kind, word: str) -> Q:
    """A word of the record begins with this one.

    Said by the word's place: PostgreSQL takes LIKE on an expression for a rarity and would read and sort all of the
    actor's records; a comparison it takes for a third of them, and walks the list's index until the page is full.
    Folding is dear, and last: a text of plain letters that does not have the word at all need not be folded.
    """
    texts = [F(text) for text, field in TEXTS[kind] if shows(ctx, kind, field)]
    spaced = Concat(*[part for text in texts for part in (Value(" "), text)], output_field=TextField())
    folded = Func(spaced, function="search_fold", output_field=TextField())
    spoken = Concat(Value(" "), folded, output_field=TextField())
    begins = GreaterThan(StrIndex(spoken, Value(f" {word}")), 0)
    plainly = GreaterThan(StrIndex(Lower(spaced), Value(word)), 0)
    return (Q(plainly) | Q(Regex(spaced, NOT_PLAIN))) & Q(begins)
