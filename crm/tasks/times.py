"""Days and hours where a member lives: the end of a day, mornings, and what "tomorrow" means."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accounts.models import User
from accounts.roles.models import Member

Preset = Literal["later_today", "tomorrow_morning", "next_week"]
MORNING = time(9)
#: "Later today" is this long from now, and no later than this.
LATER, EVENING = timedelta(hours=3), time(21)
QUARTER = timedelta(minutes=15)


def zone_of(member_id: int | None) -> ZoneInfo:
    """The member's time zone; UTC for nobody, and for a name that is no longer known."""
    if member_id is None:
        return ZoneInfo("UTC")
    users = Member.objects.filter(pk=member_id).values_list("user_id", flat=True)[:1]
    found = User.objects.filter(pk__in=list(users)).values_list("time_zone")
    try:
        return ZoneInfo(found[0][0] if found else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last moment of the day there, in UTC."""
    return datetime.combine(day, time.max, zone).astimezone(UTC)


def at_hour(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """That wall-clock time of the day there, in UTC; one that the clocks skip is as if they had not (PEP 495)."""
    return datetime.combine(day, hour, zone).astimezone(UTC)


def midnight_after(moment: datetime, zone: ZoneInfo) -> datetime:
    """When the moment's day is over there, in UTC."""
    return at_hour(moment.astimezone(zone).date() + timedelta(days=1), time.min, zone)


def preset_time(preset: Preset, now: datetime, zone: ZoneInfo) -> datetime:
    """What a snooze means: in three hours (by nine in the evening), tomorrow or next Monday at nine."""
    today = now.astimezone(zone).date()
    if preset == "tomorrow_morning":
        return at_hour(today + timedelta(days=1), MORNING, zone)
    if preset == "next_week":
        return at_hour(today + timedelta(days=7 - today.weekday()), MORNING, zone)
    later = now + LATER
    rounded = later + (datetime.min.replace(tzinfo=UTC) - later) % QUARTER
    evening = at_hour(today, EVENING, zone)
    return min(rounded, evening) if evening > now else min(rounded, end_of_day(today, zone))
