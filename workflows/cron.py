"""Times that come again, written as cron expressions in a time zone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import CroniterError, croniter

from realtime.functions import InvalidInput


@dataclass(frozen=True, slots=True)
class Cron:
    """``minute hour day month weekday`` in a time zone, ``Cron("0 7 * * mon-fri", "Europe/Berlin")``.

    A time that the clock jumps over comes right after the jump; one that it shows twice comes once, unless the
    hour is a wildcard.
    """

    expression: str
    time_zone: str = "UTC"

    def check(self) -> None:
        """InvalidInput unless both parts make sense."""
        if len(self.expression.split()) != 5 or not croniter.is_valid(self.expression):
            raise InvalidInput(
                f"{self.expression[:80]!r} is no cron expression: write minute, hour, day, month and weekday,"
                ' such as "0 7 * * mon-fri".'
            )
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InvalidInput(f"{self.time_zone[:80]!r} is no time zone: try Europe/Berlin.") from None

    def next_after(self, moment: datetime) -> datetime:
        """The first time after the moment, in UTC. InvalidInput if there is none (30 February)."""
        zone = ZoneInfo(self.time_zone)
        times = croniter(self.expression, moment.astimezone(zone))
        is_hourly = "*" in self.expression.split()[1]
        try:
            found: datetime = times.get_next(datetime)
            while found.fold and not is_hourly:
                found = times.get_next(datetime)
        except CroniterError:
            raise InvalidInput(f"{self.expression!r} never comes.") from None
        return found.astimezone(UTC)
