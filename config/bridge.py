"""HTTP under the ASGI server by Django's WSGI handler, each request in one thread of a fixed pool.

The views are synchronous. Django's own ASGI handler serves such a view by way of a new thread, a task and two
hops a request, for about a millisecond of CPU; one hop into a waiting thread costs a tenth of that.
"""

import asyncio
import contextvars
import sys
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any
from wsgiref.util import FileWrapper

from config import env

Message = dict[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Coroutine[Any, Any, None]]
Headers = list[tuple[str, str]]

#: Bodies above this many bytes wait on disk.
IN_MEMORY = 1024 * 1024
FILE_BLOCK = 64 * 1024
#: Larger bodies are not even kept; the views have limits of their own below this.
MAX_BODY = max(64, env.integer("FILES_MAX_MB", 25) + 1) * 1024 * 1024


class Disconnected(Exception):
    """The client left before its request was read."""


class TooLarge(Exception):
    """The body is larger than MAX_BODY."""


class Bridge:
    """An ASGI application for HTTP over a WSGI application."""

    def __init__(self, application: Callable[..., Any], threads: int) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="web")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await read_body(receive)
        except Disconnected:
            return
        except TooLarge:
            await send({"type": "http.response.start", "status": 413, "headers": [(b"connection", b"close")]})
            await send(body_message(b"The request is too large."))
            return
        loop = asyncio.get_running_loop()

        def send_now(message: Message) -> None:
            asyncio.run_coroutine_threadsafe(send(message), loop).result()

        with body:
            # The copy keeps what a request does to context variables from the next one on the thread.
            run = contextvars.copy_context().run
            rest = await loop.run_in_executor(self._threads, run, self._answer, scope, body, send_now)
        for message in rest:
            await send(message)

    def _answer(self, scope: Scope, body: IO[bytes], send_now: Callable[[Message], None]) -> list[Message]:
        """Run the application in this thread; returns what is left to send, which for most responses is all."""
        start: Message = {}

        def start_response(status: str, headers: Headers, exc_info: Any = None) -> None:
            start.update(type="http.response.start", status=int(status[:3]), headers=encoded(headers))

        result = self._application(environ_of(scope, body), start_response)
        try:
            if getattr(result, "streaming", True):
                send_now(start)
                for chunk in result:
                    send_now(body_message(chunk, more=True))
                return [body_message(b"")]
            return [start, body_message(b"".join(result))]
        finally:
            result.close()


async def read_body(receive: Receive) -> IO[bytes]:
    """The whole request body, as a file at its beginning."""
    body = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (the caller closes it)
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            body.close()
            raise Disconnected
        if chunk := message.get("body"):
            body.write(chunk)
        if body.tell() > MAX_BODY:
            body.close()
            raise TooLarge
        if not message.get("more_body"):
            body.seek(0)
            return body


def environ_of(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """A WSGI environment (PEP 3333) of an ASGI scope."""
    root = scope.get("root_path", "")
    host, port = scope.get("server") or ("localhost", 80)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": as_latin1(root),
        "PATH_INFO": as_latin1(scope["path"].removeprefix(root)),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": lambda file, _size: FileWrapper(file, FILE_BLOCK),
    }
    if scope.get("client"):
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = scope["client"][0], str(scope["client"][1])
    add_headers(environ, scope["headers"])
    if environ.pop("HTTP_TRANSFER_ENCODING", None):  # it came in chunks, and is whole by now
        environ["CONTENT_LENGTH"] = str(body.seek(0, 2))
        body.seek(0)
    return environ


def add_headers(environ: dict[str, Any], headers: Iterable[tuple[bytes, bytes]]) -> None:
    """The headers as HTTP_... variables. Names with underscores could pass for other headers: left out."""
    for raw_name, raw_value in headers:
        if b"_" in raw_name:
            continue
        name, value = raw_name.decode("latin-1").upper().replace("-", "_"), raw_value.decode("latin-1")
        key = name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"
        if key in environ:
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value


def as_latin1(text: str) -> str:
    """WSGI's way to carry UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def encoded(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Response headers as ASGI wants them."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def body_message(chunk: bytes, *, more: bool = False) -> Message:
    """A part of the response body."""
    return {"type": "http.response.body", "body": chunk, "more_body": more}
