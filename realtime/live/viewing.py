"""A socket's presence at one record: as long as its actor may see the record.

That is decided by an ordinary live query, the guard, which is never sent. When it is refused, the viewer leaves at
the same step that takes the record from their screen.
"""

import asyncio
from typing import TYPE_CHECKING

import orjson

from realtime.live import protocol
from realtime.live.answers import FunctionQuery
from realtime.live.presence import Viewer
from realtime.live.sockets import Change, Subscription

if TYPE_CHECKING:
    from realtime.live.hub import Hub
    from realtime.live.sockets import Socket


class Guard(Subscription):
    """Its answers are not sent but handed on: who the viewer is, or why they may not look."""

    __slots__ = ("viewing",)

    def __init__(self, socket: "Socket", id: str, query: FunctionQuery, viewing: "Viewing") -> None:
        super().__init__(socket, id, query, "")
        self.viewing = viewing

    def change(self) -> Change | None:
        """Take in the answer in place of sending it."""
        version = self.run.version if self.run is not None else None
        if version is not None and version.hash != self.sent:
            self.sent = version.hash
            self.viewing.take(orjson.loads(b"{%b}" % version.body))
        return None


class Viewing:
    """Follows who looks at a record, and is one of them."""

    def __init__(self, hub: "Hub", socket: "Socket", id: str, query: FunctionQuery) -> None:
        self._presence, self._socket, self._id, self._query = hub.presence, socket, id, query
        self._viewer: Viewer | None = None
        self._refusal: dict[str, object] | None = None
        self._news = asyncio.Event()
        self._entry = ""
        fields = query.arguments.model_dump()
        self._name = f"{socket.room.schema}:{fields['object']}:{fields['record_id']}"

    def take(self, answer: dict[str, dict[str, object]]) -> None:
        """Enter, or leave, as the guard says."""
        self._leave()
        found = answer.get("result")
        self._refusal = answer.get("error")
        self._viewer = Viewer(str(found["name"]), int(str(found["member_id"]))) if found else None
        if self._viewer is not None:
            self._entry = self._presence.enter(self._name, self._viewer, self._news.set)
        self._news.set()

    async def run(self) -> None:
        """Tell who else is there, at first and after each change, until cancelled."""
        room = self._socket.room
        guard = Guard(self._socket, self._id, self._query, self)
        room.subscribe(guard)
        told: str | None = None
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                message = self._message()
                if message != told:
                    told = message
                    await self._socket.reply(message)
                    await self._socket.taken()
        finally:
            self._leave()
            if guard.is_open:  # else its id may be another's by now
                room.unsubscribe(guard)

    def _message(self) -> str:
        if self._viewer is None:
            return protocol.presence(self._id, [], self._refusal)
        mine = self._viewer.member_id
        there = [viewer for viewer in self._presence.viewers(self._name) if viewer.member_id != mine]
        return protocol.presence(self._id, [{"member_id": v.member_id, "name": v.name} for v in there])

    def _leave(self) -> None:
        if self._entry:
            self._presence.leave(self._name, self._entry)
            self._entry = ""
