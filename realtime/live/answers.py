"""Running one query for the live engine: the answer's bytes and hash, what it read, when it expires."""

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from realtime.functions import Actor, Context, FunctionError, RateLimited, Unauthenticated
from realtime.functions.arguments import Arguments
from realtime.functions.call import run_query
from realtime.functions.context import Scope, policy
from realtime.functions.encoding import encode_json
from realtime.functions.registry import AnyFunction
from realtime.live.versions import Version
from realtime.reads.readset import ReadSet
from realtime.reads.tracker import track

log = logging.getLogger(__name__)

#: An answer that read the clock and did not say how long it holds is asked for again after this.
CLOCK_HOLDS = timedelta(seconds=60)
#: A query that failed by a defect is tried again after this, as no change need announce its repair.
RETRY_DEFECT = timedelta(seconds=15)
INTERNAL = {
    "code": "internal",
    "status": 500,
    "title": "Something went wrong",
    "detail": "This could not be computed. It will be tried again.",
    "errors": [],
}


class LiveContext(Context):
    """The context of a shared run: its scope is given, and looking at the actor itself makes the answer theirs."""

    def __init__(self, schema: str, actor: Actor, scope: Scope) -> None:
        super().__init__(schema, actor)
        self.observed.clear()
        self.__dict__["scope"] = scope

    @property
    def actor(self) -> Actor:
        self.observed.add("actor")
        return self._actor

    @actor.setter
    def actor(self, actor: Actor) -> None:
        self._actor = actor


class LiveQuery(Protocol):
    """What a subscription asks for. Equal ones have equal answers for equal scopes."""

    def __hash__(self) -> int: ...

    def answer(self, ctx: Context) -> bytes:
        """The members of the change message that carry the answer, as JSON without braces."""

    def refusal(self, error: dict[str, Any]) -> bytes:
        """The same for an error."""


@dataclass(frozen=True, slots=True)
class FunctionQuery:
    """A query function with its arguments; ``key`` is their canonical JSON."""

    function: AnyFunction
    arguments: Arguments
    key: bytes

    def __hash__(self) -> int:
        return hash((self.function.name, self.key))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FunctionQuery) and self.function is other.function and self.key == other.key

    def answer(self, ctx: Context) -> bytes:
        """``"result": ...``."""
        return b'"result":' + encode_json(run_query(self.function, ctx, self.arguments))

    def refusal(self, error: dict[str, Any]) -> bytes:
        """``"error": ...``."""
        return b'"error":' + encode_json(error)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a run."""

    version: Version
    read_set: ReadSet
    observed: frozenset[str]
    expires_at: datetime | None
    #: Seconds that it took.
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class FoundScope:
    """What came of resolving an actor's scope: the scope, or why there is none."""

    scope: Scope | None
    refusal: Unauthenticated | None
    read_set: ReadSet
    expires_at: datetime | None


def hash_of(body: bytes) -> str:
    """The hash by which answers are compared, here and at the client."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def error_of(error: FunctionError) -> dict[str, Any]:
    """A refusal as plain values, as every message shows it."""
    told = {
        "code": error.code,
        "status": error.status,
        "title": error.title,
        "detail": error.detail,
        "errors": error.errors,
    }
    return told | {"retry_after": error.retry_after} if isinstance(error, RateLimited) else told


def answer_query(query: LiveQuery, schema: str, actor: Actor, scope: Scope) -> Answer:
    """Run the query inside the caller's transaction; only a lost connection escapes as an exception."""
    began_at = time.perf_counter()
    ctx = LiveContext(schema, actor, scope)
    began_at = time.perf_counter()
    body, read_set = _tracked(lambda: query.answer(ctx), query)
    defect = body is None
    if body is None:
        body = query.refusal(INTERNAL)
    expires_at = timezone.now() + RETRY_DEFECT if defect else expiry(ctx)
    cost = time.perf_counter() - began_at
    return Answer(Version(hash_of(body), body), read_set, frozenset(ctx.observed), expires_at, cost)


def _tracked(run: Callable[[], bytes], query: LiveQuery) -> tuple[bytes | None, ReadSet]:
    """The bytes (None after a defect) and what was read; a failed statement spoils nothing but itself."""
    body: bytes | None = None
    tracker = None
    try:
        with transaction.atomic(), track() as tracker:
            try:
                body = run()
            except FunctionError as error:
                body = query.refusal(error_of(error))
    except Exception as error:
        if _is_connection_lost(error):
            raise
        log.exception("A live query failed: %s", query)
    return body, tracker.read_set if tracker is not None else ReadSet()


def resolve_scope(schema: str, actor: Actor) -> FoundScope:
    """The actor's scope by tracked reads, inside the caller's transaction."""
    ctx = Context(schema, actor)
    scope: Scope | None = None
    refusal: Unauthenticated | None = None
    with transaction.atomic(), track() as tracker:
        try:
            scope = policy().resolve_scope(ctx)
        except FunctionError as error:
            refusal = error if isinstance(error, Unauthenticated) else Unauthenticated(error.detail)
    return FoundScope(scope, refusal, tracker.read_set, expiry(ctx))


def expiry(ctx: Context) -> datetime | None:
    """When the answer must be asked for again without any change."""
    if ctx.expires_at is None and ctx.reads_clock:
        return timezone.now() + CLOCK_HOLDS
    return ctx.expires_at


def _is_connection_lost(error: Exception) -> bool:
    """Whether the database is gone, as opposed to a statement that took too long or went wrong."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    from django.db import connection

    return connection.connection is None or bool(connection.connection.closed)
