"""When a step is due: waits on the contact's clock, and when emails may go out."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm.sequences.definition import Wait
from crm.sequences.models import Sequence
from workflows import BusinessHours

#: Longer than any wait that can be written.
MOST_DAYS = 4000
#: No clock shows 24:00: who writes this, or a time after it, means the whole of the day.
LAST_MINUTE = time(23, 59)


def window(sequence: Sequence, zone: str) -> BusinessHours:
    """The hours in which the sequence may write to somebody who lives in the zone."""
    closes = time.max if sequence.closes_at >= LAST_MINUTE else sequence.closes_at
    return BusinessHours(zone, sequence.opens_at, closes, tuple(sequence.days))


def end_of_wait(wait: Wait, start: datetime, hours: BusinessHours) -> datetime:
    """When a wait that begins at ``start`` is over, in UTC.

    Days keep the time of day on the contact's clock, whatever the clocks do. With ``business`` a day is one of the
    window's days and an hour one of its hours; both are counted from when the window is next open.
    """
    if wait.business:
        moment = _add_open_time(_add_open_days(hours.next_open(start), wait.days, hours), wait.hours, hours)
    else:
        zone = ZoneInfo(hours.zone)
        moment = (start.astimezone(zone) + timedelta(days=wait.days)).astimezone(UTC)
        moment += timedelta(hours=wait.hours)
    if wait.until is not None:
        moment = _next_clock(moment, time.fromisoformat(wait.until), hours, wait.business)
    return max(moment, start)


def _is_open_day(day: date, hours: BusinessHours) -> bool:
    return day.weekday() in hours.days and day.isoformat() not in hours.holidays


def _add_open_days(moment: datetime, days: int, hours: BusinessHours) -> datetime:
    """The same time of day, this many open days later."""
    zone = ZoneInfo(hours.zone)
    local = moment.astimezone(zone)
    day = local.date()
    while days > 0:
        day += timedelta(days=1)
        days -= _is_open_day(day, hours)
    return datetime.combine(day, local.timetz().replace(tzinfo=None), zone).astimezone(UTC)


def _add_open_time(moment: datetime, count: int, hours: BusinessHours) -> datetime:
    """So many open hours later."""
    zone = ZoneInfo(hours.zone)
    left = timedelta(hours=count)
    for _ in range(MOST_DAYS):
        moment = hours.next_open(moment)
        closes = datetime.combine(moment.astimezone(zone).date(), hours.closes, zone).astimezone(UTC)
        if moment + left <= closes:
            return moment + left
        left -= closes - moment
        moment = closes
    raise ValueError("The wait never ends.")


def _next_clock(moment: datetime, clock: time, hours: BusinessHours, business: bool) -> datetime:
    """The next time that the contact's clock shows it, on an open day if that is asked for."""
    zone = ZoneInfo(hours.zone)
    day = moment.astimezone(zone).date()
    for _ in range(MOST_DAYS):
        then = datetime.combine(day, clock, zone).astimezone(UTC)
        if then >= moment and (not business or _is_open_day(day, hours)):
            return then
        day += timedelta(days=1)
    raise ValueError("The wait never ends.")


def opening(day: date, after: datetime, hours: BusinessHours) -> datetime:
    """When the window of the day opens, or the moment itself if it is open then already."""
    first = datetime.combine(day, hours.opens, ZoneInfo(hours.zone)).astimezone(UTC)
    return hours.next_open(max(after, first))
