"""What a socket follows beside queries: each is a task of its own, and sends when there is news.

A follower holds no queue. It sends one message, waits until the client has taken it, and looks again: a slow
client gets fewer and later messages, never a backlog.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context as Variables
from functools import partial
from typing import TYPE_CHECKING, Protocol

from django.db import InterfaceError, OperationalError, connection

from realtime.functions import Actor, Context, FunctionError
from realtime.functions.arguments import Arguments
from realtime.functions.call import call
from realtime.functions.registry import AnyFunction
from realtime.live import protocol
from realtime.reads.readset import ReadSet
from realtime.reads.tracker import track
from realtime.schema import enter_schema

if TYPE_CHECKING:
    from realtime.live.hub import Hub
    from realtime.live.sockets import Socket

#: A feed is read at most so often (seconds), and at least so often: a cursor that never moves grows old.
MIN_PAUSE, MAX_PAUSE = 0.05, 300.0
RETRY = 1.0


class Follower(Protocol):
    """Runs until cancelled; a FunctionError ends it and is told to the client."""

    async def run(self) -> None:
        """Send news until cancelled."""


class Watcher:
    """Something that the room wakes when its reads change, without running anything for it."""

    def __init__(self) -> None:
        self.woken = asyncio.Event()
        #: As runs have one, for the room's bookkeeping.
        self.timer: asyncio.TimerHandle | None = None
        #: For those who look on: what is followed, and how many messages came of it.
        self.title, self.pages = "", 0

    def wake(self) -> None:
        """Look again soon."""
        self.woken.set()


class ChangeFollower(Watcher):
    """The feed of row changes: pages of its function, one after the other, then whenever something was written."""

    def __init__(self, hub: "Hub", socket: "Socket", id: str, function: AnyFunction, args: Arguments) -> None:
        super().__init__()
        self._hub, self._socket, self._id = hub, socket, id
        self._function, self._args = function, args
        self._reads: ReadSet | None = None
        self.title = ", ".join(sorted(getattr(args, "tables", None) or []))

    async def run(self) -> None:
        """Read pages from the log. It is the queue: what the client has not taken stays there."""
        is_first = True
        room = self._socket.room
        try:
            while True:
                self.woken.clear()
                page, reads = await self._read()
                is_watched = reads == self._reads
                if not is_watched:  # what was written before the watch began is found by another look
                    room.watch_reads(self, reads)
                    self._reads = reads
                if page["changes"] or is_first:
                    self.pages += 1
                    await self._socket.reply(protocol.changes(self._id, page))
                    await self._socket.taken()
                is_first = False
                self._args = self._args.model_copy(update={"after": page["cursor"]})
                if is_watched and not page["has_more"]:
                    await self._rest(page)
        finally:
            room.unwatch_reads(self)

    async def _rest(self, page: dict[str, object]) -> None:
        try:
            await asyncio.wait_for(self.woken.wait(), MAX_PAUSE)
        except TimeoutError:
            await self._socket.reply(protocol.changes(self._id, page))
        await asyncio.sleep(MIN_PAUSE)

    async def _read(self) -> tuple[dict[str, object], ReadSet]:
        work = partial(read_page, self._function, self._socket.room.schema, self._socket.actor, self._args)
        loop = asyncio.get_running_loop()
        while True:
            try:
                return await loop.run_in_executor(self._hub.callers, Variables().run, work)
            except (OperationalError, InterfaceError):
                await asyncio.sleep(RETRY)  # the database is away; the room says so if it stays away


def read_page(
    function: AnyFunction, schema: str, actor: Actor, args: Arguments
) -> tuple[dict[str, object], ReadSet]:
    """One page, and what it read; on a thread of its own, in the tenant."""
    enter_schema(schema)
    try:
        with track() as tracker:
            page = call(function, Context(schema, actor), args)
        return page, tracker.read_set
    finally:
        connection.close()


async def follow(follower: Follower, tell: Callable[[FunctionError | None], Awaitable[None]]) -> None:
    """Run a follower; whatever ends it but a cancellation is told."""
    try:
        await follower.run()
    except FunctionError as error:
        await tell(error)
    except Exception:  # noqa: BLE001  (logged, and told to the client)
        protocol.log.exception("A follower has failed.")
        await tell(None)
