"""Rights taken away or given while a socket is open: its screens follow at the tick, or it closes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, Device, User
from accounts.roles.models import Member, Role
from accounts.tenancy import public_context, tenant_context
from tests.cast import Person
from tests.realtime.live.client import LiveClient
from tests.realtime.live.conftest import Deployment, new_key

Connect = Callable[..., LiveClient]


def role_id(schema: str, key: str) -> int:
    """The built-in role's id."""
    with tenant_context(schema):
        return Role.objects.get(key=key).pk


def names(client: LiveClient) -> set[str]:
    """The first names on the client's list."""
    return {row["first_name"] for row in client.answers["list"]["data"]}


@pytest.fixture
def olivia(deployment: Deployment, connect: Connect) -> LiveClient:
    """Olivia, who has a contact of her own; Lea and Bob have one each."""
    client = connect(deployment.cast.olivia)
    cast = deployment.cast
    for person, name in ((cast.olivia, "Olivia's"), (cast.lea, "Lea's"), (cast.bob, "Bob's")):
        client.call(
            "contacts.create_contact", key=f"rights-{name}", first_name=name, owner_id=person.member_id
        )
    return client


def test_a_role_change_follows_at_once(deployment: Deployment, connect: Connect, olivia: LiveClient) -> None:
    alice = deployment.cast.alice
    screen = connect(alice)
    screen.subscribe("list", "contacts.list_contacts")
    own = names(screen)
    assert not own & {"Olivia's", "Lea's", "Bob's"}
    for role, shown in (
        ("leader", {"Lea's"}),
        ("owner", {"Olivia's", "Lea's", "Bob's"}),
        ("viewer", {"Olivia's", "Lea's", "Bob's"}),
        ("agent", set()),
    ):
        args = {"member_id": alice.member_id, "role_id": role_id(alice.schema, role)}
        assert "result" in olivia.call("roles.change_member_role", **args)
        screen.sync()
        assert names(screen) & {"Olivia's", "Lea's", "Bob's"} == shown, role
    assert names(screen) == own


def test_a_moved_member_sees_the_other_teams_records(
    deployment: Deployment, connect: Connect, olivia: LiveClient
) -> None:
    lea, teams = deployment.cast.lea, deployment.cast.teams
    screen = connect(lea)
    screen.subscribe("list", "contacts.list_contacts")
    assert "Lea's" in names(screen)
    assert "Bob's" not in names(screen)
    there, back = (teams["North"], teams["South"]), (teams["South"], teams["North"])
    for (origin, target), shown in ((there, "Bob's"), (back, "Lea's")):
        moved = {"member_id": lea.member_id, "from_team_id": origin, "to_team_id": target}
        assert "result" in olivia.call("roles.move_team_member", **moved)
        screen.sync()
        assert shown in names(screen)


def test_a_reassigned_contact_leaves_one_screen_and_enters_the_other(
    deployment: Deployment, connect: Connect, olivia: LiveClient
) -> None:
    cast = deployment.cast
    alice, bob = connect(cast.alice), connect(cast.bob)
    made = olivia.call("contacts.create_contact", first_name="Ball", owner_id=cast.alice.member_id)["result"]
    for screen in (alice, bob):
        screen.subscribe("list", "contacts.list_contacts")
        screen.subscribe("one", "contacts.get_contact", contact_id=made["id"])
    assert "Ball" in names(alice)
    assert bob.answers["one"]["code"] == "not_found"
    olivia.call("contacts.assign_contact", contact_id=made["id"], owner_id=cast.bob.member_id)
    for screen in (alice, bob):
        screen.sync()
    assert "Ball" not in names(alice)
    assert alice.answers["one"]["code"] == "not_found"
    assert "Ball" in names(bob)
    assert bob.answers["one"]["first_name"] == "Ball"


def test_a_permission_and_a_field_taken_from_a_role(
    deployment: Deployment, connect: Connect, olivia: LiveClient
) -> None:
    vera = connect(deployment.cast.vera)
    viewer = role_id(deployment.cast.vera.schema, "viewer")
    assert "email" in vera.subscribe("list", "contacts.list_contacts")["data"][0]
    field = {"role_id": viewer, "object": "contact", "field": "email"}
    assert "result" in olivia.call("roles.set_field_permission", **field, level="hidden")
    vera.sync()
    assert all("email" not in row for row in vera.answers["list"]["data"])
    olivia.call("roles.set_field_permission", **field, level="write")
    word = {"role_id": viewer, "permission": "contact.view"}
    assert "result" in olivia.call("roles.set_role_permission", **word, access="none")
    vera.sync()
    assert vera.answers["list"]["code"] == "forbidden"
    olivia.call("roles.set_role_permission", **word, access="all")
    vera.sync()
    assert "email" in vera.answers["list"]["data"][0]


def closes_with_4401(client: LiveClient, end: Callable[[], object]) -> None:
    """The socket closes, and what happens after its end never reaches it."""
    client.subscribe("list", "contacts.list_contacts")
    end()
    assert client.wait_closed() == 4401


def test_a_deactivated_members_sockets_close(
    deployment: Deployment, connect: Connect, olivia: LiveClient
) -> None:
    bob = deployment.cast.bob
    screen, other = connect(bob), connect(bob)
    closes_with_4401(screen, lambda: olivia.call("roles.deactivate_member", member_id=bob.member_id))
    assert other.wait_closed() == 4401  # without a single subscription
    shut_out = LiveClient(deployment.address, key=deployment.key(bob), hello=False)
    shut_out.send(type="hello", protocol=1)
    assert shut_out.wait_closed() == 4401
    olivia.call("roles.reactivate_member", member_id=bob.member_id)
    assert connect(bob).subscribe("list", "contacts.list_contacts")["data"]


def test_a_revoked_key_closes_its_sockets_alone(deployment: Deployment, connect: Connect) -> None:
    bob = deployment.cast.bob
    number, key = new_key(bob)
    screen, other = LiveClient(deployment.address, key=key), connect(bob)

    def revoke() -> None:
        with public_context():
            ApiKey.objects.filter(pk=number).update(revoked_at=timezone.now())

    closes_with_4401(screen, revoke)
    other.sync()
    refused = LiveClient(deployment.address, key=key, hello=False)
    refused.send(type="hello", protocol=1)
    assert refused.wait_closed() == 4401


def test_an_expiring_key_closes_by_itself(deployment: Deployment) -> None:
    number, key = new_key(deployment.cast.bob)
    for seconds in (1.5, 15, 60):  # a slow machine needs that to connect
        with public_context():
            expires_at = timezone.now() + timedelta(seconds=seconds)
            ApiKey.objects.filter(pk=number).update(expires_at=expires_at)
        screen = LiveClient(deployment.address, key=key, hello=False)
        screen.send(type="hello", protocol=1)
        assert screen.wait_closed() == 4401
        assert timezone.now() >= expires_at
        if screen.messages:
            break
    assert screen.messages[0]["type"] == "ready"


def test_a_log_out_elsewhere_closes_the_browsers_socket(deployment: Deployment) -> None:
    cookie, device = logged_in(deployment.cast.bob)
    screen = LiveClient(deployment.address, headers={"Cookie": cookie})

    def revoke() -> None:
        with public_context():
            Device.objects.filter(pk=device).update(revoked_at=timezone.now())

    closes_with_4401(screen, revoke)


def logged_in(person: Person) -> tuple[str, int]:
    """A session as a log-in makes it: the Cookie header, and the device's id."""
    browser = Client(SERVER_NAME="localhost")
    with public_context():
        browser.force_login(User.objects.get(pk=person.user_id))
        return f"sessionid={browser.session.session_key}", browser.session["device_id"]


def test_a_member_deleted_with_raw_sql_is_out(deployment: Deployment, connect: Connect) -> None:
    vera = deployment.cast.vera
    screen = connect(vera)
    screen.subscribe("list", "contacts.list_contacts")
    with tenant_context(vera.schema):
        Member.objects.filter(pk=vera.member_id).update(is_active=False)
    assert screen.wait_closed() == 4401
    with tenant_context(vera.schema):
        Member.objects.filter(pk=vera.member_id).update(is_active=True)
