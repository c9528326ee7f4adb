"""What the engine holds for one socket: its subscriptions, what the client has, and what to send next.

Nothing is queued but replies. A transition is made at the moment of sending, as the difference between what the
client has and what the room holds: a client too slow for the pace of changes skips states, costs no memory
and delays nobody.
"""

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

from realtime import metrics
from realtime.functions import Actor
from realtime.live.answers import LiveQuery
from realtime.live.versions import Version
from realtime.live.wire import Encoded, Wire

if TYPE_CHECKING:
    from realtime.live.room import Room
    from realtime.live.shares import Run, ScopeRun

#: Replies that may wait for a client that does not read; then nothing more is read from it.
MAX_REPLIES = 64
#: One change of a transition: the subscription's id, its new version, and whether the client has it already.
Change = tuple[str, Version, bool]


class Subscription:
    """One query of one socket; ``known`` is the hash of the answer that the client already had."""

    __slots__ = ("id", "is_open", "known", "query", "run", "sent", "socket")

    def __init__(self, socket: "Socket", id: str, query: LiveQuery, known: str) -> None:
        self.socket, self.id, self.query, self.known = socket, id, query, known
        self.run: Run | None = None
        self.sent = ""
        self.is_open = True

    def change(self) -> Change | None:
        """What the client lacks, if anything; it is taken as sent from here on."""
        version = self.run.version if self.run is not None else None
        if version is None or version.hash == self.sent:
            return None
        if not self.sent and version.hash == self.known:
            self.sent = version.hash
            return self.id, version, True
        found = version.since(self.sent) if self.socket.takes_patches else version
        self.sent = version.hash
        return self.id, found, False


class Socket:
    """One client: an actor in a room, with a writer of its own."""

    def __init__(self, room: "Room", actor: Actor, wire: Wire) -> None:
        self.room, self.actor = room, actor
        self.scope: ScopeRun | None = None
        self.subscriptions: dict[str, Subscription] = {}
        self.heard_at = self.sending_since = 0.0
        #: Whether the client understands patches of lists.
        self.takes_patches = False
        #: The epoch and the tick of the last transition that the client had before it came back.
        self.came_with: tuple[str, int] = ("", 0)
        #: The task of the whole conversation.
        self.task: asyncio.Task[Any] | None = None
        self._wire = wire
        self._dirty: dict[Subscription, None] = {}
        self._acks: list[str] = []
        self._replies: deque[Encoded] = deque()
        self._closing: tuple[int, str] | None = None
        self._wake = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._taken = asyncio.Event()

    def mark(self, subscription: Subscription) -> None:
        """Note that the subscription may have a new answer; ``push`` sends it."""
        self._dirty[subscription] = None
        self.room.marked[self] = None

    def acknowledge(self, id: str) -> None:
        """Tell the client with the next transition that it includes the effect of this request."""
        self._acks.append(id)
        self.room.marked[self] = None

    def push(self) -> None:
        """Send what can be sent at once; the writer does the rest when the client takes it."""
        while not self.sending_since and self._closing is None and self._has_news():
            if not self._wire.is_ready:
                self._wake.set()
                self.room.skipped += 1
                return
            message = self._next()
            if message is not None:
                self._wire.send_now(message)

    async def reply(self, text: str) -> None:
        """Send an answer to one request; waits while too many are unsent, so that reading stops, too."""
        if self._closing is not None:
            return
        self._replies.append(Encoded(text.encode()))
        self._taken.clear()
        self._wake.set()
        if len(self._replies) >= MAX_REPLIES:
            self._drained.clear()
        await self._drained.wait()

    async def taken(self) -> None:
        """Wait until the client has taken all replies."""
        await self._taken.wait()

    def close(self, code: int, reason: str) -> None:
        """End the conversation; nothing but the close frame is sent any more."""
        if code != 1000:  # ours, not the client's own
            metrics.closed.labels(code).inc()
        self._closing = self._closing or (code, reason)
        self._drained.set()
        self._wake.set()

    def abandon(self) -> None:
        """End without a word: the client takes nothing any more."""
        if self.task is not None:
            self.task.cancel()

    async def write(self) -> None:
        """Send what could not be sent at once, until the socket closes."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._closing is None and self._has_news():
                # Made only when it can go: a client that waited long gets nothing that is no longer so.
                self.sending_since = loop.time()
                await self._wire.ready()
                message = self._next() if self._closing is None else None
                if message is not None:
                    await self._wire.send(message)
                self.sending_since = 0.0
            if self._closing is not None:
                await self._wire.close(*self._closing)
                return

    def _has_news(self) -> bool:
        return bool(self._replies or ((self._dirty or self._acks) and not self._is_held()))

    def _is_held(self) -> bool:
        """Whether one of the answers is behind the others: then nothing is told until it has caught up."""
        late = self.room.late
        return bool(late) and any(mark.run in late for mark in self.subscriptions.values())

    def _next(self) -> Encoded | None:
        if self._replies:
            message = self._replies.popleft()
            if len(self._replies) < MAX_REPLIES // 2:
                self._drained.set()
            if not self._replies:
                self._taken.set()
            return message
        return self._transition() if (self._dirty or self._acks) and not self._is_held() else None

    def _transition(self) -> Encoded | None:
        changes = [change for mark in self._dirty if mark.is_open and (change := mark.change())]
        acks = tuple(self._acks)
        self._dirty.clear()
        self._acks.clear()
        if not changes and not acks:
            return None
        message = self.room.transition(tuple(changes), acks)
        self.room.sent += 1
        self.room.sent_bytes += len(message.payload)
        return message
