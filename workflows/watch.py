"""How the engine itself is doing: signs of life of its drivers, and how far behind they are."""

import logging
import re
import time
from dataclasses import dataclass
from datetime import timedelta

from django_tenants.utils import schema_context

from workflows.sql import execute, fetch

logger = logging.getLogger(__name__)

#: A sign of life is written so often by each process, and one that is so old is missed.
BEAT_SECONDS = 1.0
MISSED = timedelta(seconds=30)
#: Beat ticks every second, and the standby driver looks every five: so late timers may be without beat, and no later.
MISSED_BEAT = timedelta(seconds=5)
#: A problem that lasts is logged so often.
REPEAT_SECONDS = 60.0
#: Due work that nobody has taken for this long is worth an alarm.
LATE = timedelta(seconds=60)
BEAT = """
    INSERT INTO workflows_heartbeat AS beat (name, at) VALUES (%s, clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET at = EXCLUDED.at WHERE beat.at < EXCLUDED.at - interval '1 second'
"""
# Each part is one probe of a partial index, or reads as many rows as are leased or failed.
STATE = """
    SELECT
        (SELECT clock_timestamp() - min(oldest) FROM (
            SELECT (SELECT due_at FROM workflows_due WHERE state = 0 AND lane = lanes.lane ORDER BY due_at LIMIT 1)
                AS oldest FROM (VALUES (0), (1), (2)) lanes (lane)) found),
        (SELECT count(*) FROM workflows_due WHERE state = 1),
        (SELECT count(*) FROM workflows_due WHERE state = 1 AND lease_until < statement_timestamp()),
        (SELECT count(*) FROM workflows_due WHERE state = 2)
"""
BEATS = "SELECT name, clock_timestamp() - at FROM workflows_heartbeat"
_last: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Health:
    """A look at the due index."""

    #: How long the oldest due row has waited; zero when nothing is due.
    lag: timedelta
    leased: int
    #: Leases that ran out: their workers died, and the next claim takes the rows.
    expired: int
    #: Rows that stay until somebody looks at them.
    failed: int
    #: Driver -> how long ago it last looked.
    beats: dict[str, timedelta]

    def problems(self) -> list[str]:
        """What somebody should know, in sentences; empty when all is well."""
        found = []
        if self.lag > LATE:
            found.append(f"Due work has waited for {self.lag.total_seconds():.0f} seconds.")
        if self.failed:
            found.append(f"{self.failed} due rows have failed for good.")
        found += [
            f"The {name} was last seen {age.total_seconds():.0f} seconds ago."
            for name, age in self.beats.items()
            if age > (MISSED_BEAT if name == "beat" else MISSED)
        ]
        return found


def beat(name: str) -> None:
    """Leave a sign of life, once a second at most; the database forgets it in a crash, which is as well."""
    now = time.monotonic()
    if now - _last.get(name, -BEAT_SECONDS) < BEAT_SECONDS:
        return
    _last[name] = now
    with schema_context("public"):
        execute(BEAT, [name])


def look() -> Health:
    """How the engine is doing now: two statements, whatever the number of rows that wait."""
    with schema_context("public"):
        lag, leased, expired, failed = fetch(STATE)[0]
        beats = dict(fetch(BEATS))
    return Health(max(lag or timedelta(0), timedelta(0)), leased, expired, failed, beats)


class Reporter:
    """Logs what is wrong, for whoever is called by the log: what is new at once, the rest once a minute."""

    def __init__(self, quiet_for: float = 0.0) -> None:
        #: Kind of problem -> when it was logged last.
        self._told: dict[str, float] = {}
        #: Until then everything may still be starting.
        self._quiet_until = time.monotonic() + quiet_for

    def report(self) -> list[str]:
        """Look, and log; returns the sentences that were logged."""
        now = time.monotonic()
        if now < self._quiet_until:
            return []
        problems = {re.sub(r"[0-9]+", "", problem): problem for problem in look().problems()}
        self._told = {kind: at for kind, at in self._told.items() if kind in problems}
        due = [kind for kind in problems if now - self._told.get(kind, -REPEAT_SECONDS) >= REPEAT_SECONDS]
        for kind in due:
            self._told[kind] = now
            logger.error(problems[kind])
        return [problems[kind] for kind in due]
