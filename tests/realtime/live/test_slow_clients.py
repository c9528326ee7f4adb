"""A client that does not read costs nobody time and the server no memory: it skips to the last state."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from django.utils import timezone
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as open_socket

from accounts.models import ApiKey
from accounts.tenancy import public_context, tenant_context
from crm.contacts.models import Contact, ContactStage
from realtime.functions.call import call
from tests.cast import ACME
from tests.processes import PATIENCE
from tests.realtime.live.client import LiveClient
from tests.realtime.live.conftest import Deployment, new_key

Connect = Callable[..., LiveClient]
WRITES = 40


def fill(deployment: Deployment) -> int:
    """A page of large rows; one of them."""
    with tenant_context(ACME):
        stage = ContactStage.objects.first()
        assert stage is not None
        now = "2031-01-01T00:00:00Z"
        made = Contact.objects.bulk_create(
            Contact(first_name="Bulk", full_name=f"Bulk {n}", job_title="x" * 120, phone="1" * 30,
                    source="y" * 60, stage=stage, last_activity_at=now)
            for n in range(200)
        )  # fmt: skip
        return made[0].pk


def test_a_client_that_does_not_read_skips_and_delays_nobody(
    deployment: Deployment, connect: Connect
) -> None:
    contact = fill(deployment)
    olivia = connect(deployment.cast.olivia)
    parts = urlsplit(deployment.address)
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    narrow.connect(("127.0.0.1", parts.port))
    headers = {"Authorization": f"Bearer {deployment.key(deployment.cast.olivia)}"}
    query = {"id": "list", "function": "contacts.list_contacts", "args": {"limit": 200}}
    url = deployment.address.replace("http", "ws") + "/ws"
    with open_socket(
        url,
        sock=narrow,
        additional_headers=headers,
        max_queue=1,
        max_size=None,
        compression=None,
        ping_interval=None,
    ) as slow:
        slow.send(json.dumps({"type": "hello", "protocol": 1}))
        slow.send(json.dumps({"type": "subscribe", "queries": [query]}))
        olivia.send(type="subscribe", queries=[query])
        olivia.wait(lambda: "list" in olivia.answers)
        began, number = time.monotonic(), 0
        # If it delayed her, the server would drop it sooner (STUCK_AFTER) than she saw the first of these.
        while number < WRITES and (number < 15 or time.monotonic() - began < 10.0):
            number += 1
            name = f"Turn {number}"
            rename(deployment, contact, name)
            olivia.wait(lambda name=name: name in names(olivia.answers["list"]))  # type: ignore[misc]  # mypy can't infer a default argument's lambda
        received = 0
        while name not in names(fold(json.loads(slow.recv(timeout=PATIENCE)))):
            received += 1
    assert received < number * 3 / 4
    with tenant_context(ACME):
        Contact.objects.filter(first_name__in=["Bulk", name]).delete()


def names(answer: dict) -> set[str]:
    """The first names on a list."""
    return {row["first_name"] for row in answer.get("data", [])}


def fold(message: dict) -> dict:
    """The list that a message brings, if it brings one."""
    changes = message.get("changes") or [{}]
    return changes[0].get("result") or {}


def test_nothing_made_after_a_revocation_reaches_a_client_that_reads_late(deployment: Deployment) -> None:
    contact = fill(deployment)
    number, key = new_key(deployment.cast.olivia)
    narrow = socket.create_connection(("127.0.0.1", urlsplit(deployment.address).port or 0))
    headers = {"Authorization": f"Bearer {key}"}
    url = deployment.address.replace("http", "ws") + "/ws"
    query = {"id": "list", "function": "contacts.list_contacts", "args": {"limit": 200}}
    with open_socket(
        url,
        sock=narrow,
        additional_headers=headers,
        max_queue=1,
        max_size=None,
        compression=None,
        ping_interval=None,
    ) as slow:
        slow.send(json.dumps({"type": "hello", "protocol": 1}))
        slow.send(json.dumps({"type": "subscribe", "queries": [query]}))
        rename(deployment, contact, "Before")
        with public_context():
            ApiKey.objects.filter(pk=number).update(revoked_at=timezone.now())
        for turn in range(10):
            rename(deployment, contact, f"After {turn}")
            time.sleep(0.05)
        assert not any("After" in text for text in until_closed(slow))
        assert slow.close_code == 4401
    with tenant_context(ACME):
        Contact.objects.filter(pk=contact).delete()
        Contact.objects.filter(first_name="Bulk").delete()


def until_closed(client: ClientConnection) -> Iterator[str]:
    """Everything that still comes."""
    with suppress(ConnectionClosed):
        while True:
            yield str(client.recv(timeout=PATIENCE))


def rename(deployment: Deployment, contact: int, name: str) -> None:
    """A write by Olivia in this process."""
    args = {"contact_id": contact, "changes": {"first_name": name}}
    with tenant_context(ACME):
        call("contacts.update_contact", deployment.cast.olivia.context(), args)
