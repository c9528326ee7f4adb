"""The hub, one a process: rooms by tenant, the feed of ticks, and the threads that run queries and calls.

Sockets reach it through ``current_hub()``. It works on one event loop and keeps nothing that a client could
not get again from another process.
"""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings

from realtime import metrics
from realtime.changes.change import Snapshot, Tick
from realtime.changes.log import LogTrimmed, read_changes
from realtime.live import protocol
from realtime.live.feed import Feed
from realtime.live.inspection import Inspection
from realtime.live.notices import tell_listeners
from realtime.live.presence import Presence
from realtime.live.readers import Readers
from realtime.live.room import PUBLIC, Room, age
from realtime.live.sockets import Socket

log = logging.getLogger(__name__)

#: Seconds between looks at the log: while ticks come (they might be lost silently), and while none do.
WATCHED, UNWATCHED = 5.0, 0.05
SWEEP = 5.0
#: Seconds that an answer which nobody watches is kept, while no change touches it: the next page asks for it again,
#: and so does whoever was cut off for a while. So many in a process at most, those that were watched last.
KEEP_IDLE, MOST_IDLE = 300.0, 2_000
#: And a room without sockets and answers.
KEEP_ROOM = 15.0


class Hub:
    """All live state of one process."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        self.readers = Readers(settings.LIVE_READERS)
        self.presence = Presence()
        self.callers = ThreadPoolExecutor(settings.LIVE_CALLERS, thread_name_prefix="live-caller")
        self._feed = Feed(self._on_tick, self._on_heartbeat)
        self._feed.want(PUBLIC)
        self._tasks: set[asyncio.Task[None]] = set()
        self._room_tasks: dict[str, asyncio.Task[None]] = {}
        self._idle_rooms: dict[str, float] = {}
        parts = (self._feed, self.presence, Inspection(self))
        for work in (*(part.run() for part in parts), self._watch_log(), self._sweep()):
            self._start(work)

    def room(self, schema: str) -> Room:
        """The tenant's room, opened if it is not."""
        self._idle_rooms.pop(schema, None)
        found = self.rooms.get(schema)
        if found is None:
            found = self.rooms[schema] = Room(schema, self.readers)
            self._feed.want(schema)
            self._room_tasks[schema] = self._start(found.live())
        return found

    def sockets_of(self, socket: Socket) -> int:
        """How many sockets the socket's member has in this process."""
        return sum(other.actor.id == socket.actor.id for other in socket.room.sockets)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("A part of the live hub has ended.", exc_info=error)

    # Ticks.

    def _on_tick(self, tick: Tick) -> None:
        if tick.schema == PUBLIC:
            tell_listeners(tick)
        rooms = self.rooms.values() if tick.schema == PUBLIC else filter(None, [self.rooms.get(tick.schema)])
        for room in rooms:
            room.offer(tick)

    def _on_heartbeat(self, message: dict[str, Any]) -> None:
        for schema, room in self.rooms.items():
            room.check(message["epoch"], {name: message["sequences"].get(name) for name in (schema, PUBLIC)})

    async def _watch_log(self) -> None:
        """Read the log for all rooms at once: often while the feed is silent, rarely to find silent losses."""
        loop = asyncio.get_running_loop()
        looked_at = loop.time()
        was_silent = True
        while True:
            await asyncio.sleep(UNWATCHED)
            is_silent = self._feed.is_silent
            if is_silent != was_silent:
                log.warning("No ticks come, the log is polled." if is_silent else "Ticks come.")
            was_silent = is_silent
            if not is_silent and loop.time() - looked_at < WATCHED:
                continue
            if any(room.seen for room in self.rooms.values()):
                try:
                    await self._look()
                except Exception:  # the watch goes on, whatever happens
                    log.exception("The change log can't be read.")
                    await asyncio.sleep(0.5)
            looked_at = loop.time()

    async def _look(self) -> None:
        metrics.log_polls.inc()
        oldest = min((snapshot for room in self.rooms.values() for snapshot in room.seen.values()), key=age)
        session = await self.readers.session(PUBLIC, None)
        try:
            found = await session.run(lambda: self._read(oldest, session.snapshot))
        finally:
            await session.close()
        for room in list(self.rooms.values()):
            if found is None:
                room.run_all_again()
            elif room.is_behind(found):
                room.read_log()

    def _read(self, oldest: Snapshot, upto: Snapshot) -> list[Any] | None:
        try:
            return read_changes(oldest, upto, {PUBLIC, *self.rooms})
        except LogTrimmed:
            return None

    # Housekeeping.

    async def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SWEEP)
            now = loop.time()
            self._count()
            before = forgotten_before(self.rooms.values(), now)
            for schema, room in list(self.rooms.items()):
                for socket in list(room.sockets):
                    _check_life(socket, now)
                room.sweep(before)
                if room.is_unused and now - self._idle_rooms.setdefault(schema, now) > KEEP_ROOM:
                    await self._close_room(schema)

    def _count(self) -> None:
        rooms = self.rooms.values()
        metrics.rooms.set(len(rooms))
        metrics.sockets.set(sum(len(room.sockets) for room in rooms))
        metrics.subscriptions.set(sum(len(s.subscriptions) for room in rooms for s in room.sockets))
        metrics.late.set(sum(len(room.late) for room in rooms))
        metrics.answers.set(sum(1 for room in rooms for _ in room.shares))
        metrics.viewers.set(self.presence.count)

    async def _close_room(self, schema: str) -> None:
        self._feed.unwant(schema)
        del self.rooms[schema]
        self._idle_rooms.pop(schema, None)
        task = self._room_tasks.pop(schema)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def forgotten_before(rooms: Iterable[Room], now: float) -> float:
    """The monotonic time before which answers that nobody watches any more are forgotten."""
    since = sorted(
        (run.idle_since for room in rooms for run in room.shares if not run.subscriptions), reverse=True
    )
    return max(now - KEEP_IDLE, since[MOST_IDLE - 1] if len(since) > MOST_IDLE else 0.0)


def _check_life(socket: Socket, now: float) -> None:
    if socket.sending_since and now - socket.sending_since > protocol.STUCK_AFTER:
        socket.abandon()
    elif now - socket.heard_at > protocol.IDLE_AFTER:
        socket.close(protocol.Close.IDLE, "Send a ping at least once a minute.")


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def current_hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub()
    return hub
