"""A workspace that the operator suspends, or that is locked as nobody pays, while sockets are open; closed accounts."""

import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import ApiKey, Tenant, User
from accounts.tenancy import public_context
from tests import processes
from tests.cast import GLOBEX, Person
from tests.realtime.live.client import LiveClient
from tests.realtime.live.conftest import Deployment, new_key
from tests.realtime.live.test_coming_and_going import HELLO, said
from tests.realtime.live.test_rights import logged_in

Connect = Callable[..., LiveClient]


@pytest.fixture
def operate(deployment: Deployment) -> Iterator[Callable[..., None]]:
    """Does something on the operator site, which runs in another process than the sockets."""
    with public_context():
        user = User.objects.create(email="staff@operator.test", name="Staff", is_staff=True)
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(user)

    def act(page: str, action: str, pk: int) -> None:
        form = {"action": action, "_selected_action": [pk]}
        assert browser.post(f"/operator/accounts/{page}/", form, follow=True).status_code == 200

    yield act
    with public_context():
        user.delete()


@contextmanager
def suspended(operate: Callable[..., None]) -> Iterator[None]:
    """Globex is suspended for the block."""
    with public_context():
        pk = Tenant.objects.get(schema_name=GLOBEX).pk
    operate("tenant", "suspend", pk)
    try:
        yield
    finally:
        operate("tenant", "reactivate", pk)


@contextmanager
def standing(state: str) -> Iterator[None]:
    """Globex stands so for the block."""
    with public_context():
        Tenant.objects.filter(schema_name=GLOBEX).update(standing=state)
    try:
        yield
    finally:
        with public_context():
            Tenant.objects.filter(schema_name=GLOBEX).update(standing=Tenant.Standing.ACTIVE)


def by_session(deployment: Deployment, person: Person, **options: Any) -> LiveClient:
    """A browser's socket."""
    cookie, _ = logged_in(person)
    return LiveClient(deployment.address, headers={"Cookie": cookie}, **options)


def test_suspension_closes_all_its_sockets_and_no_others(
    deployment: Deployment, connect: Connect, operate: Callable[..., None]
) -> None:
    cast = deployment.cast
    by_key, silent, other = connect(cast.charlie), connect(cast.charlie), connect(cast.olivia)
    browser = by_session(deployment, cast.charlie)
    for screen in (by_key, browser, other):
        screen.subscribe("list", "contacts.list_contacts")
    by_key.send(type="subscribe", queries=[{"id": "feed", "changes": {}}])
    ticket = by_key.call("accounts.get_live_ticket")["result"]["ticket"]
    with suspended(operate):
        for screen in (by_key, silent, browser):
            assert screen.wait_closed() == 4401
            assert screen.socket.close_reason == "This workspace is suspended."
        for hello in (HELLO | {"key": deployment.key(cast.charlie)}, HELLO | {"ticket": ticket}):
            assert said(deployment, hello).wait_closed() in {4401, 4404}
        other.sync()
        made = other.call("contacts.create_contact", first_name="Elsewhere")["result"]["id"]
        assert other.answers["list"]["data"][0]["id"] == made
    assert connect(cast.charlie).subscribe("list", "contacts.list_contacts")["data"] is not None


def test_a_locked_workspace_shows_nothing_until_it_is_opened(
    deployment: Deployment, connect: Connect
) -> None:
    charlie = connect(deployment.cast.charlie)
    before = charlie.subscribe("list", "contacts.list_contacts")
    assert "data" in before
    with standing(Tenant.Standing.LOCKED):
        charlie.sync()
        assert charlie.answers["list"]["code"] == "payment_required"
        made = charlie.call("contacts.create_contact", first_name="Unpaid")
        assert made["error"]["code"] == "payment_required"
        newcomer = connect(deployment.cast.charlie)
        assert newcomer.subscribe("list", "contacts.list_contacts")["code"] == "payment_required"
    for screen in (charlie, newcomer):
        screen.sync()
        assert screen.answers["list"] == before


def test_a_closed_account_is_out_with_its_keys(
    deployment: Deployment, connect: Connect, operate: Callable[..., None]
) -> None:
    bob = deployment.cast.bob
    _, key = new_key(bob)
    sockets = LiveClient(deployment.address, key=key), by_session(deployment, bob)
    kept = ApiKey.objects.filter(member_id=bob.member_id, revoked_at=None).exclude(name="Test")
    assert not kept.exists()
    try:
        operate("user", "close", bob.user_id)
        assert [socket.wait_closed() for socket in sockets] == [4401, 4401]
    finally:
        operate("user", "reopen", bob.user_id)
        deployment.keys.pop((bob.schema, bob.member_id), None)
    assert said(deployment, HELLO, key=key).wait_closed() == 4401
    assert connect(bob).subscribe("list", "contacts.list_contacts")["data"] is not None


def test_a_key_with_fewer_scopes_sees_less_at_once(deployment: Deployment) -> None:
    number, key = new_key(deployment.cast.bob)
    with LiveClient(deployment.address, key=key) as screen:
        assert "data" in screen.subscribe("list", "contacts.list_contacts")
        for scopes, code in ((["task.view"], "forbidden"), (["read"], None)):
            with public_context():
                ApiKey.objects.filter(pk=number).update(scopes=scopes)
            screen.sync()
            assert screen.answers["list"].get("code") == code


def test_hosts_are_looked_up_anew_when_a_tenant_changes(deployment: Deployment, connect: Connect) -> None:
    """A process keeps what a host leads to for five seconds; a tick tells it sooner."""
    key = deployment.key(deployment.cast.charlie)
    connect(deployment.cast.olivia)  # only a process with sockets hears ticks

    def answers() -> int:
        parts = urlsplit(deployment.address)
        line = http.client.HTTPConnection(parts.hostname or "", parts.port)
        headers = {"Host": f"globex.localhost:{parts.port}", "Authorization": f"Bearer {key}"}
        line.request("GET", "/api/v1/me", headers=headers)
        return line.getresponse().status

    def turns_to(status: int) -> float:
        began = time.monotonic()
        while answers() != status:
            assert time.monotonic() - began < processes.PATIENCE
            time.sleep(0.05)
        return time.monotonic() - began

    def comes_back_sooner() -> bool:
        with public_context():
            Tenant.objects.filter(schema_name=GLOBEX).update(state=Tenant.State.SUSPENDED)
        try:
            turns_to(403)
        finally:
            with public_context():
                Tenant.objects.filter(schema_name=GLOBEX).update(state=Tenant.State.ACTIVE)
        return turns_to(200) < 3.0  # it was kept a moment ago

    assert answers() == 200
    processes.wait_for(comes_back_sooner)
