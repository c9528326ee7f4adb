"""``search=`` of the lists: the rows of a queryset that the search finds."""

from dataclasses import dataclass
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

#: Up to so many records are picked by their ids; a search that finds more is a filter, which then finds its page soon.
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
    divided = divide(ctx, kind, found, asked, binned=binned)
    return divided.rows if divided.condition is None else divided.rows.filter(divided.condition)


@dataclass(frozen=True, slots=True)
class Divided(Generic[M]):
    """The rows that an index leads to, and what has to be asked about each of them, if anything."""

    rows: QuerySet[M, Any]
    condition: Q | None = None
    #: Whether they are few: those that were found, or the bin's.
    are_few: bool = False


def divide(
    ctx: Context, kind: Kind, found: QuerySet[M, Any], asked: str, *, binned: bool = False
) -> Divided[M]:
    """What ``matching`` answers, in its two parts."""
    if not asked.strip():
        return Divided(found, are_few=binned)
    if not binned:
        ids = find_ids(ctx, asked, kind, MOST)
        if len(ids) < MOST:
            return Divided(found.filter(pk__in=ids), are_few=True)
    condition = Q()
    for word in words_of(asked):
        condition &= _has(ctx, kind, word)
    return Divided(found, condition, binned)


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
