"""How far a list looks where no index answers it: it looks at the first records of its order, and says how many.

What an index serves is read to the end of the page and no further. Anything else (a sort by a column without an index,
a word that is in many records, a condition that few records meet) would read and sort all that the actor may see: at
a million records that takes seconds. So it looks at the first ``MOST`` records, a range of an index, and answers how
far it looked; a filter goes on from there with the next cursor.
"""

import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.roles.policy import scope_of
from crm.filters.fields import SPANS
from crm.filters.grammar import AllOf, Condition, Filter, parts_of
from crm.records.custom import PREFIX
from crm.search.matching import Divided
from realtime.functions import Context
from realtime.functions.pages import after_cursor, encode_cursor
from realtime.reads.fixed import Statement
from realtime.reads.tracker import declare_reads

#: Records that a list looks at before it says how far it looked: some 30 ms of the database, in any order of theirs.
MOST = 20_000
#: The end of a window bounds the work and is no part of the answer: once found, it serves for this many seconds.
KEPT = 600.0
#: Operators that an index serves: of a custom field, and of an indexed column.
POINTS = ("is", "any_of", "all_of")
SERVED = (*POINTS, "is_me", "my_teams", "before", "after", "between", "within", *SPANS, "overdue")
#: The greatest bigint.
MAX_ID = 2**63 - 1
_Kept = tuple[float, "Window | None"]
_kept: dict[Hashable, _Kept] = {}


@dataclass(frozen=True, slots=True)
class Window:
    """The first records of an order, by the order's values of the last one of them."""

    order: tuple[str, ...]
    last: tuple[Any, ...]

    def q(self) -> Q:
        """In the window, with all that equals its last one: one condition, by which the planner judges it rightly."""
        name = self.order[0]
        return Q(**{f"{name.lstrip('-')}__{'gte' if name.startswith('-') else 'lte'}": self.last[0]})

    @property
    def cursor(self) -> str:
        """Where the records after it begin, beyond any id of that value."""
        return encode_cursor(self.order, [self.last[0], 0 if self.order[0].startswith("-") else MAX_ID])


def window_of(
    ctx: Context, among: Divided[Any], order: tuple[str, ...], cursor: str | None = None
) -> Window | None:
    """The window of the rows that the actor sees, in an order that an index has, from the cursor on.

    None if there are no more than that. The rows are what the actor's scope alone makes them.
    """
    if cursor is not None:
        return _end(among.rows.filter(after_cursor(among.rows.model, order, cursor)), order)
    key = (ctx.schema, among.name, order, scope_of(ctx).whole_key())
    until, found = _kept.get(key, (0.0, None))
    if until < time.monotonic():
        found = _end(among.rows, order)
        if len(_kept) > 10_000:
            _kept.clear()
        _kept[key] = (time.monotonic() + KEPT, found)
    return found


def forget_windows() -> None:
    """Look for them anew."""
    _kept.clear()


def is_found_by_index(node: Filter, indexed: frozenset[str]) -> bool:
    """Whether an index leads to what the filter admits, so that what is not admitted is not looked at."""
    if isinstance(node, Condition):
        if f"{node.field} {node.op}" in indexed:
            return True
        is_custom = node.field.startswith(PREFIX)
        return node.op in (POINTS if is_custom else SERVED) and (is_custom or node.field in indexed)
    parts = [is_found_by_index(part, indexed) for part in parts_of(node) or ()]
    return any(parts) if isinstance(node, AllOf) else bool(parts) and all(parts)


def is_picked(node: Filter) -> bool:
    """Whether an index of members (tags, own fields) finds the records, so that all of them are sorted."""
    if isinstance(node, Condition):
        return node.op in POINTS and (node.field == "tags" or node.field.startswith(PREFIX))
    parts = [is_picked(part) for part in parts_of(node) or ()]
    return any(parts) if isinstance(node, AllOf) else bool(parts) and all(parts)


def _end(visible: QuerySet[Any, Any], order: tuple[str, ...]) -> Window | None:
    names = [name.lstrip("-") for name in order]
    last = visible.order_by(*order).values_list(*names)[MOST : MOST + 1]
    # Where the work ends is not what the answer depends on.
    with declare_reads(tables=()):
        rows = Statement(last).rows(())
    if not rows or None in rows[0]:
        return None
    return Window(order, rows[0])


def are_few(found: QuerySet[Any, Any]) -> bool:
    """Whether the rows are no more than a window of them."""
    return not found.order_by().values_list("pk", flat=True)[MOST : MOST + 1]
