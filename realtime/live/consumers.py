"""The conversation with one client: an ASGI application of its own, as a consumer per socket costs too much.

Channels' consumers receive through the channel layer, one message at a time. Here a socket has a reader (this
module) and a writer (sockets.py), and the hub's answers go to the writer directly.
"""

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import Context as Variables
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils.module_loading import import_string

from realtime import metrics
from realtime.functions import (
    Actor,
    BadRequest,
    Context,
    Forbidden,
    FunctionError,
    InvalidInput,
    RateLimited,
    registry,
)
from realtime.functions.call import Outcome, call_outcome
from realtime.functions.encoding import encode_json
from realtime.live import protocol
from realtime.live.answers import FunctionQuery, LiveQuery
from realtime.live.followers import ChangeFollower, Follower, follow
from realtime.live.fragments import Locale, fragment_query
from realtime.live.hub import Hub, current_hub
from realtime.live.protocol import Close
from realtime.live.sockets import Socket, Subscription
from realtime.live.viewing import Viewing
from realtime.live.wire import Wire
from realtime.schema import enter_schema

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Ended(Exception):
    """The conversation is over: by the client (no code), or by us with a code and a reason."""

    def __init__(self, code: int | None = None, reason: str = "") -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


async def live_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application at /ws."""
    await receive()
    await send({"type": "websocket.accept"})
    try:
        await _converse(scope, receive, send)
    except Ended as end:
        if end.code is not None:
            with contextlib.suppress(Exception):  # the client may be gone by now
                await send({"type": "websocket.close", "code": end.code, "reason": end.reason[:120]})


async def _converse(scope: Scope, receive: Receive, send: Send) -> None:
    hello = await _hello(receive)
    ctx = await _identify(scope, hello)
    hub = current_hub()
    socket = Socket(hub.room(ctx.schema), ctx.actor, Wire(send))
    socket.takes_patches = hello.patches
    socket.came_with = hello.epoch, hello.tick
    if hub.sockets_of(socket) >= settings.LIVE_SOCKETS_PER_MEMBER:
        raise Ended(Close.TOO_MANY, f"A member may have {settings.LIVE_SOCKETS_PER_MEMBER} open sockets.")
    conversation = Conversation(hub, socket, receive, Locale.asked(hello.language, hello.time_zone))
    await conversation.run()


async def _hello(receive: Receive) -> protocol.Hello:
    """The first message; anything else ends the conversation."""
    try:
        text = await asyncio.wait_for(_text(receive), protocol.HELLO_WITHIN)
        message = protocol.parse(text or "")
    except TimeoutError:
        raise Ended(Close.IDLE, "Say hello first.") from None
    except FunctionError as error:
        raise Ended(Close.PROTOCOL, f"Say hello first. {error.detail}") from None
    if not isinstance(message, protocol.Hello):
        raise Ended(Close.PROTOCOL, "Say hello first.")
    if message.protocol != protocol.VERSION:
        raise Ended(Close.PROTOCOL, f"This server speaks version {protocol.VERSION} of the protocol.")
    return message


async def _text(receive: Receive) -> str | None:
    """The next message; None for a binary one. Ended when the client has gone."""
    event = await receive()
    if event["type"] == "websocket.disconnect":
        raise Ended
    text: str | None = event.get("text")
    return text


async def _identify(scope: Scope, hello: protocol.Hello) -> Context:
    """Who is there; Ended with the code that says why nobody."""
    resolve = import_string(settings.LIVE_IDENTITY)
    loop = asyncio.get_running_loop()
    try:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope.get("headers", [])}
        if not (hello.key or hello.ticket) and b"authorization" not in headers:
            check_origin(headers.get(b"origin", ""), headers.get(b"host", ""))
        found: Context = await loop.run_in_executor(
            current_hub().callers, Variables().run, partial(_resolve, resolve, scope, hello)
        )
    except FunctionError as error:
        raise Ended(protocol.CLOSES.get(error.status, Close.PROTOCOL), error.detail) from None
    except Exception:  # noqa: BLE001  (logged; the client is told to come again)
        protocol.log.exception("A socket's credential could not be checked.")
        raise Ended(Close.UNAVAILABLE, "The server is not able to answer. Try again.") from None
    return found


def _resolve(resolve: Callable[..., Context], scope: Scope, hello: protocol.Hello) -> Context:
    """Ask again on a fresh connection when the one at hand had been cut: the database was restarted."""
    try:
        return _resolve_once(resolve, scope, hello)
    except (OperationalError, InterfaceError):
        return _resolve_once(resolve, scope, hello)


def _resolve_once(resolve: Callable[..., Context], scope: Scope, hello: protocol.Hello) -> Context:
    try:
        return resolve(scope, key=hello.key, ticket=hello.ticket, request_id=secrets.token_hex(12))
    finally:
        connection.close()


def check_origin(origin: str, host: str) -> None:
    """Forbidden for a page of another site: browsers send cookies along with sockets, whoever opens them."""
    if (
        origin
        and urlsplit(origin).netloc.lower() != host.lower()
        and origin not in settings.CSRF_TRUSTED_ORIGINS
    ):
        raise Forbidden("Pages of other sites may not connect with a session.")


class Allowance:
    """So many a second, and a burst: a token bucket."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._left, self._at = burst, asyncio.get_running_loop().time()

    def take(self) -> bool:
        """Whether there is one left."""
        now = asyncio.get_running_loop().time()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Conversation:
    """Reads a client's messages and does what they ask, until one side ends it."""

    def __init__(self, hub: Hub, socket: Socket, receive: Receive, locale: Locale) -> None:
        self._hub, self._socket, self._receive, self._locale = hub, socket, receive, locale
        self._messages = Allowance(protocol.MESSAGE_RATE, protocol.MESSAGE_BURST)
        self._subscriptions = Allowance(protocol.SUBSCRIPTION_RATE, protocol.SUBSCRIPTION_BURST)
        self._calls: deque[protocol.Call] = deque()
        self._calling: asyncio.Task[None] | None = None
        self._followers: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Read and write until either ends."""
        socket, room = self._socket, self._socket.room
        socket.heard_at = asyncio.get_running_loop().time()
        socket.task = asyncio.current_task()
        room.join(socket)
        writer = asyncio.create_task(socket.write())
        reader = asyncio.create_task(self._read())
        try:
            await socket.reply(protocol.ready(room.epoch, room.number, room.resumes(socket)))
            await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            pass
        finally:
            room.leave(socket)
            socket.close(1000, "")
            for task in (reader, writer, *self._followers.values()):
                task.cancel()
            ended = await asyncio.gather(reader, writer, return_exceptions=True)
        for outcome in ended:
            if isinstance(outcome, Ended):
                raise outcome
            if isinstance(outcome, Exception) and not _is_client_gone(outcome):
                protocol.log.error("A conversation has failed.", exc_info=outcome)
                raise Ended(Close.UNAVAILABLE, "Something went wrong. Connect again.")

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            text = await _text(self._receive)
            self._socket.heard_at = loop.time()
            if not self._messages.take():
                raise Ended(Close.TOO_MANY, "Too many messages.")
            if text is None:
                await self._refuse(BadRequest("Send text, not binary messages."))
            elif len(text) > protocol.MAX_BYTES:
                raise Ended(Close.TOO_LARGE, "The message is too large.")
            else:
                await self._take(text)

    async def _take(self, text: str) -> None:
        try:
            message = protocol.parse(text)
            await self._serve(message)
        except FunctionError as error:
            await self._refuse(error, protocol.loose_id(text))

    async def _refuse(self, error: FunctionError, id: str | None = None) -> None:
        await self._socket.reply(protocol.failure(error, id))

    async def _serve(self, message: protocol.Incoming) -> None:
        match message:
            case protocol.Subscribe():
                for value in message.queries:
                    await self._subscribe(value)
            case protocol.Unsubscribe():
                for id in message.ids:
                    self._unsubscribe(id)
            case protocol.Call():
                self._queue_call(message)
            case protocol.Sync():
                self._socket.room.acknowledge(self._socket, message.id, None)
            case protocol.Ping():
                await self._socket.reply('{"type":"pong"}')
            case _:
                raise BadRequest("You have said hello already.")

    async def _subscribe(self, value: object) -> None:
        """Follow one query; a refusal is its own alone."""
        id = value.get("id") if isinstance(value, dict) else None
        try:
            asked = protocol.parse_query(value)
            self._check_room_for(asked.id)
            if asked.changes is not None or asked.presence is not None:
                self._follow(asked)
                return
            query = self._live_query(asked)
        except FunctionError as error:
            await self._refuse(error, id if isinstance(id, str) else None)
            return
        self._socket.room.subscribe(Subscription(self._socket, asked.id, query, asked.hash))

    def _follow(self, asked: protocol.Query) -> None:
        """Follow the feed of changes, or who looks at a record: a task of its own."""
        follower: Follower
        if asked.presence is not None:
            query = function_query(settings.LIVE_PRESENCE, asked.presence)
            follower = Viewing(self._hub, self._socket, asked.id, query)
        else:
            function = registry.get(settings.LIVE_CHANGES)
            args = function.args_from_values(asked.changes or {})
            follower = ChangeFollower(self._hub, self._socket, asked.id, function, args)
        tell = partial(self._end_following, asked.id)
        self._followers[asked.id] = asyncio.create_task(follow(follower, tell))

    async def _end_following(self, id: str, error: FunctionError | None) -> None:
        self._followers.pop(id, None)
        await self._socket.reply(protocol.failure(error, id))

    def _unsubscribe(self, id: str) -> None:
        if id in self._socket.subscriptions:
            self._socket.room.unsubscribe(self._socket.subscriptions[id])
        if (task := self._followers.pop(id, None)) is not None:
            task.cancel()

    def _check_room_for(self, id: str) -> None:
        held = {**self._socket.subscriptions, **self._followers}
        if id in held:
            raise InvalidInput("This id is in use by another subscription.")
        if len(held) >= protocol.MAX_SUBSCRIPTIONS:
            raise RateLimited(f"A socket may hold {protocol.MAX_SUBSCRIPTIONS} subscriptions.")
        if not self._subscriptions.take():
            raise RateLimited("Too many subscriptions in a short time.")

    def _live_query(self, asked: protocol.Query) -> LiveQuery:
        if asked.fragment is not None:
            return fragment_query(asked.fragment, asked.args, self._locale)
        return function_query(asked.function or "", asked.args)

    def _queue_call(self, message: protocol.Call) -> None:
        """Calls of one socket run one after another, in order."""
        if len(self._calls) >= protocol.MAX_CALLS_WAITING:
            raise RateLimited("Wait for the results of earlier calls.")
        self._calls.append(message)
        if self._calling is None or self._calling.done():
            self._calling = asyncio.create_task(self._work_off_calls())

    async def _work_off_calls(self) -> None:
        while self._calls:
            message = self._calls.popleft()
            await self._socket.reply(await self._call(message))

    async def _call(self, message: protocol.Call) -> str:
        actor, schema = self._socket.actor, self._socket.room.schema
        work = partial(run_call, schema, actor, message)
        try:
            loop = asyncio.get_running_loop()
            outcome = await loop.run_in_executor(self._hub.callers, Variables().run, work)
        except FunctionError as error:
            metrics.calls.labels(error.code).inc()
            return protocol.failure(error, message.id, "result")
        except Exception:  # noqa: BLE001  (logged; one call's defect is not the socket's end)
            metrics.calls.labels("internal").inc()
            protocol.log.exception("A call over a socket failed: %s", message.function)
            return protocol.failure(None, message.id, "result")
        metrics.calls.labels("done").inc()
        if outcome.xid is not None or outcome.replayed:  # what is replayed has been committed for long
            self._socket.room.acknowledge(self._socket, message.id, outcome.xid)
        return protocol.result(message.id, outcome.result, outcome.xid, outcome.replayed)


def function_query(name: str, args: dict[str, Any]) -> FunctionQuery:
    """The query with checked arguments; NotFound or InvalidInput."""
    function = registry.get(name)
    if function.kind != "query":
        raise InvalidInput(f"{function.name} is a mutation: call it.")
    arguments = function.args_from_values(args)
    return FunctionQuery(function, arguments, encode_json(arguments, sort_keys=True))


def _is_client_gone(error: Exception) -> bool:
    """Whether the server only says that there is nobody to send to."""
    return isinstance(error, OSError) or type(error).__name__ == "ClientDisconnected"


def run_call(schema: str, actor: Actor, message: protocol.Call) -> Outcome:
    """Run one call on a thread of its own, in the tenant, and give the connection back."""
    enter_schema(schema)
    try:
        ctx = Context(schema, actor, secrets.token_hex(12))
        return call_outcome(message.function, ctx, message.args, idempotency_key=message.idempotency_key)
    finally:
        connection.close()
