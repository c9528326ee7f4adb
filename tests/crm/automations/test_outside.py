"""Calls to other programs, which may answer anything: a worker is not held, and no more is kept than is shown."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from accounts.billing.signatures import check_standard
from crm.automations import outside
from crm.automations.signing import secrets_of
from realtime.functions import Unauthenticated
from workflows import Outside

OVER = Event()
HEARD: list[tuple[dict[str, str], bytes]] = []


class Endless(BaseHTTPRequestHandler):
    """Answers without an end: by the megabyte, or a byte at a time."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=latin-1")
        self.end_headers()
        drips = self.path == "/drip"
        try:
            while not OVER.wait(0.02 if drips else 0):
                self.wfile.write(b"\xe4" if drips else b"\0" + b"x" * 1_000_000)
                self.wfile.flush()
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server(settings: Any) -> Iterator[str]:
    """The address of a program that answers so."""
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    OVER.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Endless) as found:
        found.daemon_threads = True
        Thread(target=found.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{found.server_port}"
        OVER.set()
        found.shutdown()


def post(url: str) -> Any:
    """What the action answers."""
    return outside.post_json.body(Outside("t_acme", 1, "key-1", 1), url=url, event={})


class Listening(BaseHTTPRequestHandler):
    """Keeps what it is sent."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        HEARD.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


def test_a_call_proves_where_it_comes_from(settings: Any) -> None:
    """By today's key and by the former one: a receiver that knows either of the secrets takes it."""
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    (former,) = secrets_of("t_acme")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    with ThreadingHTTPServer(("127.0.0.1", 0), Listening) as found:
        Thread(target=found.serve_forever, daemon=True).start()
        event = {"object": "contact", "fields": {"first_name": "Zoë"}}
        url = f"http://127.0.0.1:{found.server_port}/x"
        outside.post_json.body(Outside("t_acme", 1, "key-1", 1), url=url, event=event)
        found.shutdown()
    headers, body = HEARD.pop()
    assert (json.loads(body), headers["content-type"]) == (event, "application/json")
    assert headers["webhook-id"] == headers["idempotency-key"] == "key-1"

    def check(secret: str, body: bytes = body) -> None:
        stamp, signature = headers["webhook-timestamp"], headers["webhook-signature"]
        when = datetime.fromtimestamp(int(stamp), UTC)
        check_standard("key-1", stamp, signature, body, [secret], when, timedelta(minutes=5))

    check(secrets_of("t_acme")[0])
    check(former)
    for secret, content in ((secrets_of("t_globex")[0], body), (former, body + b" ")):
        with pytest.raises(Unauthenticated):
            check(secret, content)


def test_an_endless_answer_is_read_no_further_than_it_is_shown(server: str) -> None:
    said = post(f"{server}/flood")
    assert said == {"status": 200, "body": "x" * (outside.SHOWN - 1)}


def test_an_answer_by_drops_ends_in_time(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds in (0.3, 3, 30):  # a slow machine needs that for the first drop
        monkeypatch.setattr(outside, "SECONDS", seconds)
        try:
            said = post(f"{server}/drip")
        except httpx.TimeoutException:
            continue
        assert said["status"] == 200
        if said["body"]:
            break
    assert set(said["body"]) == {"ä"}
