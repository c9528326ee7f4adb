"""Whatever is said over a socket: a clear error of its own or an answer, and everything else goes on."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.functions import registry
from realtime.live import protocol
from tests.realtime.live.client import LiveClient
from tests.realtime.live.conftest import Deployment

Connect = Callable[..., LiveClient]

QUERIES = sorted(function.name for function in registry if function.kind == "query")
#: What a refusal may be; never "internal", which is a defect of ours.
CODES = {
    "bad_request", "invalid_input", "not_found", "forbidden", "conflict", "too_large", "rate_limited", "start_again",
    "payment_required",
}  # fmt: skip

texts = st.text(max_size=12) | st.sampled_from(
    ["", "a\x00b", "1", "x" * 5_000, "2030-01-01", "contact", "\ud83d\ude00"]
)
numbers = st.integers() | st.sampled_from([0, 1, -1, 2**31, 2**63, 10**400]) | st.floats()
plain = st.none() | st.booleans() | numbers | texts
junk = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
)
names = st.sampled_from(QUERIES)


@st.composite
def arguments(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """Some of the function's arguments, with values that may fit."""
    known = list(registry.get(name).args_model.model_fields)
    chosen = draw(st.lists(st.sampled_from(known), unique=True, max_size=4)) if known else []
    return {field: draw(st.one_of(st.just(1), st.just("x"), junk)) for field in chosen}


@st.composite
def queries(draw: st.DrawFn) -> Any:
    """One query of a subscribe message, more or less right."""
    name = draw(names)
    return draw(
        st.one_of(
            st.fixed_dictionaries({"id": st.just("f"), "function": st.just(name), "args": arguments(name)}),
            st.fixed_dictionaries({"id": st.just("f"), "changes": st.dictionaries(texts, junk, max_size=2)}),
            st.fixed_dictionaries({"id": st.just("f"), "presence": st.dictionaries(texts, junk, max_size=2)}),
            st.fixed_dictionaries({"id": junk, "function": junk, "args": junk, "hash": junk}),
            junk,
        )
    )


@st.composite
def calls(draw: st.DrawFn) -> Any:
    """A call of a query, more or less right."""
    name = draw(names)
    return {"type": "call", "id": "c", "function": name, "args": draw(arguments(name) | junk)}


messages = st.one_of(
    st.fixed_dictionaries({"type": st.just("subscribe"), "queries": st.lists(queries(), max_size=3) | junk}),
    st.fixed_dictionaries({"type": st.just("unsubscribe"), "ids": st.lists(texts, max_size=3) | junk}),
    calls(),
    st.fixed_dictionaries({"type": st.sampled_from(["hello", "sync", "ping", "call", "what"]), "id": junk}),
    st.dictionaries(st.sampled_from(["type", "id", "queries", "function"]), junk),
    junk,
)


def problems(client: LiveClient, since: int) -> list[dict[str, Any]]:
    """The errors of the messages that have come since."""
    return [message["error"] for message in client.messages[since:] if message.get("error")]


def say(client: LiveClient, text: str) -> None:
    """Say something, and wait until the server has read it."""
    since = len(client.messages)
    client.answers.pop("f", None)
    client.socket.send(text)
    client.send(type="unsubscribe", ids=["f"])
    client.send(type="ping")
    client.wait(lambda: any(message["type"] == "pong" for message in client.messages[since:]))
    found = problems(client, since)
    answer = client.answers.get("f")
    if isinstance(answer, dict) and "status" in answer and "errors" in answer:
        found.append(answer)
    for error in found:
        assert error["code"] in CODES, (text[:300], error)
        assert error["detail"]


def test_whatever_is_said(deployment: Deployment, connect: Connect) -> None:
    witness = connect(deployment.cast.olivia)
    witness.subscribe("list", "contacts.list_contacts")

    @settings(max_examples=120)
    @given(messages)
    def everything(message: Any) -> None:
        say(speaker, json.dumps(message))

    with LiveClient(deployment.address, key=deployment.key(deployment.cast.adam)) as speaker:
        everything()
    made = witness.call("contacts.create_contact", first_name="Undisturbed")["result"]["id"]
    assert witness.answers["list"]["data"][0]["id"] == made


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"type": "subscribe", "queries": [{}] * 201}, "invalid_input"),
        ({"type": "subscribe", "queries": [{"id": "x"}] * 10_000}, "too_large"),
        ({"type": "unsubscribe", "ids": ["x"] * 10_000}, "invalid_input"),
        ({"type": "call", "id": "c", "function": "x" * 60_000}, "invalid_input"),
        ({"type": "sync", "id": "x" * 60_000}, "invalid_input"),
    ],
    ids=["201 queries", "10,000 queries", "10,000 ids", "a long name", "a long id"],
)
def test_too_much_of_it(connect: Connect, deployment: Deployment, message: Any, code: str) -> None:
    client = connect(deployment.cast.adam)
    client.send(**message)
    client.wait(lambda: bool(problems(client, 0)))
    assert problems(client, 0)[0]["code"] == code
    client.sync()


def test_huge_arguments_are_arguments(connect: Connect, deployment: Deployment) -> None:
    client = connect(deployment.cast.adam)
    deep: Any = {"field": "city", "op": "contains", "value": "x"}
    for _ in range(300):
        deep = {"all": [deep]}
    huge: list[tuple[dict[str, Any], str]] = [
        ({"search": "x" * 60_000}, "invalid_input"),
        ({"filter": deep}, "bad_request"),
        ({"filter": {"any": [{"all": []}] * 4_000}}, "invalid_input"),
    ]
    for args, code in huge:
        since = len(client.messages)
        client.answers.pop("f", None)
        query = {"id": "f", "function": "contacts.search_contacts", "args": args}
        client.send(type="subscribe", queries=[query])
        client.wait(lambda since=since: bool(problems(client, since)) or "f" in client.answers)  # type: ignore[misc]  # mypy can't infer a default argument's lambda
        told = [*problems(client, since), *([client.answers["f"]] if "f" in client.answers else [])]
        assert told[0]["code"] == code, told
        client.send(type="unsubscribe", ids=["f"])
    client.sync()


def test_subscribing_over_and_over_has_to_wait(connect: Connect, deployment: Deployment) -> None:
    client = connect(deployment.cast.adam)
    began = time.monotonic()
    for _ in range(4):
        stages = [{"id": str(number), "function": "contacts.list_contact_stages"} for number in range(200)]
        client.send(type="subscribe", queries=stages)
        client.send(type="unsubscribe", ids=[query["id"] for query in stages])
    client.sync()
    refused = problems(client, 0)
    assert {error["code"] for error in refused} <= {"rate_limited"}
    given_back = (time.monotonic() - began) * protocol.SUBSCRIPTION_RATE
    assert (
        800 - protocol.SUBSCRIPTION_BURST - given_back - 1
        <= len(refused)
        <= 800 - protocol.SUBSCRIPTION_BURST
    )
    assert all(error["retry_after"] > 0 for error in refused)
