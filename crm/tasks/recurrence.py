"""Tasks that come again: daily, on weekdays, on days of the week, on a day of the month or the year.

A rule is reckoned on the owner's wall clock (RFC 5545 recurrence rules, by python-dateutil) and turned into a
moment only then: 9:00 stays 9:00 when the clocks change.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal, NotRequired
from zoneinfo import ZoneInfo

from dateutil import rrule
from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from realtime.functions import invalid, shape

FREQUENCIES = {"day": rrule.DAILY, "weekday": rrule.DAILY, "week": rrule.WEEKLY, "month": rrule.MONTHLY}
WORKDAYS = (0, 1, 2, 3, 4)
LAST_DAY = -1
#: Days that not every month has: the latest one that it has stands for them.
SHORTEST_MONTH = 28


def _iso_date(text: str) -> str:
    date.fromisoformat(text)
    return text


IsoDate = Annotated[str, AfterValidator(_iso_date), Field(description="A date: 2026-12-31.")]
Weekday = Annotated[int, Field(ge=0, le=6)]


@shape
class Recurrence(TypedDict):
    """How a task comes again. What is left out is taken from the day that the task is due.

    ``every`` so many units (1). ``weekdays`` count from Monday = 0 (unit week); ``month_day`` may be -1 for the
    last day (unit month). It ends after the date ``until``, or after ``count`` tasks, this one included. ``at`` is
    there by itself, where the clock jumps over the task's time on the day that it is due: the time to come back to.
    """

    unit: Literal["day", "weekday", "week", "month", "year"]
    every: NotRequired[Annotated[int, Field(ge=1, le=99)]]
    weekdays: NotRequired[Annotated[list[Weekday], Field(min_length=1, max_length=7)]]
    month_day: NotRequired[Annotated[int, Field(ge=LAST_DAY, le=31)]]
    month: NotRequired[Annotated[int, Field(ge=1, le=12)]]
    until: NotRequired[IsoDate]
    count: NotRequired[Annotated[int, Field(ge=1, le=999)]]
    at: NotRequired[Annotated[str, Field(max_length=26, description="Told, never taken: 02:30:00.")]]


def completed_rule(given: Mapping[str, Any], due: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The rule with everything said that it needs to be followed for years; InvalidInput if it contradicts itself."""
    day = due.astimezone(zone).date()
    rule: dict[str, Any] = {"every": 1, **given}
    unit = rule["unit"]
    if rule.get("month_day") == 0:
        raise invalid("recurrence", "A month has no day 0; -1 is its last day.", "bad_recurrence")
    if "until" in rule and "count" in rule:
        raise invalid("recurrence", "Say until when or how often, not both.", "bad_recurrence")
    if unit == "weekday":
        rule["every"] = 1
    if unit == "week":
        rule["weekdays"] = sorted(set(rule.get("weekdays") or [day.weekday()]))
    if unit in ("month", "year"):
        rule.setdefault("month_day", day.day)
    if unit == "year":
        rule.setdefault("month", day.month)
    kept = {"week": {"weekdays"}, "month": {"month_day"}, "year": {"month_day", "month"}}.get(unit, set())
    return {name: rule[name] for name in rule if name in {"unit", "every", "until", "count", *kept}}


def next_due(rule: Mapping[str, Any], due: datetime, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the task is due again: the first time of the rule after ``due`` that is still to come; None at its end.

    Times that went by while nobody did it are left out.
    """
    if rule.get("count", 2) <= 1:
        return None
    found = _next_on_the_clock(rule, due, now, zone)
    return None if found is None else found.replace(tzinfo=zone).astimezone(UTC)


def following_rule(rule: Mapping[str, Any], due: datetime, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The rule of the task that ``next_due`` finds: one less to come, and the time that its day jumps over, if so."""
    following = {name: value for name, value in rule.items() if name != "at"}
    if "count" in rule:
        following["count"] -= 1
    found = _next_on_the_clock(rule, due, now, zone)
    if found is not None and _on_the_clock(found.replace(tzinfo=zone).astimezone(UTC), zone) != found:
        following["at"] = found.time().isoformat()
    return following


def _next_on_the_clock(
    rule: Mapping[str, Any], due: datetime, now: datetime, zone: ZoneInfo
) -> datetime | None:
    """What the clock is to show when the task is due again, though it may jump over just that."""
    meant = _on_the_clock(due, zone)
    if "at" in rule:
        before_the_jump = datetime.combine(meant.date(), time.fromisoformat(rule["at"]))
        # Somebody may have put the task to another time since.
        if before_the_jump.replace(tzinfo=zone).astimezone(UTC) == due:
            meant = before_the_jump
    found: datetime | None = _rrule(rule, meant).after(max(meant, _on_the_clock(now, zone)))
    return found


def _on_the_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _rrule(rule: Mapping[str, Any], start: datetime) -> rrule.rrule:
    until = rule.get("until")
    options: dict[str, Any] = {
        "dtstart": start,
        "interval": rule["every"],
        "until": datetime.combine(date.fromisoformat(until), time.max) if until else None,
    }
    unit = rule["unit"]
    if unit == "weekday":
        options["byweekday"] = WORKDAYS
    elif unit == "week":
        options["byweekday"] = rule["weekdays"]
    elif unit in ("month", "year"):
        options |= _day_of_month(rule["month_day"])
    if unit == "year":
        return rrule.rrule(rrule.YEARLY, bymonth=rule["month"], **options)
    return rrule.rrule(FREQUENCIES[unit], **options)


def _day_of_month(day: int) -> dict[str, Any]:
    """The day, or the month's last one where it has no such day."""
    if day <= SHORTEST_MONTH:
        return {"bymonthday": day}
    return {"bymonthday": list(range(SHORTEST_MONTH, day + 1)), "bysetpos": -1}
