"""The feed of changes over a socket: pages follow by themselves, and folding them gives the visible rows."""

import random
from collections.abc import Callable
from typing import Any

from accounts.roles.models import Member, Role, RolePermission
from accounts.tenancy import tenant_context
from realtime.functions.call import call
from tests.cast import ACME, Person
from tests.crm.feed.reader import Reader, visible_rows
from tests.realtime.live.client import LiveClient
from tests.realtime.live.conftest import Deployment

Connect = Callable[..., LiveClient]
TABLES = ["contacts", "companies"]


def do(deployment: Deployment, function: str, **args: Any) -> Any:
    """Call a function as Olivia, committed."""
    with tenant_context(ACME):
        return call(function, deployment.cast.olivia.context(), args)


class Copy:
    """What a client holds that follows the feed."""

    def __init__(self, person: Person, client: LiveClient, after: str | None = None, **more: Any) -> None:
        self.client, self.fold, self.at = client, Reader(person, TABLES), 0
        asked = {"tables": TABLES, "limit": 7, **({"after": after} if after else {}), **more}
        client.send(type="subscribe", queries=[{"id": "feed", "changes": asked}])

    def take(self) -> list[dict[str, Any]]:
        """Fold in what has come."""
        pages = [message for message in self.client.messages if message["type"] == "changes"][self.at :]
        self.at += len(pages)
        changes = [change for page in pages for change in page["changes"]]
        self.fold.fold(changes)
        if pages:
            self.fold.cursor = pages[-1]["cursor"]
        return changes

    def catches_up(self) -> None:
        """It comes to hold the visible rows."""

        def is_equal() -> bool:
            self.take()
            rows = {name: self.fold.rows.get(name, {}) for name in TABLES}
            return rows == visible_rows(self.fold.person, TABLES)

        self.client.wait(is_equal)


def test_what_is_written_comes_by_itself(deployment: Deployment, connect: Connect) -> None:
    cast = deployment.cast
    olivia, bob = (Copy(person, connect(person)) for person in (cast.olivia, cast.bob))
    chance = random.Random(4)
    people = [person.member_id for person in cast.acme]
    ids: list[int] = []
    for number in range(24):
        owner = chance.choice(people)
        if number % 3 and ids:
            do(deployment, "contacts.assign_contact", contact_id=chance.choice(ids), owner_id=owner)
        else:
            ids.append(do(deployment, "contacts.create_contact", first_name="F", owner_id=owner)["id"])
        if number % 8 == 7:
            olivia.catches_up()
            bob.catches_up()
    assert any(change["op"] == "delete" for page in bob.client.messages for change in page.get("changes", ()))


def test_a_role_change_resets_at_once(deployment: Deployment, connect: Connect) -> None:
    cast = deployment.cast
    do(deployment, "contacts.create_contact", first_name="Role", owner_id=cast.olivia.member_id)
    alice = Copy(cast.alice, connect(cast.alice))
    alice.catches_up()
    with tenant_context(ACME):
        before = Member.objects.get(pk=cast.alice.member_id).role_id
        Member.objects.filter(pk=cast.alice.member_id).update(role=Role.objects.get(key="admin"))
        try:
            alice.catches_up()
            assert "Role" in [row["first_name"] for row in alice.fold.rows["contacts"].values()]
        finally:
            Member.objects.filter(pk=cast.alice.member_id).update(role=before)
    alice.catches_up()
    assert "Role" not in [row["first_name"] for row in alice.fold.rows["contacts"].values()]


def test_the_new_role_is_watched_as_the_old_one_was(deployment: Deployment, connect: Connect) -> None:
    """What the feed has read is another role by then: taking a right from that one shows at once, too."""
    cast = deployment.cast
    do(deployment, "contacts.create_contact", first_name="Renewed", owner_id=cast.olivia.member_id)
    bob = Copy(cast.bob, connect(cast.bob))
    bob.catches_up()
    with tenant_context(ACME):
        before = Member.objects.get(pk=cast.bob.member_id).role_id
        admin = Role.objects.get(key="admin")
        sight = RolePermission.objects.filter(role=admin, permission="contact.view")
        access = sight.values_list("access", flat=True).get()
        try:
            Member.objects.filter(pk=cast.bob.member_id).update(role=admin)
            bob.catches_up()
            assert "Renewed" in [row["first_name"] for row in bob.fold.rows["contacts"].values()]
            sight.update(access="own")
            bob.catches_up()
            assert "Renewed" not in [row["first_name"] for row in bob.fold.rows["contacts"].values()]
        finally:
            sight.update(access=access)
            Member.objects.filter(pk=cast.bob.member_id).update(role=before)


def test_it_goes_on_from_a_cursor(deployment: Deployment, connect: Connect) -> None:
    cast = deployment.cast
    first = Copy(cast.olivia, connect(cast.olivia))
    first.catches_up()
    first.client.close()
    made = do(deployment, "companies.create_company", name="Meanwhile")["id"]
    again = Copy(cast.olivia, connect(cast.olivia), after=first.fold.cursor)
    again.fold.rows = first.fold.rows
    again.client.wait(lambda: any(change["id"] == made for change in again.take()))
    assert again.at == 1
    again.catches_up()


def test_wrong_feeds_and_the_end_of_one(deployment: Deployment, connect: Connect) -> None:
    client = connect(deployment.cast.olivia)
    client.send(type="subscribe", queries=[{"id": "1", "changes": {"tables": ["secrets"]}}])
    assert client.refusal("1")["code"] == "invalid_input"
    client.send(type="subscribe", queries=[{"id": "2", "changes": {"after": "x"}}])
    assert client.refusal("2")["errors"][0]["param"] == "after"
    client.send(type="subscribe", queries=[{"id": "3", "changes": {}, "function": "accounts.get_me"}])
    assert client.refusal("3")["code"] == "bad_request"
    copy = Copy(deployment.cast.olivia, client)
    copy.catches_up()
    client.send(type="subscribe", queries=[{"id": "feed", "changes": {}}])
    assert "in use" in client.refusal("feed")["detail"]
    client.send(type="unsubscribe", ids=["feed"])
    do(deployment, "companies.create_company", name="Unheard")
    client.sync()
    assert copy.take() == []
