"""The live protocol's words: what a client may send, what it gets, limits and closing codes.

docs/live-protocol.md explains them to those who write clients.
"""

import logging
from collections.abc import Mapping
from enum import IntEnum
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from realtime.functions import BadRequest, FunctionError, TooLarge
from realtime.functions.arguments import invalid_input
from realtime.functions.encoding import encode_json
from realtime.live.answers import INTERNAL, error_of
from realtime.live.versions import Version

log = logging.getLogger(__name__)

VERSION = 1
#: Bytes of one message from a client; a larger one is refused, one past MAX_BYTES ends the conversation.
MAX_MESSAGE = 64 * 1024
MAX_BYTES = 1024 * 1024
MAX_SUBSCRIPTIONS = 200
MAX_CALLS_WAITING = 16
#: Subscriptions and messages: how many a second for long, and how many at once.
SUBSCRIPTION_RATE, SUBSCRIPTION_BURST = 50.0, 400.0
MESSAGE_RATE, MESSAGE_BURST = 50.0, 500.0
#: Seconds: until hello must have come, and between any two messages of a client.
HELLO_WITHIN = 10.0
IDLE_AFTER = 75.0
#: A client that takes nothing for so long is gone.
STUCK_AFTER = 30.0


class Close(IntEnum):
    """Why the server ends a conversation."""

    PROTOCOL = 4400
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    NOT_FOUND = 4404
    IDLE = 4408
    TOO_LARGE = 4413
    TOO_MANY = 4429
    UNAVAILABLE = 1013


#: Codes for refusals before the conversation has begun, by the error's status.
CLOSES = {401: Close.UNAUTHENTICATED, 403: Close.FORBIDDEN, 404: Close.NOT_FOUND, 429: Close.TOO_MANY}

Id = Annotated[str, Field(min_length=1, max_length=64)]


class Message(BaseModel):
    """Base of a client's messages."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Hello(Message):
    """The first message; ``key`` or ``ticket`` (used up by it) is for clients that can't set headers."""

    type: Literal["hello"]
    protocol: int
    key: Annotated[str, Field(max_length=200)] = ""
    ticket: Annotated[str, Field(max_length=600)] = ""
    language: Annotated[str, Field(max_length=20)] = ""
    time_zone: Annotated[str, Field(max_length=64)] = ""
    #: Whether changes of lists may come as patches.
    patches: bool = False
    #: Of the last transition that the client has got, if it has been here before.
    epoch: Annotated[str, Field(max_length=100)] = ""
    tick: Annotated[int, Field(ge=0)] = 0


class Query(Message):
    """One thing to follow: a function or a fragment with its arguments and the hash of the answer already at hand;
    the feed of changes, or who looks at a record.
    """

    id: Id
    function: Annotated[str, Field(max_length=120)] | None = None
    fragment: Annotated[str, Field(max_length=120)] | None = None
    args: dict[str, Any] = {}
    hash: Annotated[str, Field(max_length=64)] = ""
    changes: dict[str, Any] | None = None
    presence: dict[str, Any] | None = None


class Subscribe(Message):
    """Queries to follow from now on; they are answered together."""

    type: Literal["subscribe"]
    # Each query is checked by itself, so that a wrong one costs the others nothing.
    queries: Annotated[list[Any], Field(max_length=MAX_SUBSCRIPTIONS)]


class Unsubscribe(Message):
    """Queries to follow no longer."""

    type: Literal["unsubscribe"]
    ids: Annotated[list[Id], Field(max_length=MAX_SUBSCRIPTIONS)]


class Call(Message):
    """A mutation (or a query, once) to run."""

    type: Literal["call"]
    id: Id
    function: Annotated[str, Field(max_length=120)]
    args: dict[str, Any] = {}
    idempotency_key: Annotated[str, Field(max_length=255)] | None = None


class Sync(Message):
    """Ask for an acknowledgement once all answers include everything that is committed by now."""

    type: Literal["sync"]
    id: Id


class Ping(Message):
    """A sign of life."""

    type: Literal["ping"]


Incoming = Hello | Subscribe | Unsubscribe | Call | Sync | Ping
_incoming: TypeAdapter[Incoming] = TypeAdapter(Annotated[Incoming, Field(discriminator="type")])
_query = TypeAdapter(Query)


def parse(text: str) -> Incoming:
    """A client's message; BadRequest, InvalidInput or TooLarge if it is none."""
    if len(text) > MAX_MESSAGE:
        raise TooLarge(f"A message may have {MAX_MESSAGE} bytes.")
    try:
        return _incoming.validate_json(text)
    except ValidationError as error:
        raise _explained(error) from None


def parse_query(value: object) -> Query:
    """One of a subscribe message's queries."""
    try:
        query = _query.validate_python(value)
    except ValidationError as error:
        raise invalid_input(error) from None
    named = (query.function, query.fragment, query.changes, query.presence)
    if sum(what is not None for what in named) != 1:
        raise BadRequest("Name a function, a fragment, changes or presence: one of them.")
    return query


def _explained(error: ValidationError) -> FunctionError:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if not first["loc"] and first["type"] != "json_invalid":
        return BadRequest('"type" must be hello, subscribe, unsubscribe, call, sync or ping.')
    try:
        return invalid_input(error)
    except FunctionError as refusal:
        return refusal


def loose_id(text: str) -> str | None:
    """The id of a message that was refused, if it has one."""
    if len(text) > MAX_MESSAGE:
        return None
    try:
        found = orjson.loads(text)
    except ValueError:
        return None
    id = found.get("id") if isinstance(found, dict) else None
    return id if isinstance(id, str) and len(id) <= 64 else None


def ready(epoch: str, tick: int, resumed: bool) -> str:
    """The answer to hello; ``resumed``: this process has followed every change since the client's tick."""
    limits = {
        "subscriptions": MAX_SUBSCRIPTIONS,
        "message_bytes": MAX_MESSAGE,
        "idle_seconds": int(IDLE_AFTER),
        "calls_waiting": MAX_CALLS_WAITING,
    }
    return encode_json(
        {
            "type": "ready",
            "protocol": VERSION,
            "epoch": epoch,
            "tick": tick,
            "resumed": resumed,
            "limits": limits,
        }
    ).decode()


def failure(error: FunctionError | None, id: str | None = None, type: str = "error") -> str:
    """A message that tells what was wrong with a request; None stands for a defect of ours."""
    told = error_of(error) if error is not None else INTERNAL
    return encode_json({"type": type, "id": id, "error": told}).decode()


def result(id: str, value: object, xid: int | None, replayed: bool) -> str:
    """The result of a call."""
    return encode_json(
        {"type": "result", "id": id, "result": value, "xid": xid, "replayed": replayed}
    ).decode()


def changes(id: str, page: Mapping[str, object]) -> str:
    """A page of the feed of changes."""
    return encode_json({"type": "changes", "id": id, **page}).decode()


def presence(id: str, members: list[dict[str, object]], error: object = None) -> str:
    """Who else looks at a record; with an error when the client itself may not."""
    message = {"type": "presence", "id": id, "members": members}
    return encode_json(message if error is None else {**message, "error": error}).decode()


def transition(
    epoch: str, tick: int, changes: tuple[tuple[str, Version, bool], ...], acks: tuple[str, ...]
) -> bytes:
    """All that has changed for a socket between two positions; each answer is encoded already."""
    parts = [
        b'{"id":%b,"hash":"%b",%b}'
        % (encode_json(id), version.hash.encode(), b'"unchanged":true' if unchanged else version.body)
        for id, version, unchanged in changes
    ]
    head = encode_json({"type": "transition", "epoch": epoch, "tick": tick, "acks": acks})
    return head[:-1] + b',"changes":[' + b",".join(parts) + b"]}"
