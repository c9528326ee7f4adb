"""Very many WebSocket clients in one process: a reader of frames that does no more than it must.

A full client library would cost more CPU than the server that is measured.
"""

import asyncio
import base64
import os
import time
from collections.abc import Callable


class Listener(asyncio.Protocol):
    """One client. ``on_text`` gets each text message with the time at which its last byte came."""

    def __init__(self, path: str, headers: dict[str, str], on_text: Callable[[bytes, float], None]) -> None:
        self._path, self._headers, self._on_text = path, headers, on_text
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self.is_open = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        lines = [f"GET {self._path} HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}", "Sec-WebSocket-Version: 13",
                 *(f"{name}: {value}" for name, value in self._headers.items())]  # fmt: skip
        transport.write("\r\n".join([*lines, "", ""]).encode())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.is_open.done():
            head, found, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self.is_open.set_exception(ConnectionError(head[:200].decode(errors="replace")))
                return
            self._buffer = bytearray(rest)
            self.is_open.set_result(None)
        while self._take_frame():
            pass

    def _take_frame(self) -> bool:
        buffer = self._buffer
        if len(buffer) < 2:
            return False
        length, start = buffer[1] & 127, 2
        if length > 125:
            start = 4 if length == 126 else 10
            if len(buffer) < start:
                return False
            length = int.from_bytes(buffer[2:start], "big")
        if len(buffer) < start + length:
            return False
        opcode, payload = buffer[0] & 15, bytes(buffer[start : start + length])
        del buffer[: start + length]
        if opcode == 1:
            self._on_text(payload, time.monotonic())
        elif opcode == 9:
            self._frame(10, payload)
        return True

    def send(self, text: str) -> None:
        """Send a text message."""
        self._frame(1, text.encode())

    def _frame(self, opcode: int, payload: bytes) -> None:
        # A mask of zeros is a valid mask, and leaves the payload as it is.
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else bytes([254]) + size.to_bytes(2, "big")
        assert self._transport is not None
        self._transport.write(bytes([128 | opcode]) + length + bytes(4) + payload)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()


async def listen(
    port: int, path: str, headers: dict[str, str], on_text: Callable[[bytes, float], None]
) -> Listener:
    """A connected listener."""
    loop = asyncio.get_running_loop()
    _, listener = await loop.create_connection(lambda: Listener(path, headers, on_text), "127.0.0.1", port)
    await asyncio.wait_for(listener.is_open, 30)
    return listener
