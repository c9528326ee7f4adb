"""Calls to other programs, which may answer anything: a worker is not held, and no more is kept than is shown."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from accounts.billing.signatures import check_standard
from accounts.tenancy import tenant_context
from crm.automations import outside
from crm.automations.signing import headers_of, secrets_of
from realtime.functions import Unauthenticated
from realtime.functions.call import call
from tests.cast import ACME, Cast
from workflows import NonRetryable, Outside

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
        code = int(self.path[1:]) if self.path[1:].isdecimal() else 204
        self.send_response(code)
        if code != 204:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/secret")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def listener() -> Iterator[int]:
    """The port of a program that keeps what it is sent; ``/302`` answers that."""
    HEARD.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Listening) as found:
        Thread(target=found.serve_forever, daemon=True).start()
        yield found.server_port
        found.shutdown()
    HEARD.clear()


def test_a_call_proves_where_it_comes_from(listener: int, acme: None, settings: Any) -> None:
    """By today's key and by the former one: a receiver that knows either of the secrets takes it."""
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    (former,) = secrets_of("t_acme")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    event = {"object": "contact", "fields": {"first_name": "Zoë"}}
    url = f"http://127.0.0.1:{listener}/x"
    outside.post_json.body(Outside("t_acme", 1, "key-1", 1), url=url, event=event)
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


def test_a_secret_is_renewed_with_an_overlap(acme: None, cast: Cast) -> None:
    """Who has not changed theirs yet goes on for as long as was said; the one before that signs nothing."""
    ctx = cast.olivia.context
    (first,) = secrets_of(ACME)
    assert call("automations.reveal_signing_secret", ctx(), {})["secret"] == first
    made = call("automations.renew_signing_secret", ctx(), {"overlap_hours": 48})
    second = made["secret"]
    assert secrets_of(ACME) == [second, first]
    assert made["former_until"] - made["renewed_at"] == timedelta(hours=48)
    signatures = headers_of(ACME, "key-1", b"{}")["webhook-signature"].split()
    assert len(signatures) == 2
    third = call("automations.renew_signing_secret", ctx(), {"overlap_hours": 0})["secret"]
    assert secrets_of(ACME) == [third]
    state = call("automations.get_signing_state", ctx(), {})
    assert (state["former_until"], state["renewed_at"] is not None) == (None, True)
    assert len({first, second, third}) == 3
    with tenant_context("t_globex"):
        assert not {first, second, third} & set(secrets_of("t_globex"))


#: Ways to name a host of the deployment's own network; ``PORT`` is one where somebody listens.
INSIDE = """
    http://127.0.0.1:PORT/ http://localhost:PORT/ http://[::1]:PORT/ http://0.0.0.0:PORT/ http://[::]:PORT/
    http://2130706433:PORT/ http://0x7f000001:PORT/ http://0177.0.0.1:PORT/ http://127.1:PORT/ http://127.0.0.1.:PORT/
    http://[::ffff:127.0.0.1]:PORT/ http://[::ffff:7f00:1]:PORT/ http://[::127.0.0.1]:PORT/
    http://[64:ff9b::7f00:1]:PORT/ http://[2002:7f00:1::]:PORT/ http://public.example@127.0.0.1:PORT/
    http://169.254.169.254/latest/meta-data/ http://[::ffff:169.254.169.254]/ http://[fd00:ec2::254]/
    http://10.0.0.1/ http://172.16.0.1/ http://192.168.1.1/ http://100.64.0.1/ http://[fe80::1]/ http://224.0.0.1/
""".split()  # noqa: SIM905  (so many addresses are read as text)


@pytest.mark.parametrize("url", INSIDE)
def test_the_deployment_s_own_network_is_out_of_reach(listener: int, acme: None, url: str) -> None:
    with pytest.raises((NonRetryable, RuntimeError), match=r"inside the deployment|There is no host"):
        post(url.replace("PORT", str(listener)))
    assert HEARD == []


def test_a_name_that_leads_inside_is_refused_and_one_that_changes_its_mind_is_not_asked_twice(
    listener: int, acme: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if only one of its addresses does; the address that was looked at is the one that is connected to."""
    look_up, asked = socket.getaddrinfo, []

    def answering(*addresses: str) -> Any:
        def found(host: Any, port: Any, *args: Any, **more: Any) -> Any:
            if host != "two-faced.example":
                return look_up(host, port, *args, **more)
            asked.append(host)
            return [entry for each in addresses for entry in look_up(each, port, *args, **more)]

        return found

    monkeypatch.setattr(socket, "getaddrinfo", answering("93.184.215.14", "127.0.0.1"))
    with pytest.raises(NonRetryable, match="inside the deployment"):
        post(f"http://two-faced.example:{listener}/")
    monkeypatch.setattr(outside, "public_address", lambda *_args, **_more: "127.0.0.1")
    post(f"http://two-faced.example:{listener}/")
    ((headers, _body),) = HEARD
    assert (headers["host"], len(asked)) == (f"two-faced.example:{listener}", 1)


def test_a_redirect_is_followed_nowhere(listener: int, acme: None, settings: Any) -> None:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    for path in ("/302", "/307"):
        with pytest.raises(NonRetryable, match="give the one that it redirects to"):
            post(f"http://127.0.0.1:{listener}{path}")
    assert [headers["host"] for headers, _body in HEARD] == [f"127.0.0.1:{listener}"] * 2


def test_an_endless_answer_is_read_no_further_than_it_is_shown(server: str, acme: None) -> None:
    said = post(f"{server}/flood")
    assert said == {"status": 200, "body": "x" * (outside.SHOWN - 1)}


def test_an_answer_by_drops_ends_in_time(server: str, acme: None, monkeypatch: pytest.MonkeyPatch) -> None:
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
