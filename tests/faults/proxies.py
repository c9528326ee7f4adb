"""A way to PostgreSQL that loses one answer: it reads the protocol, so the cut is at an exact place, without sleeps.

What the client says is passed on message by message. At the chosen one the connection is cut: before the server hears
it, or after the server has done it and answered, with the answer thrown away. See "Message Formats" in the manual of
PostgreSQL, chapter "Frontend/Backend Protocol".
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from typing import Literal, Self
from urllib.parse import urlsplit, urlunsplit

#: Requests for encryption that come in place of a startup message; the server answers them with one byte.
ENCRYPTION = (80877103, 80877104)
COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
#: What is counted: commits, or everything that asks for an answer.
What = Literal["commit", "anything"]


class Proxy:
    """Listens on a free port of this machine; ``with`` begins and ends it."""

    def __init__(self, database_url: str) -> None:
        parts = urlsplit(database_url)
        self._server = (parts.hostname or "127.0.0.1", parts.port or 5432)
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        place = f"{parts.username}:{parts.password}@127.0.0.1:{port}"
        self.url = urlunsplit(parts._replace(netloc=place))
        self._left = 0
        self._what: What = "commit"
        self._is_done = True
        self._look: Callable[[], object] = lambda: None
        self._sockets: list[socket.socket] = []
        #: Whether the cut was made.
        self.has_cut = False

    def cut_at(
        self, hits: int, what: What, *, done: bool = True, look: Callable[[], object] = lambda: None
    ) -> None:
        """Cut once, at the message of that number from now on. ``done``: the server hears and does it; ``look`` is
        called when it has, while the client still waits for the answer."""
        self._left, self._what, self._is_done, self._look, self.has_cut = hits, what, done, look, False

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        for each in [self._listener, *self._sockets]:
            _close(each)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                Line(self, client, socket.create_connection(self._server)).begin()

    def keep(self, *sockets: socket.socket) -> None:
        """To be closed at the end."""
        self._sockets += sockets

    def is_time(self, message: bytes) -> bool:
        """Whether the connection is to be cut at this message of a client's."""
        counts = message == COMMIT if self._what == "commit" else message[:1] in b"QS"
        self._left -= counts
        self.has_cut = self.has_cut or (counts and self._left == 0)
        return counts and self._left == 0

    def cut(self, exchange: Callable[[], None]) -> None:
        """Let the server do what it was asked, or not; look at what it did."""
        if self._is_done:
            exchange()
        self._look()


class Line:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self.proxy, self.client, self.server = proxy, client, server
        self._is_swallowing = False
        self._answered = threading.Event()
        for each in (
            client,
            server,
        ):  # a question comes in several parts, none of which shall wait for the next
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        proxy.keep(client, server)

    def begin(self) -> None:
        """A thread for each direction."""
        for way in (self._ask, self._answer):
            threading.Thread(target=self._until_closed, args=[way], daemon=True).start()

    def _until_closed(self, way: Callable[[], None]) -> None:
        with contextlib.suppress(OSError):
            way()
        self._answered.set()
        _close(self.client)
        _close(self.server)

    def _ask(self) -> None:
        """What the client says, message by message."""
        while True:
            startup = self._read(4)
            startup += self._read(struct.unpack("!I", startup)[0] - 4)
            self.server.sendall(startup)
            if struct.unpack("!I", startup[4:8])[0] not in ENCRYPTION:
                break
        while True:
            head = self._read(5)
            message = head + self._read(struct.unpack("!I", head[1:])[0] - 4)
            if self.proxy.is_time(message):
                self.proxy.cut(lambda: self._exchange(message))  # noqa: B023  (called at once)
                return
            self.server.sendall(message)

    def _exchange(self, message: bytes) -> None:
        """Ask the server and wait for its answer, which the client does not get."""
        self._is_swallowing = True
        self.server.sendall(message)
        self._answered.wait()

    def _answer(self) -> None:
        """What the server says; it is silent before each question, so that a swallowed answer begins at its begin."""
        answer = b""
        while found := self.server.recv(65536):
            if not self._is_swallowing:
                self.client.sendall(found)
                continue
            answer += found
            if answer[-6:-1] == b"Z\x00\x00\x00\x05":  # ready for the next question
                self._answered.set()

    def _read(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            part = self.client.recv(count - len(found))
            if not part:
                raise OSError("closed")
            found += part
        return found


def _close(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
