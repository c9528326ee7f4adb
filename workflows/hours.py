"""Business hours in a time zone: when they next begin, daylight saving included."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """Local opening hours; ``days`` counts from Monday = 0, ``holidays`` are ISO dates.

    Hours that close no later than they open last into the next day: the day on which they open is the one that counts.
    """

    zone: str = "UTC"
    opens: time = time(9)
    closes: time = time(17)
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    holidays: tuple[str, ...] = ()

    def next_open(self, after: datetime) -> datetime:
        """The moment itself if it lies in business hours, else when they next begin, in UTC.

        An hour that the clocks skip begins when it would have begun before the change (PEP 495, fold=0).
        """
        zone = ZoneInfo(self.zone)
        # The day before may not have closed yet.
        day = after.astimezone(zone).date() - timedelta(days=1)
        last = timedelta(days=self.closes <= self.opens)
        for _ in range(400):
            if day.weekday() in self.days and day.isoformat() not in self.holidays:
                opens = datetime.combine(day, self.opens, zone).astimezone(UTC)
                closes = datetime.combine(day + last, self.closes, zone).astimezone(UTC)
                # Hours that the clocks skip wholly are none.
                if after < closes and opens < closes:
                    return max(after.astimezone(UTC), opens)
            day += timedelta(days=1)
        raise ValueError("These business hours never come.")

    def as_json(self) -> dict[str, object]:
        """For the journal."""
        return {
            "zone": self.zone,
            "opens": self.opens.isoformat(),
            "closes": self.closes.isoformat(),
            "days": list(self.days),
            "holidays": list(self.holidays),
        }
