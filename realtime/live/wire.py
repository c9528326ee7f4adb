"""Putting a message on the wire: encoded and framed once, the same bytes for every socket.

An ASGI server encodes, frames and copies each message anew for each socket, which at a thousand sockets is most
of the work. Where the server is uvicorn's sansio implementation, without compression, the finished frame goes
to its transport; anywhere else it goes the ASGI way. Frames of text are whole in themselves, so they can't
collide with the pings and the close frame that the server writes.
"""

import struct
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

Send = Callable[[dict[str, Any]], Awaitable[None]]

_FINAL_TEXT = 0x81


class Encoded:
    """A message: UTF-8 JSON, and the forms in which it is sent."""

    def __init__(self, payload: bytes) -> None:
        self.payload = payload

    @cached_property
    def frame(self) -> bytes:
        """The WebSocket frame (RFC 6455, section 5.2; a server masks nothing)."""
        size = len(self.payload)
        if size < 126:
            return struct.pack("!BB", _FINAL_TEXT, size) + self.payload
        if size < 65_536:
            return struct.pack("!BBH", _FINAL_TEXT, 126, size) + self.payload
        return struct.pack("!BBQ", _FINAL_TEXT, 127, size) + self.payload

    @cached_property
    def text(self) -> str:
        """The message for ASGI."""
        return self.payload.decode()


class Wire:
    """The way to one client. Made after the connection was accepted."""

    def __init__(self, send: Send) -> None:
        self._send = send
        server = getattr(send, "__self__", None)
        is_known = isinstance(server, WebSocketsSansIOProtocol) and not server.conn.extensions
        self._server: Any = server if is_known else None

    @property
    def is_ready(self) -> bool:
        """Whether a message can be sent without waiting."""
        server = self._server
        if server is None or server.close_sent or server.disconnected:
            return False
        return bool(server.writable.is_set())

    def send_now(self, message: Encoded) -> bool:
        """Send without waiting; False if that is not possible now."""
        if not self.is_ready:
            return False
        self._server.transport.write(message.frame)
        return True

    async def ready(self) -> None:
        """Wait until the client has taken enough of what it was sent; at once where the server doesn't tell."""
        if self._server is not None:
            await self._server.writable.wait()

    async def send(self, message: Encoded) -> None:
        """Send, waiting until the client takes it."""
        if not self.send_now(message):
            await self._send({"type": "websocket.send", "text": message.text})

    async def close(self, code: int, reason: str) -> None:
        """Send the close frame."""
        await self._send({"type": "websocket.close", "code": code, "reason": reason[:120]})
