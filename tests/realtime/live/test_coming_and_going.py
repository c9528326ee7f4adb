"""How a conversation begins and how it may end: hello, credentials, origins, limits, closing codes."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect as open_socket

from tests.processes import PATIENCE
from tests.realtime.live.client import LiveClient
from tests.realtime.live.conftest import Deployment
from tests.realtime.live.test_rights import logged_in

Connect = Callable[..., LiveClient]
HELLO = {"type": "hello", "protocol": 1}


def said(deployment: Deployment, *messages: Any, **options: Any) -> LiveClient:
    """A client that has said just this."""
    client = LiveClient(deployment.address, hello=False, **options)
    for message in messages:
        client.socket.send(message if isinstance(message, str | bytes) else json.dumps(message))
    return client


@pytest.mark.parametrize(
    "first",
    [
        "",
        "hello",
        b"hello",
        {"type": "ping"},
        {"type": "hello"},
        {"type": "hello", "protocol": 2},
        "x" * 70_000,
    ],
    ids=["nothing", "text", "binary", "ping", "no version", "other version", "large"],
)
def test_a_wrong_first_message_closes_with_4400(deployment: Deployment, first: Any) -> None:
    client = said(deployment, first, key=deployment.key(deployment.cast.olivia))
    assert client.wait_closed() == 4400
    assert client.socket.close_reason


@pytest.mark.parametrize("key", ["", "crm_nonsense", "crm_12345678_wrong", "x" * 200])
def test_no_credential_that_works_closes_with_4401(deployment: Deployment, key: str) -> None:
    assert said(deployment, HELLO, key=key).wait_closed() == 4401


def test_a_key_may_come_with_hello(deployment: Deployment) -> None:
    with said(deployment, HELLO | {"key": deployment.key(deployment.cast.vera)}) as client:
        client.wait(lambda: bool(client.messages))
        assert client.messages[0]["type"] == "ready"
        assert client.messages[0]["limits"]["subscriptions"] == 200


def test_a_session_is_for_pages_of_this_site(deployment: Deployment) -> None:
    cookie, _ = logged_in(deployment.cast.vera)
    host = urlsplit(deployment.address).netloc
    codes = {}
    for origin in (f"http://{host}", "https://evil.test", "null", f"http://{host}.evil.test"):
        headers = {"Cookie": cookie}
        client = LiveClient(deployment.address, hello=False, origin=origin, headers=headers)
        client.send(**HELLO)
        client.wait(lambda client=client: client.messages or client.close_code)  # type: ignore[misc]  # mypy can't infer a default argument's lambda
        codes[origin] = client.close_code
        client.close()
    assert list(codes.values()) == [None, 4403, 4403, 4403]


def test_a_key_may_come_from_any_page(deployment: Deployment) -> None:
    key = deployment.key(deployment.cast.vera)
    with LiveClient(deployment.address, key=key, origin="https://integration.test") as client:
        assert client.subscribe("stages", "contacts.list_contact_stages")


def test_an_unknown_host_closes_with_4404(deployment: Deployment) -> None:
    parts = urlsplit(deployment.address)
    key = {"Authorization": f"Bearer {deployment.key(deployment.cast.vera)}"}
    for host, code in ((f"nobody.localhost:{parts.port}", 4404), (f"globex.localhost:{parts.port}", 4404)):
        with open_socket(
            f"ws://{host}/ws", additional_headers=key, sock=_connection(parts.port or 0)
        ) as socket:
            socket.send(json.dumps(HELLO))
            with pytest.raises(ConnectionClosed, match=str(code)):
                socket.recv(timeout=PATIENCE)


def _connection(port: int) -> Any:
    import socket

    return socket.create_connection(("127.0.0.1", port))


def test_a_huge_message_closes_with_4413(deployment: Deployment, connect: Connect) -> None:
    client = connect(deployment.cast.vera)
    client.socket.send("x" * 1_100_000)
    assert client.wait_closed() in {4413, 1009}


def test_a_flood_closes_with_4429(deployment: Deployment, connect: Connect) -> None:
    client = connect(deployment.cast.vera)
    try:
        for _ in range(2000):
            client.socket.send('{"type":"ping"}')
    except Exception:  # closed before all was said
        assert client.wait_closed() == 4429
    assert client.wait_closed() == 4429


def test_a_member_may_have_so_many_sockets(deployment: Deployment) -> None:
    key = deployment.key(deployment.cast.adam)
    clients = [LiveClient(deployment.address, key=key) for _ in range(50)]
    try:
        refused = said(deployment, HELLO, key=key)
        assert refused.wait_closed() == 4429
        clients.pop().close()
        with LiveClient(deployment.address, key=key) as client:
            assert client.subscribe("stages", "contacts.list_contact_stages")
    finally:
        for client in clients:
            client.close()


def test_a_client_that_vanishes_leaves_nothing_behind(deployment: Deployment, connect: Connect) -> None:
    for _ in range(5):
        client = connect(deployment.cast.olivia)
        client.send(type="subscribe", queries=[{"id": "list", "function": "contacts.list_contacts"}])
        client.send(type="call", id="c", function="contacts.create_contact", args={"first_name": "Gone"})
        client.socket.socket.close()
    olivia = connect(deployment.cast.olivia)
    olivia.subscribe("list", "contacts.list_contacts")
    olivia.call("contacts.create_contact", first_name="Still")
    assert olivia.answers["list"]["data"][0]["first_name"] == "Still"
