"""Following queries over real sockets: first answers, changes, own mutations, sharing."""

from collections.abc import Callable

from tests.realtime.live.client import LiveClient
from tests.realtime.live.conftest import Deployment

Connect = Callable[..., LiveClient]


def test_a_list_follows_what_others_do(deployment: Deployment, connect: Connect) -> None:
    olivia, alice = connect(deployment.cast.olivia), connect(deployment.cast.alice)
    assert olivia.subscribe("list", "contacts.list_contacts")["data"] == []
    result = alice.call("contacts.create_contact", first_name="Ann", last_name="Lee")
    olivia.wait(lambda: len(olivia.answers["list"]["data"]) == 1)
    assert olivia.answers["list"]["data"][0]["full_name"] == "Ann Lee"
    assert result["result"]["id"] == olivia.answers["list"]["data"][0]["id"]
