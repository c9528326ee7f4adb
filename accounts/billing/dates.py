"""When trials and grace end: at midnight where the firm is, so that the last day is a whole one."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflows import BusinessHours


def midnight_after(moment: datetime, days: int, zone: str) -> datetime:
    """The end of the day that comes so many days after the moment's own, in UTC."""
    local = ZoneInfo(zone)
    day = moment.astimezone(local).date() + timedelta(days=days + 1)
    return datetime.combine(day, time(), local).astimezone(UTC)


def days_left(until: datetime, now: datetime, zone: str) -> int:
    """Whole days after today until the last one: 0 on the last day, negative when it is over."""
    local = ZoneInfo(zone)
    last = (until - timedelta(microseconds=1)).astimezone(local).date()
    return (last - now.astimezone(local).date()).days


def in_hours(moment: datetime, zone: str, before: datetime | None = None) -> datetime:
    """When an email that is due at the moment is sent: in business hours, but before it comes too late."""
    found = BusinessHours(zone).next_open(moment)
    return found if before is None or found < before else min(moment, before)
