"""How conversations end that nobody ended: silence, a client that takes nothing, a room that can't go on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

import pytest
from django.db import OperationalError

from realtime.functions import Actor, RateLimited
from realtime.live import consumers, protocol, room
from realtime.live.consumers import Conversation, Ended
from realtime.live.fragments import Locale
from realtime.live.hub import _check_life
from realtime.live.sockets import Socket
from tests.processes import PATIENCE


class Line:
    """A wire that keeps the closing code."""

    is_ready = True
    code = 0

    async def close(self, code: int, reason: str) -> None:
        self.code = code


class NoReaders:
    """A database that is away."""

    async def session(self, schema: str, exported: str | None) -> NoReturn:
        raise OperationalError("away")


def in_room(scenario: Callable[[room.Room, Socket, Line], Awaitable[None]]) -> None:
    """Run the scenario with a room that has one socket and no database."""

    async def run() -> None:
        line = Line()
        held = room.Room("t_nowhere", NoReaders())  # type: ignore[arg-type]  # stands in for the real one
        socket = Socket(held, Actor("member", 1), line)  # type: ignore[arg-type]  # stands in for the real one
        held.join(socket)
        writer = asyncio.create_task(socket.write())
        await scenario(held, socket, line)
        writer.cancel()

    asyncio.run(run())


def test_who_says_nothing_is_closed_with_4408() -> None:
    async def scenario(held: room.Room, socket: Socket, line: Line) -> None:
        socket.heard_at = 1000.0
        _check_life(socket, 1000.0 + protocol.IDLE_AFTER)
        await asyncio.sleep(0)
        assert not line.code
        _check_life(socket, 1000.1 + protocol.IDLE_AFTER)
        await asyncio.sleep(0.01)
        assert line.code == 4408

    in_room(scenario)


def test_who_takes_nothing_is_dropped_without_a_word() -> None:
    async def scenario(held: room.Room, socket: Socket, line: Line) -> None:
        socket.heard_at = 1000.0
        socket.task = asyncio.create_task(asyncio.sleep(60))
        socket.sending_since = 1000.0
        _check_life(socket, 1000.1 + protocol.STUCK_AFTER)
        with pytest.raises(asyncio.CancelledError):
            await socket.task
        assert not line.code

    in_room(scenario)


def test_who_never_says_hello_is_closed_with_4408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HELLO_WITHIN", 0.01)

    async def silence() -> dict[str, Any]:
        return await asyncio.Future()

    with pytest.raises(Ended) as ended:
        asyncio.run(consumers._hello(silence))
    assert ended.value.code == 4408


def test_a_room_that_cannot_step_closes_with_1013(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than show what may be untrue; clients come back, perhaps to another process."""
    monkeypatch.setattr(room, "GIVE_UP_AFTER", 0.02)
    monkeypatch.setattr(room, "RETRY", 0.01)

    async def scenario(held: room.Room, socket: Socket, line: Line) -> None:
        living = asyncio.create_task(held.live())
        async with asyncio.timeout(PATIENCE):
            while not line.code:  # noqa: ASYNC110 (a wire has no event)
                await asyncio.sleep(0.01)
        living.cancel()
        assert line.code == 1013
        assert not held.sockets

    in_room(scenario)


def test_no_more_than_sixteen_calls_wait() -> None:
    message = protocol.Call(type="call", id="c", function="contacts.create_contact")

    async def scenario(held: room.Room, socket: Socket, line: Line) -> None:
        conversation = Conversation(None, socket, None, Locale.asked("", ""))  # type: ignore[arg-type]  # stands in for the real one
        conversation._calling = asyncio.create_task(asyncio.sleep(60))
        for _ in range(16):
            conversation._queue_call(message)
        with pytest.raises(RateLimited):
            conversation._queue_call(message)
        conversation._calling.cancel()

    in_room(scenario)
