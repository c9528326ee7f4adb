"""HTTP through the bridge, on the real web process where it matters and by hand where it is about order."""

import asyncio
import contextvars
import http.client
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.templatetags.static import static

from config.bridge import Bridge, environ_of
from tests.processes import PATIENCE

SCOPE = {
    "type": "http", "method": "POST", "path": "/caf\u00e9", "query_string": b"a=1&b=%20", "http_version": "1.1",
    "scheme": "https", "server": ("acme.test", 443), "client": ("192.0.2.7", 999), "root_path": "",
    "headers": [
        (b"host", b"acme.test"), (b"content-type", b"text/plain"), (b"content-length", b"4"), (b"x-a", b"1"),
        (b"x-a", b"2"), (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"x_forwarded_for", b"192.0.2.99"),
    ],
}  # fmt: skip
VARIABLE: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="clean")


class Response:
    """What Django's handler returns."""

    def __init__(self, chunks: list[bytes], streaming: bool) -> None:
        self.chunks, self.streaming, self.closed = chunks, streaming, False

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.chunks)

    def close(self) -> None:
        self.closed = True


def ask(application: Any, *messages: dict[str, Any], threads: int = 1) -> list[dict[str, Any]]:
    """What the bridge sends for a request that arrives in these messages."""
    incoming = iter(messages or ({"type": "http.request", "body": b"body"},))
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(incoming)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(Bridge(application, threads)(SCOPE, receive, send))
    return sent


def test_the_environment_is_that_of_a_wsgi_server() -> None:
    environ = environ_of(SCOPE, io.BytesIO())
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/caf\u00e9"
    assert environ["QUERY_STRING"] == "a=1&b=%20"
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("text/plain", "4")
    assert (environ["HTTP_X_A"], environ["HTTP_COOKIE"]) == ("1,2", "a=1; b=2")
    assert environ["REMOTE_ADDR"] == "192.0.2.7"
    assert environ["wsgi.url_scheme"] == "https"
    assert "HTTP_X_FORWARDED_FOR" not in environ


def test_a_body_in_parts_is_read_whole() -> None:
    read = []

    def application(environ: Any, start_response: Any) -> Response:
        read.append(environ["wsgi.input"].read())
        start_response("200 OK", [("X-Answer", "yes")])
        return Response([b"do", b"ne"], streaming=False)

    parts = [{"type": "http.request", "body": b"x" * 700_000, "more_body": True} for _ in range(3)]
    sent = ask(application, *parts, {"type": "http.request", "body": b"end"})
    assert read == [b"x" * 2_100_000 + b"end"]
    assert sent == [
        {"type": "http.response.start", "status": 200, "headers": [(b"x-answer", b"yes")]},
        {"type": "http.response.body", "body": b"done", "more_body": False},
    ]


def test_a_body_in_chunks_has_a_length() -> None:
    scope = SCOPE | {"headers": [(b"transfer-encoding", b"chunked")]}
    body = io.BytesIO(b"chunks")
    environ = environ_of(scope, body)
    assert (environ["CONTENT_LENGTH"], environ["wsgi.input"].read()) == ("6", b"chunks")


def test_a_body_without_end_is_refused() -> None:
    parts = [{"type": "http.request", "body": b"x" * 16 * 1024 * 1024, "more_body": True} for _ in range(5)]
    assert ask(None, *parts)[0]["status"] == 413


@pytest.mark.parametrize("streaming", [True, False])
def test_the_response_is_closed(streaming: bool) -> None:
    response = Response([b"a", b"b"], streaming)

    def application(environ: Any, start_response: Any) -> Response:
        start_response("200 OK", [])
        return response

    sent = ask(application)
    assert response.closed
    assert b"".join(message.get("body", b"") for message in sent) == b"ab"
    assert len(sent) == (4 if streaming else 2)
    assert [message.get("more_body") for message in sent][-1] is False


def test_who_leaves_while_sending_is_not_served() -> None:
    assert (
        ask(None, {"type": "http.request", "body": b"a", "more_body": True}, {"type": "http.disconnect"})
        == []
    )


def test_context_variables_do_not_leak_into_the_next_request_on_the_thread() -> None:
    seen = []

    def application(environ: Any, start_response: Any) -> Response:
        seen.append(VARIABLE.get())
        VARIABLE.set("dirty")
        start_response("200 OK", [])
        return Response([b""], streaming=False)

    bridge = Bridge(application, 1)

    async def twice() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request"}

        async def send(_message: dict[str, Any]) -> None: ...

        for _ in range(2):
            await bridge(SCOPE, receive, send)

    asyncio.run(twice())
    assert seen == ["clean", "clean"]


def test_the_web_process_serves_pages_files_and_errors_over_one_connection(address: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    for path, status, start in [
        ("/healthz", 200, b"ok"),
        (static("ninja/swagger-ui-bundle.js"), 200, b"/*!"),
        ("/api/v1/contacts", 401, b'{"type"'),
        ("/api/v1/openapi.json", 200, b'{"openapi"'),
        ("/login/", 200, b""),
    ]:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        assert (response.status, body[: len(start)]) == (status, start), path
        assert len(body) == int(response.headers["Content-Length"]), path
