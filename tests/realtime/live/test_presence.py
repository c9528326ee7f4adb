"""Who looks at a record: told within a second, across processes, only among those who may see it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.conf import settings

from accounts.tenancy import tenant_context
from realtime.functions.call import call
from tests import processes
from tests.cast import ACME, Person
from tests.realtime.live.client import LiveClient
from tests.realtime.live.conftest import Deployment

Connect = Callable[..., LiveClient]


@pytest.fixture
def contact(deployment: Deployment) -> int:
    """A contact of Alice's."""
    return do(
        deployment, "contacts.create_contact", first_name="Seen", owner_id=deployment.cast.alice.member_id
    )["id"]


def do(deployment: Deployment, function: str, **args: Any) -> Any:
    """Call a function as Olivia, committed."""
    with tenant_context(ACME):
        return call(function, deployment.cast.olivia.context(), args)


def look(client: LiveClient, contact: int, id: str = "p") -> None:
    """Be present, and learn who else is."""
    client.send(
        type="subscribe", queries=[{"id": id, "presence": {"object": "contact", "record_id": contact}}]
    )
    client.wait(lambda: there(client, id) is not None)


def there(client: LiveClient, id: str = "p") -> list[str] | None:
    """The names that the client shows."""
    told = [m for m in client.messages if m["type"] == "presence" and m["id"] == id]
    return [member["name"] for member in told[-1]["members"]] if told else None


def test_coming_and_going(deployment: Deployment, connect: Connect, contact: int) -> None:
    cast = deployment.cast
    alice, olivia = connect(cast.alice), connect(cast.olivia)
    look(alice, contact)
    assert there(alice) == []
    look(olivia, contact)
    assert there(olivia) == ["Alice"]
    alice.wait(lambda: there(alice) == ["Olivia"])
    second = connect(cast.olivia)
    look(second, contact)
    olivia.send(type="unsubscribe", ids=["p"])
    olivia.sync()
    assert there(alice) == ["Olivia"]
    second.close()
    alice.wait(lambda: there(alice) == [])
    assert len([m for m in alice.messages if m["type"] == "presence"]) == 3


def test_no_query_runs_when_somebody_comes(deployment: Deployment, connect: Connect, contact: int) -> None:
    alice, olivia = connect(deployment.cast.alice), connect(deployment.cast.olivia)
    alice.subscribe("c", "contacts.get_contact", contact_id=contact)
    look(alice, contact)
    before = len(alice.transitions)
    look(olivia, contact)
    alice.wait(lambda: there(alice) == ["Olivia"])
    assert len(alice.transitions) == before


def test_only_for_those_who_see_the_record(deployment: Deployment, connect: Connect, contact: int) -> None:
    cast = deployment.cast
    alice, bob, charlie = connect(cast.alice), connect(cast.bob), connect(cast.charlie)
    look(alice, contact)
    for stranger in (bob, charlie):
        look(stranger, contact)
        assert stranger.messages[-1]["error"]["code"] == "not_found"
    assert there(alice) == []
    do(deployment, "contacts.assign_contact", contact_id=contact, owner_id=cast.bob.member_id)
    bob.wait(lambda: "error" not in [m for m in bob.messages if m["type"] == "presence"][-1])
    alice.wait(lambda: "error" in alice.messages[-1])
    bob.wait(lambda: there(bob) == [])
    olivia = connect(cast.olivia)
    look(olivia, contact)
    assert there(olivia) == ["Bob"]
    assert there(alice) == []


def test_wrong_places(deployment: Deployment, connect: Connect) -> None:
    client = connect(deployment.cast.olivia)
    client.send(type="subscribe", queries=[{"id": "1", "presence": {"object": "role", "record_id": 1}}])
    assert client.refusal("1")["errors"][0]["param"] == "object"
    client.send(type="subscribe", queries=[{"id": "2", "presence": {"object": "contact"}}])
    assert client.refusal("2")["errors"][0]["param"] == "record_id"


@pytest.fixture
def neighbour(deployment: Deployment) -> Iterator[tuple[str, processes.Process]]:
    """A second web process."""
    port = str(processes.free_port())
    with processes.process("web", deployment.database_url, PORT=port) as web:
        address = f"http://localhost:{port}"
        processes.wait_for(lambda: processes.answers(f"{address}/healthz", web), processes.START_SECONDS)
        yield address, web


def elsewhere(deployment: Deployment, address: str, person: Person) -> LiveClient:
    """A socket at another process."""
    return LiveClient(address, key=deployment.key(person))


def test_across_processes_of_which_one_is_killed(
    deployment: Deployment, connect: Connect, contact: int, neighbour: tuple[str, processes.Process]
) -> None:
    address, web = neighbour
    alice = connect(deployment.cast.alice)
    look(alice, contact)
    far = elsewhere(deployment, address, deployment.cast.olivia)
    look(far, contact)
    far.wait(lambda: there(far) == ["Alice"])
    alice.wait(lambda: there(alice) == ["Olivia"])
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushall()  # as Redis that was restarted
        # Both processes say again who is with them.
        processes.wait_for(lambda: sum(map(client.hlen, client.scan_iter("presence:*"))) == 2)
    alice.wait(lambda: there(alice) == ["Olivia"])
    far.wait(lambda: there(far) == ["Alice"])
    web.kill()
    alice.wait(lambda: there(alice) == [])
