"""Whatever a client sends, it gets a clear error, and its other queries live on."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.realtime.live.client import LiveClient
from tests.realtime.live.conftest import Deployment

Connect = Callable[..., LiveClient]

WRONG: list[tuple[str, str]] = [
    ("", "bad_request"),
    ("{", "bad_request"),
    ("\x00", "bad_request"),
    ("[]", "bad_request"),
    ("null", "bad_request"),
    ('"subscribe"', "bad_request"),
    ("{}", "bad_request"),
    ('{"type": "shout"}', "bad_request"),
    ('{"type": ["subscribe"]}', "bad_request"),
    ('{"type": "hello", "protocol": 1}', "bad_request"),
    ('{"type": "subscribe"}', "invalid_input"),
    ('{"type": "subscribe", "queries": {}}', "invalid_input"),
    ('{"type": "subscribe", "queries": [], "more": 1}', "invalid_input"),
    ('{"type": "subscribe", "queries": [1]}', "invalid_input"),
    ('{"type": "unsubscribe", "ids": "list"}', "invalid_input"),
    ('{"type": "unsubscribe", "ids": [7]}', "invalid_input"),
    ('{"type": "call", "function": "contacts.create_contact"}', "invalid_input"),
    ('{"type": "ping", "id": "x"}', "invalid_input"),
    ('{"type": "ping", "padding": "' + "x" * 70_000 + '"}', "too_large"),
    ("[" * 60_000, "bad_request"),
]

WRONG_QUERIES: list[tuple[dict[str, Any], str]] = [
    ({"function": "contacts.no_such"}, "not_found"),
    ({"fragment": "contacts/no-such"}, "not_found"),
    ({}, "bad_request"),
    ({"function": "contacts.list_contacts", "fragment": "contacts/table"}, "bad_request"),
    ({"function": "contacts.create_contact"}, "invalid_input"),
    ({"function": "contacts.list_contacts", "args": {"limit": "ten"}}, "invalid_input"),
    ({"function": "contacts.list_contacts", "args": {"limit": 0}}, "invalid_input"),
    ({"function": "contacts.list_contacts", "args": {"nonsense": 1}}, "invalid_input"),
    ({"function": "contacts.list_contacts", "args": []}, "invalid_input"),
    ({"function": "contacts.list_contacts", "args": {"search": "a\x00b"}}, "invalid_input"),
    ({"function": "contacts.get_contact", "args": {"contact_id": 2**63}}, "invalid_input"),
    ({"function": 7}, "invalid_input"),
]


@pytest.fixture
def olivia(deployment: Deployment, connect: Connect) -> LiveClient:
    """Olivia, who follows a list before and after."""
    client = connect(deployment.cast.olivia)
    client.subscribe("list", "contacts.list_contacts")
    return client


def still_follows(client: LiveClient) -> bool:
    """Whether the list still follows."""
    made = client.call("contacts.create_contact", first_name="Ivy")["result"]["id"]
    return bool(client.answers["list"]["data"][0]["id"] == made)


def test_wrong_messages(olivia: LiveClient) -> None:
    for text, code in WRONG:
        before = len(olivia.messages)
        olivia.socket.send(text)
        olivia.wait(lambda before=before: len(olivia.messages) > before)  # type: ignore[misc]  # mypy can't infer a default argument's lambda
        error = olivia.messages[-1]
        assert (error["type"], error["error"]["code"]) == ("error", code), (text[:80], error)
        assert error["error"]["detail"]
    assert still_follows(olivia)


def test_a_binary_message(olivia: LiveClient) -> None:
    olivia.socket.send(b'{"type": "ping"}')
    assert olivia.refusal()["code"] == "bad_request"
    assert still_follows(olivia)


def test_wrong_queries_cost_the_others_of_the_message_nothing(olivia: LiveClient) -> None:
    wrong = [{"id": f"w{number}", **query} for number, (query, _) in enumerate(WRONG_QUERIES)]
    olivia.send(
        type="subscribe", queries=[*wrong, {"id": "right", "function": "contacts.list_contact_stages"}]
    )
    olivia.wait(lambda: "right" in olivia.answers)
    found = [olivia.refusal(f"w{number}")["code"] for number in range(len(wrong))]
    assert found == [code for _, code in WRONG_QUERIES]
    assert still_follows(olivia)


def test_an_error_names_the_arguments(olivia: LiveClient) -> None:
    query = {"id": "w", "function": "contacts.list_contacts", "args": {"limit": 500, "sort": "size"}}
    olivia.send(type="subscribe", queries=[query])
    assert {problem["param"] for problem in olivia.refusal("w")["errors"]} == {"limit", "sort"}


def test_an_id_in_use_is_refused(olivia: LiveClient) -> None:
    olivia.send(type="subscribe", queries=[{"id": "list", "function": "contacts.list_contact_stages"}])
    assert olivia.refusal("list")["code"] == "invalid_input"
    assert still_follows(olivia)


def test_a_wrong_call_answers_with_its_id(olivia: LiveClient) -> None:
    wrong = {
        "contacts.no_such": "not_found",
        "contacts.create_contact": "invalid_input",
        "contacts.get_contact": "invalid_input",
    }
    for function, code in wrong.items():
        assert olivia.call(function, nonsense=1)["error"]["code"] == code
    assert olivia.call("contacts.list_contact_stages")["result"]


def test_too_many_subscriptions_are_refused_one_by_one(deployment: Deployment, connect: Connect) -> None:
    client = connect(deployment.cast.adam)
    for start in (0, 50, 100, 150):
        queries = [
            {"id": str(n), "function": "contacts.list_contact_stages"} for n in range(start, start + 50)
        ]
        client.send(type="subscribe", queries=queries)
    client.send(type="subscribe", queries=[{"id": "one more", "function": "contacts.list_contact_stages"}])
    assert client.refusal("one more")["code"] == "rate_limited"
    client.wait(lambda: len(client.answers) == 200)


def test_another_tenants_records_are_not_found(deployment: Deployment, connect: Connect) -> None:
    olivia, charlie = connect(deployment.cast.olivia), connect(deployment.cast.charlie)
    # An id that only their tenant has: ours are counted up to here.
    ours, made = olivia.call("contacts.create_contact", first_name="Last")["result"]["id"], 0
    while made <= ours:
        made = charlie.call("contacts.create_contact", first_name="Secret")["result"]["id"]
    theirs = olivia.subscribe("theirs", "contacts.get_contact", contact_id=made)
    assert theirs["code"] == "not_found"
    charlie.call("contacts.update_contact", contact_id=made, changes={"first_name": "Still secret"})
    olivia.sync()
    assert olivia.answers["theirs"]["code"] == "not_found"
    refused = olivia.call("contacts.update_contact", contact_id=made, changes={"first_name": "Mine"})
    assert refused["error"]["code"] == "not_found"
