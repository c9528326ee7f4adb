"""Following queries over real sockets: first answers, changes, own mutations, resuming."""

import time
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from tests import processes
from tests.realtime.live.client import LiveClient
from tests.realtime.live.conftest import Deployment

Connect = Callable[..., LiveClient]


def test_a_list_follows_what_others_do(deployment: Deployment, connect: Connect) -> None:
    olivia, alice = connect(deployment.cast.olivia), connect(deployment.cast.alice)
    before = olivia.subscribe("list", "contacts.list_contacts")["data"]
    result = alice.call("contacts.create_contact", first_name="Ann", last_name="Lee")
    olivia.wait(lambda: len(olivia.answers["list"]["data"]) == len(before) + 1)
    assert olivia.answers["list"]["data"][0]["full_name"] == "Ann Lee"
    assert result["result"]["id"] == olivia.answers["list"]["data"][0]["id"]


def test_a_subscription_begins_with_everything_committed_before_it(
    deployment: Deployment, connect: Connect
) -> None:
    olivia = connect(deployment.cast.olivia)
    for number in range(10):
        made = olivia.call("contacts.create_contact", first_name=f"Nu{number}")["result"]["id"]
        listed = olivia.subscribe(f"list-{number}", "contacts.list_contacts")
        assert listed["data"][0]["id"] == made


def test_a_mutation_is_acknowledged_with_its_effect(deployment: Deployment, connect: Connect) -> None:
    olivia = connect(deployment.cast.olivia)
    olivia.subscribe("list", "contacts.list_contacts")
    made = olivia.call("contacts.create_contact", first_name="Bea")["result"]["id"]
    assert olivia.answers["list"]["data"][0]["id"] == made  # no wait: the acknowledgement has come
    assert [change["id"] for change in olivia.transitions[-1]["changes"]] == ["list"]
    assert olivia.transitions[-1]["acks"]


def test_an_idempotency_key_makes_one_contact(deployment: Deployment, connect: Connect) -> None:
    olivia = connect(deployment.cast.olivia)
    first = olivia.call("contacts.create_contact", key="once", first_name="Cyd")
    second = olivia.call("contacts.create_contact", key="once", first_name="Cyd")
    assert first["result"] == second["result"]
    assert (first["replayed"], second["replayed"]) == (False, True)


def test_calls_of_one_socket_run_in_order(deployment: Deployment, connect: Connect) -> None:
    olivia = connect(deployment.cast.olivia)
    contact = olivia.call("contacts.create_contact", first_name="Dee")["result"]["id"]
    for number in range(12):
        args = {"contact_id": contact, "changes": {"first_name": f"Dee {number}"}}
        olivia.send(type="call", id=f"c{number}", function="contacts.update_contact", args=args)
    olivia.wait(lambda: olivia.reply("result", "c11") is not None)
    versions = [(olivia.reply("result", f"c{number}") or {})["result"]["version"] for number in range(12)]
    assert versions == sorted(set(versions))


def test_an_equal_answer_is_not_sent(deployment: Deployment, connect: Connect) -> None:
    olivia = connect(deployment.cast.olivia)
    contact = olivia.call("contacts.create_contact", first_name="Eve", background="a")["result"]["id"]
    olivia.subscribe("list", "contacts.list_contacts")
    stages = olivia.subscribe("stages", "contacts.list_contact_stages")
    sent = len(olivia.transitions)
    olivia.call("contacts.update_contact", contact_id=contact, changes={"first_name": "Eva"})
    last = olivia.transitions[sent:]
    assert [change["id"] for message in last for change in message["changes"]] == ["list"]
    assert stages == olivia.answers["stages"]


def test_resuming_with_the_hash_answers_unchanged(deployment: Deployment, connect: Connect) -> None:
    first = connect(deployment.cast.olivia)
    first.subscribe("list", "contacts.list_contacts")
    hash = first.transitions[-1]["changes"][0]["hash"]
    first.close()
    again = connect(deployment.cast.olivia)
    assert again.subscribe("list", "contacts.list_contacts", hash=hash) == "unchanged"
    assert again.transitions[-1]["changes"] == [{"id": "list", "hash": hash, "unchanged": True}]
    again.call("contacts.create_contact", first_name="Fay")
    assert again.answers["list"]["data"][0]["first_name"] == "Fay"


def test_resuming_here_and_in_another_process(deployment: Deployment) -> None:
    key = deployment.key(deployment.cast.olivia)
    with LiveClient(deployment.address, key=key) as first:
        first.subscribe("list", "contacts.list_contacts", limit=9)
        first.call("contacts.create_contact", first_name="Ida")
        hashes, place = first.hashes, first.place
        assert not first.is_resumed
    with LiveClient(deployment.address, key=key, came_with=place) as here:
        assert here.is_resumed
        assert here.subscribe("list", "contacts.list_contacts", hash=hashes["list"], limit=9) == "unchanged"
    with (
        processes.web_server(deployment.database_url) as address,
        LiveClient(address, key=key, came_with=place) as there,
    ):
        assert not there.is_resumed, "it has not followed what was changed before it began"
        assert there.subscribe("list", "contacts.list_contacts", hash=hashes["list"], limit=9) == "unchanged"
        there.call("contacts.create_contact", first_name="Jan")
        assert there.answers["list"]["data"][0]["first_name"] == "Jan"


def test_who_comes_back_gets_what_has_changed_meanwhile(deployment: Deployment, connect: Connect) -> None:
    """The answer is held while nobody watches, but not past a change of what it has read."""
    first, other = connect(deployment.cast.olivia), connect(deployment.cast.adam)
    first.subscribe("list", "contacts.list_contacts", limit=7)
    first.subscribe("stages", "contacts.list_contact_stages")
    hashes = first.hashes
    first.close()
    other.call("contacts.create_contact", first_name="Guy")
    other.sync()
    again = connect(deployment.cast.olivia)
    assert again.subscribe("list", "contacts.list_contacts", hash=hashes["list"], limit=7) != "unchanged"
    assert again.answers["list"]["data"][0]["first_name"] == "Guy"
    assert again.subscribe("stages", "contacts.list_contact_stages", hash=hashes["stages"]) == "unchanged"


def test_an_unsubscribed_query_is_silent(deployment: Deployment, connect: Connect) -> None:
    olivia = connect(deployment.cast.olivia)
    olivia.subscribe("list", "contacts.list_contacts")
    olivia.send(type="unsubscribe", ids=["list", "never subscribed"])
    olivia.sync()
    sent = len(olivia.transitions)
    olivia.call("contacts.create_contact", first_name="Gil")
    olivia.sync()
    assert all(message["changes"] == [] for message in olivia.transitions[sent:])


def test_queries_of_one_message_are_answered_together(deployment: Deployment, connect: Connect) -> None:
    olivia = connect(deployment.cast.olivia)
    names = ["contacts.list_contacts", "contacts.list_contact_stages", "deals.list_deals", "tasks.list_tasks"]
    olivia.send(type="subscribe", queries=[{"id": name, "function": name} for name in names])
    olivia.wait(lambda: len(olivia.answers) == 4)
    assert len(olivia.transitions) == 1


def test_an_idle_socket_stays_open(deployment: Deployment, connect: Connect) -> None:
    olivia, alice = connect(deployment.cast.olivia), connect(deployment.cast.alice)
    olivia.subscribe("list", "contacts.list_contacts")
    time.sleep(7)  # longer than redis-py waits for a word by itself, and than the hub's own looks
    alice.call("contacts.create_contact", first_name="Hal")
    olivia.wait(lambda: olivia.answers["list"]["data"][0]["first_name"] == "Hal")


def becomes_overdue(client: LiveClient, seconds: float) -> bool:
    """A task comes to be due on an open screen that nobody writes to; False when it was due too soon to be seen."""
    title, due_at = f"Ring in {seconds}", timezone.now() + timedelta(seconds=seconds)
    made = client.call("tasks.create_task", title=title, due_at=due_at.isoformat())
    client.send(type="subscribe", queries=[{"id": title, "fragment": "tasks/list", "args": {}}])
    client.wait(lambda: title in client.answers.get(title, ""))
    before = client.answers[title]
    if is_early := "Overdue" not in before:
        client.wait(lambda: client.answers[title] != before)
        assert "Overdue" in client.answers[title]
    assert timezone.now() >= due_at
    client.call("tasks.archive_task", task_id=made["result"]["id"])
    return is_early


def test_an_answer_that_expires_is_asked_for_again(deployment: Deployment, connect: Connect) -> None:
    olivia = connect(deployment.cast.olivia)
    assert any(becomes_overdue(olivia, seconds) for seconds in (1.5, 15, 60))


def test_equal_queries_of_one_role_share_a_transition(deployment: Deployment, connect: Connect) -> None:
    """Owner and owner's second window get the same version, to the byte."""
    one, other = connect(deployment.cast.olivia), connect(deployment.cast.olivia)
    for client in (one, other):
        client.subscribe("list", "contacts.list_contacts")
    one.call("contacts.create_contact", first_name="Joy")
    other.sync()
    mine, theirs = (
        [message["changes"] for message in client.transitions if message["changes"]]
        for client in (one, other)
    )
    assert mine[-1] == theirs[-1]
