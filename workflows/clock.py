"""The engine's only clock: the database's, carried on between two looks by the monotonic clock.

A host whose wall clock is wrong changes nothing. The estimate is late by the answer's way here, never early.
"""

import time
from datetime import datetime, timedelta


class Clock:
    """What time the database has, as far as this process knows."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        self._mark = time.monotonic()

    def now(self) -> datetime:
        """The database's time, in UTC."""
        return self._moment + timedelta(seconds=time.monotonic() - self._mark)

    def seconds_until(self, moment: datetime) -> float:
        """Seconds from now; negative when it is over."""
        return (moment - self.now()).total_seconds()
