"""What a filter means, in plain Python over a record as a dict: the reference that the SQL is compared with.

Written from docs/filters.md and not from the compiler: nothing of it is shared but the grammar's models.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crm.filters.grammar import AllOf, AnyOf, Condition, Filter, Span

DAY = timedelta(days=1)


class Reference:
    """A viewer, and the meaning of filters for them. ``kinds`` are the fields' kinds by key."""

    def __init__(
        self, kinds: dict[str, str], now: datetime, zone: ZoneInfo, me: int, teams: tuple[int, ...]
    ) -> None:
        self.kinds, self.now, self.zone, self.me, self.teams = kinds, now, zone, me, teams
        self.today = now.astimezone(zone).date()

    def admits(self, node: Filter, record: dict[str, Any]) -> bool:
        if isinstance(node, AllOf):
            return all(self.admits(part, record) for part in node.all)
        if isinstance(node, AnyOf):
            return not node.any or any(self.admits(part, record) for part in node.any)
        return self.holds(node, record)

    def holds(self, condition: Condition, record: dict[str, Any]) -> bool:
        value, wanted = record.get(condition.field), condition.value
        kind, op = self.kinds[condition.field], condition.op
        is_empty = value in (None, "", [])
        if op in ("empty", "not_empty"):
            return is_empty == (op == "empty")
        for negative, positive in (
            ("is_not", "is"), ("none_of", "any_of"), ("not_contains", "contains"), ("is_not_me", "is_me"),
            ("not_my_teams", "my_teams"),
        ):  # fmt: skip
            if op == negative:
                return not self.holds(condition.model_copy(update={"op": positive}), record)
        if is_empty:
            return False
        if kind in ("date", "moment"):
            return self.in_time(op, kind, value, wanted, record)
        return self.compares(op, value, wanted)

    def compares(self, op: str, value: Any, wanted: Any) -> bool:
        if op == "is_me":
            return value == self.me
        if op == "my_teams":
            return value in self.teams
        if op in ("contains", "starts_with", "ends_with"):
            text, part = value.upper(), wanted.strip().upper()
            return {
                "contains": part in text,
                "starts_with": text.startswith(part),
                "ends_with": text.endswith(part),
            }[op]
        if op == "between":
            return wanted[0] <= value <= wanted[1]
        if op in ("any_of", "all_of"):
            held = set(value) if isinstance(value, list) else {value}
            return bool(held & set(wanted)) if op == "any_of" else held >= set(wanted)
        wanted = wanted.strip() if isinstance(wanted, str) else wanted
        return {
            "is": lambda: value == wanted,
            "less": lambda: value < wanted,
            "at_most": lambda: value <= wanted,
            "more": lambda: value > wanted,
            "at_least": lambda: value >= wanted,
        }[op]()

    def in_time(self, op: str, kind: str, value: Any, wanted: Any, record: dict[str, Any]) -> bool:
        day = value.astimezone(self.zone).date() if kind == "moment" else value
        if op == "overdue":
            late = value < self.now if kind == "moment" else day < self.today
            return late and record.get("done_at") is None
        if op == "within":
            return day in self.period(wanted)
        if isinstance(wanted, Span):
            return self.spans(op, wanted, day)
        if op == "between":
            return date.fromisoformat(wanted[0]) <= day <= date.fromisoformat(wanted[1])
        if len(wanted) > 10:
            moment = datetime.fromisoformat(wanted)
            return {"is": value == moment, "before": value < moment, "after": value > moment}[op]
        other = date.fromisoformat(wanted)
        return {"is": day == other, "before": day < other, "after": day > other}[op]

    def spans(self, op: str, span: Span, day: date) -> bool:
        back, ahead = self.step(span, -1), self.step(span, 1)
        return {
            "in_last": back <= day <= self.today,
            "in_next": self.today <= day <= ahead,
            "more_than_ago": day < back,
            "more_than_ahead": day > ahead,
        }[op]

    def step(self, span: Span, direction: int) -> date:
        if span.unit in ("day", "week"):
            return self.today + direction * span.count * (DAY if span.unit == "day" else 7 * DAY)
        year, month, day = self.today.timetuple()[:3]
        for _ in range(span.count * (12 if span.unit == "year" else 1)):
            month += direction
            if month in (0, 13):
                month, year = (12, year - 1) if month == 0 else (1, year + 1)
        while True:
            try:
                return date(year, month, day)
            except ValueError:
                day -= 1

    def period(self, word: str) -> "Days":
        single = {"today": 0, "yesterday": -1, "tomorrow": 1}
        if word in single:
            return Days(lambda day: day == self.today + single[word] * DAY)
        which, unit = word.split("_")
        step = {"last": -1, "this": 0, "next": 1}[which]
        return Days(lambda day: number(day, unit) == number(self.today, unit) + step)


class Days:
    def __init__(self, test: Any) -> None:
        self.test = test

    def __contains__(self, day: date) -> bool:
        return bool(self.test(day))


def number(day: date, unit: str) -> int:
    """The day's week, month, quarter or year, counted from the beginning of time."""
    if unit == "week":
        return (day.toordinal() - 1) // 7  # the first of January of the year 1 was a Monday
    return {"month": day.year * 12 + day.month - 1, "quarter": day.year * 4 + (day.month - 1) // 3,
            "year": day.year}[unit]  # fmt: skip


UTC_NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
