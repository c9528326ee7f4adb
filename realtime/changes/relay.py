"""The relay: turns the change log into numbered ticks, one leader a database, any number of standbys.

A tick: read what committed since the last tick's snapshot, at a new snapshot that is exported for the hubs;
store number and snapshot; publish one message for each schema. Stored before published: a leader that dies
between the two loses a message, which hubs see as a gap in the schema's sequence and read from the log; a
tick is never made twice. Everything that Redis does or fails to do is outside of this loop.
"""

import asyncio
import contextlib
import logging
import time

import orjson
import psycopg
from django.conf import settings

from realtime import metrics
from realtime.changes.change import Change, Tick
from realtime.changes.direct import connect
from realtime.changes.exporter import Exporter, Reading
from realtime.changes.leader import Leader, LostLead, try_lock
from realtime.changes.publish import Publisher, listen_for_pokes

logger = logging.getLogger(__name__)

#: Seconds between polls: at least (pokes or not), while writes come in, and with nothing to do.
SHORTEST, BUSY, IDLE = 0.010, 0.020, 0.050
STANDBY = 0.25
PUBLISHED_BEAT, STORED_BEAT = 0.5, 1.0
TRIM = 3600.0
#: Heartbeats repeat the sequence of schemas that ticked within this time (seconds), so that a lost last
#: message shows.
REPEATED = 5.0
PUBLIC = "public"
#: A larger message is replaced by "fetch yourself"; bytes.
LARGEST_MESSAGE = 256 * 1024


class Relay:
    """One process's relay, leading or standing by."""

    def __init__(self) -> None:
        self._publisher = Publisher()
        self._poked = asyncio.Event()
        # Schema -> its sequence number and when it ticked.
        self._recent: dict[str, tuple[int, float]] = {}

    async def run(self) -> None:
        """Stand by and lead, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._publisher.run())
            tasks.create_task(listen_for_pokes(self._poked.set))
            while True:
                try:
                    await self._stand_by_and_lead()
                except (psycopg.Error, OSError, LostLead) as error:
                    logger.warning("The relay starts again: %r", error)
                await asyncio.sleep(STANDBY)

    async def _stand_by_and_lead(self) -> None:
        connection = await connect()
        exporter = Exporter()
        try:
            while not await try_lock(connection):  # noqa: ASYNC110 (the lock has no event)
                await asyncio.sleep(STANDBY)
            leader = await Leader.take_over(connection)
            logger.info("Leading from tick %s of epoch %s", leader.stand.number, leader.stand.epoch)
            await self._lead(leader, exporter)
        finally:
            # Closing ends the session, and with it the lock.
            with contextlib.suppress(psycopg.Error, OSError):
                await connection.close()
                await exporter.close()

    async def _lead(self, leader: Leader, exporter: Exporter) -> None:
        now = time.monotonic()
        self._recent = {schema: (number, now) for schema, number in (await leader.last_sequences()).items()}
        beats = Beats()
        pause = IDLE
        while True:
            started_at = time.monotonic()
            if await leader.poll():
                await self._tick(leader, exporter)
                pause = BUSY
            else:
                pause = min(IDLE, pause * 1.25)
            await self._keep_up(leader, exporter, beats)
            await self._pause(started_at, pause)

    async def _tick(self, leader: Leader, exporter: Exporter) -> None:
        began_at = time.monotonic()
        reading = await exporter.read(leader.stand.snapshot)
        sequences = await leader.store(reading.snapshot, reading.changes.keys())
        now = time.monotonic()
        # Public first: a key that was revoked there ends its sockets before the tenant's own changes reach them.
        for schema, sequence in sorted(sequences.items(), key=lambda entry: entry[0] != PUBLIC):
            self._recent[schema] = (sequence, now)
            self._publisher.send_tick(tick_of(leader, reading, schema, sequence))
        metrics.ticks.inc()
        metrics.changes.inc(sum(len(found or ()) for found in reading.changes.values()))
        metrics.tick_seconds.observe(time.monotonic() - began_at)

    async def _keep_up(self, leader: Leader, exporter: Exporter, beats: "Beats") -> None:
        """What has to be done from time to time."""
        await exporter.retire()
        if beats.is_due("publish", PUBLISHED_BEAT):
            self._publisher.send_heartbeat(self._heartbeat(leader))
        if beats.is_due("store", STORED_BEAT):
            await leader.beat()
        if beats.is_due("trim", TRIM):
            await exporter.release()
            await leader.connection.execute(
                "SELECT public.trim_change_log(make_interval(days => %s))", [settings.CHANGE_LOG_DAYS]
            )

    def _heartbeat(self, leader: Leader) -> dict[str, object]:
        horizon = time.monotonic() - REPEATED
        self._recent = {schema: entry for schema, entry in self._recent.items() if entry[1] > horizon}
        return {
            "epoch": leader.stand.epoch,
            "number": leader.stand.number,
            "snapshot": leader.stand.snapshot.text(),
            "sequences": {schema: sequence for schema, (sequence, _) in self._recent.items()},
        }

    async def _pause(self, started_at: float, seconds: float) -> None:
        """Wait until the next poll is due or a writer pokes, never less than the shortest tick."""
        with contextlib.suppress(TimeoutError):
            # Not wait_for: before Python 3.12 it swallows a cancellation that comes just as the wait ends.
            async with asyncio.timeout(started_at + seconds - time.monotonic()):
                await self._poked.wait()
        await asyncio.sleep(max(0.0, started_at + SHORTEST - time.monotonic()))
        self._poked.clear()


class Beats:
    """When things that recur were done last."""

    def __init__(self) -> None:
        self._done_at: dict[str, float] = {}

    def is_due(self, name: str, interval: float) -> bool:
        """Whether the interval (seconds) has passed; counts as done when it has."""
        now = time.monotonic()
        if now - self._done_at.get(name, float("-inf")) < interval:
            return False
        self._done_at[name] = now
        return True


def tick_of(leader: Leader, reading: Reading, schema: str, sequence: int) -> Tick:
    """The schema's message of a stored tick."""
    return Tick(
        epoch=leader.stand.epoch,
        number=leader.stand.number,
        schema=schema,
        sequence=sequence,
        previous=sequence - 1,
        snapshot=reading.snapshot,
        exported=reading.exported,
        changes=_carried(reading.changes[schema]),
    )


def _carried(changes: list[Change] | None) -> tuple[Change, ...] | None:
    """The changes, or None where they would make the message too large."""
    if changes is None or len(orjson.dumps([change.to_message() for change in changes])) > LARGEST_MESSAGE:
        return None
    return tuple(changes)
