"""``search=`` of the lists: the rows of a queryset that the search finds."""

from typing import Any, TypeVar

from django.db.models import F, Func, Model, QuerySet, TextField, Value
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan

from crm.records.fields import shows
from crm.search.finding import find_ids
from crm.search.marking import words_of
from crm.search.sources import Kind
from realtime.functions import Context

M = TypeVar("M", bound=Model)

#: Up to so many records are picked by their ids; a search that finds more is a filter, which then finds its page soon.
MOST = 500
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
    if not asked.strip():
        return found
    if not binned:
        ids = find_ids(ctx, asked, kind, MOST)
        if len(ids) < MOST:
            return found.filter(pk__in=ids)
    for word in words_of(asked):
        found = found.filter(_has(ctx, kind, word))
    return found


def _has(ctx: Context, kind: Kind, word: str) -> GreaterThan:
    """A word of the record begins with this one.

    Said by the word's place: PostgreSQL takes LIKE on an expression for a rarity and would read and sort all of the
    actor's records; a comparison it takes for a third of them, and walks the list's index until the page is full.
    """
    texts = [F(text) for text, field in TEXTS[kind] if shows(ctx, kind, field)]
    spaced = [part for text in texts for part in (Value(" "), text)]
    folded = Func(Concat(*spaced, output_field=TextField()), function="search_fold", output_field=TextField())
    spoken = Concat(Value(" "), folded, output_field=TextField())
    return GreaterThan(StrIndex(spoken, Value(f" {word}")), 0)
