"""A filter as a Q over the ORM.

Every condition is true or false of a record, never unknown: a negative operator ("is not", "none of") holds where
there is no value, as people expect. So each is made as a positive condition, true only of records with a value, and
its negation. Nothing here reads the database or the clock by itself: see ``Viewer``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.db.models import Q

from crm.filters import dates, values
from crm.filters.columns import ColumnSource
from crm.filters.customs import CustomSource
from crm.filters.fields import SPANS, FilterField, Kind
from crm.filters.grammar import AllOf, Condition, Filter, Span, parts_of, refuse_too_large
from realtime.functions import Phrase, invalid


class Viewer(Protocol):
    """Who asks, and when: looked at only where a condition needs it, so that other answers can be shared."""

    zone: ZoneInfo

    def now(self) -> datetime:
        """The time of the call; whoever looks knows that the answer ends at the next midnight at the latest."""

    def member_id(self) -> int | None:
        """The acting member."""

    def team_ids(self) -> tuple[int, ...]:
        """The acting member's teams."""


class Source(Protocol):
    """How a field is compared in SQL; each is true only of records that have a value."""

    def filled(self) -> Q: ...
    def equals(self, value: Any) -> Q: ...
    def one_of(self, listed: list[Any]) -> Q: ...
    def all_of(self, listed: list[Any]) -> Q: ...
    def like(self, how: str, text: str) -> Q: ...
    def ranges(self, bounds: Mapping[str, Any]) -> Q: ...


@dataclass(slots=True)
class Compiled:
    """A filter in SQL, and the fields of which a moment going by changes the answer."""

    q: Q
    overdue: list[FilterField] = field(default_factory=list)


NEGATIVE = {
    "is_not": "is", "none_of": "any_of", "not_contains": "contains", "empty": "not_empty", "is_not_me": "is_me",
    "not_my_teams": "my_teams",
}  # fmt: skip
LIKE = ("contains", "starts_with", "ends_with")
BOUNDS = {"less": "lt", "at_most": "lte", "more": "gt", "at_least": "gte"}


def compile_filter(
    node: Filter,
    find: Callable[[str, str], FilterField],
    viewer: Viewer,
    guard: Callable[[FilterField], Q | None] = lambda _field: None,
) -> Compiled:
    """The filter in SQL. ``find(name, param)`` answers the field or refuses; ``guard`` says which linked records
    the actor sees. InvalidInput names what is wrong by its place ("filter.all.0.value")."""
    refuse_too_large(node)
    return _Compiler(find, viewer, guard).compiled(node)


class _Compiler:
    def __init__(
        self,
        find: Callable[[str, str], FilterField],
        viewer: Viewer,
        guard: Callable[[FilterField], Q | None],
    ) -> None:
        self._find, self._viewer, self._guard = find, viewer, guard
        self._overdue: list[FilterField] = []

    def compiled(self, node: Filter) -> Compiled:
        return Compiled(self._node(node, "filter"), self._overdue)

    def _node(self, node: Filter, place: str) -> Q:
        if isinstance(node, Condition):
            return self._condition(node, place)
        word = "all" if isinstance(node, AllOf) else "any"
        parts = [
            self._node(part, f"{place}.{word}.{index}") for index, part in enumerate(parts_of(node) or ())
        ]
        if not parts:
            return ~NOTHING
        joined = Q()
        for part in parts:
            joined = joined & part if word == "all" else joined | part
        return joined

    def _condition(self, given: Condition, place: str) -> Q:
        found = self._find(given.field, f"{place}.field")
        if not found.takes(given.op):
            told = Phrase("%(operator)s means nothing for this field.", operator=given.op)
            raise invalid(f"{place}.op", told, "unknown_operator")
        positive = NEGATIVE.get(given.op)
        q = self._positive(found, positive or given.op, given, f"{place}.value")
        seen = self._guard(found)
        if seen is not None:
            q = seen & q
        return q if positive is None else ~q

    def _positive(self, found: FilterField, op: str, given: Condition, place: str) -> Q:
        source: Source = CustomSource(found) if found.custom else ColumnSource(found)
        if op in ("not_empty", "is_me", "my_teams", "overdue"):
            values.refuse_value(given.value, place)
            return self._valueless(found, source, op)
        if found.kind in (Kind.DATE, Kind.MOMENT):
            return self._time(found, source, op, given.value, place)
        if op in LIKE:
            return source.like(op, values.text(found, given.value, place))
        if op in BOUNDS:
            return source.ranges({BOUNDS[op]: values.number(given.value, place)})
        if op == "between":
            low, high = values.pair(given.value, place, values.number)
            return source.ranges({"gte": low, "lte": high})
        if op == "is":
            return source.equals(values.single(found, given.value, place))
        listed = values.listed(found, given.value, place)
        return source.all_of(listed) if op == "all_of" else source.one_of(listed)

    def _valueless(self, found: FilterField, source: Source, op: str) -> Q:
        if op == "not_empty":
            return source.filled()
        if op == "is_me":
            member_id = self._viewer.member_id()
            return NOTHING if member_id is None else source.equals(member_id)
        if op == "my_teams":
            return source.one_of(list(self._viewer.team_ids()))
        self._overdue.append(found)
        now = self._viewer.now()
        before = now if found.kind is Kind.MOMENT else now.astimezone(self._viewer.zone).date()
        late = source.ranges({"lt": before})
        return late & found.open_if if found.open_if is not None else late

    def _time(self, found: FilterField, source: Source, op: str, value: Any, place: str) -> Q:
        if op == "within":
            return self._days(found, source, dates.period(values.period(value, place), self._today()))
        if op in SPANS:
            if not isinstance(value, Span):
                raise invalid(place, 'Give a length of time such as {"count": 30, "unit": "day"}.')
            return self._days(found, source, dates.span_range(op, value, self._today()))
        if op == "between":
            first, last = values.pair(value, place, values.day)
            return self._days(found, source, (first, last + timedelta(days=1)))
        exact = values.day_or_moment(value, place, moments=found.kind is Kind.MOMENT)
        if isinstance(exact, datetime):
            return self._at(source, op, exact)
        next_day = exact + timedelta(days=1)
        return self._days(
            found, source, {"is": (exact, next_day), "before": (None, exact), "after": (next_day, None)}[op]
        )

    def _at(self, source: Source, op: str, moment: datetime) -> Q:
        """Compared with a moment itself; "is" means the very one."""
        bounds = {"is": {"gte": moment, "lte": moment}, "before": {"lt": moment}, "after": {"gt": moment}}
        return source.ranges(bounds[op])

    def _days(self, found: FilterField, source: Source, days: dates.Range) -> Q:
        def edge(day: date) -> date | datetime:
            return dates.midnight(day, self._viewer.zone) if found.kind is Kind.MOMENT else day

        first, end = days
        bounds = {} if first is None else {"gte": edge(first)}
        return source.ranges(bounds if end is None else {**bounds, "lt": edge(end)})

    def _today(self) -> date:
        return self._viewer.now().astimezone(self._viewer.zone).date()


#: Holds of no record.
NOTHING = Q(pk__in=[])
