"""Who costs much waits: a slow query rests between its runs, a busy tenant leaves others their turn."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection

from accounts.tenancy import tenant_context
from crm.contacts.models import Contact
from realtime import metrics
from realtime.functions import Actor, Context
from realtime.functions.call import call
from realtime.live.readers import Readers
from realtime.live.room import Room
from realtime.live.sockets import Socket, Subscription
from realtime.live.wire import Encoded
from tests.cast import ACME, GLOBEX, Cast, Person, load_cast
from tests.processes import PATIENCE


@dataclass(frozen=True)
class Counting:
    """A query that takes so many seconds and tells the names of all contacts."""

    name: str
    seconds: float = 0.0
    ran_at: list[float] = field(default_factory=list, compare=False)

    def answer(self, ctx: Context) -> bytes:
        self.ran_at.append(time.monotonic())
        time.sleep(self.seconds)
        names = list(Contact.objects.order_by("id").values_list("first_name", flat=True))
        return b'"result":' + orjson.dumps(names)

    def refusal(self, error: dict[str, Any]) -> bytes:
        return b'"error":1'


@dataclass
class Gauge:
    """How many go on at once, and how many did at most."""

    now: int = 0
    most: int = 0


@dataclass(frozen=True)
class Weighed(Counting):
    """Tells a gauge while it runs."""

    gauge: Gauge = field(default_factory=Gauge, compare=False)

    def answer(self, ctx: Context) -> bytes:
        self.gauge.now += 1
        self.gauge.most = max(self.gauge.most, self.gauge.now)
        try:
            return super().answer(ctx)
        finally:
            self.gauge.now -= 1


@dataclass(frozen=True)
class Held(Counting):
    """Is not done before its gate is open."""

    gate: threading.Event = field(default_factory=threading.Event, compare=False)

    def answer(self, ctx: Context) -> bytes:
        found = super().answer(ctx)
        assert self.gate.wait(PATIENCE), "waited in vain"
        return found


class Line:
    """Takes in what is sent to one client, as a wire does."""

    def __init__(self) -> None:
        self.transitions: list[dict[str, Any]] = []
        self.shown: dict[str, Any] = {}
        self.acks: set[str] = set()
        self.is_ready = True

    def send_now(self, message: Encoded) -> bool:
        found = orjson.loads(message.payload)
        self.transitions.append(found)
        self.shown |= {change["id"]: change.get("result") for change in found["changes"]}
        self.acks |= set(found["acks"])
        return True


def follow(room: Room, person: Person, *queries: Counting) -> tuple[Socket, Line]:
    """A socket in the room that follows the queries."""
    line = Line()
    socket = Socket(room, Actor("member", person.member_id), line)  # type: ignore[arg-type]  # stands in for the real one
    room.join(socket)
    for query in queries:
        room.subscribe(Subscription(socket, query.name, query, ""))  # type: ignore[arg-type]  # stands in for the real one
    return socket, line


async def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.01)


def write(person: Person, name: str) -> None:
    with tenant_context(person.schema):
        call("contacts.create_contact", person.context(), {"first_name": name})
    connection.close()


def in_rooms(scenario: Callable[..., Awaitable[None]], *schemas: str) -> None:
    """Run the scenario with a living room for each schema; they are told of each write by hand."""

    async def run() -> None:
        readers = Readers(2)
        rooms = [Room(schema, readers) for schema in schemas]
        tasks = [asyncio.create_task(room.live()) for room in rooms]
        try:
            await scenario(*rooms)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async_to_sync(run)()


@pytest.fixture
def cast(committed_db: str) -> Cast:
    """The people of the module's own database."""
    return load_cast()


def said_in_metrics() -> float:
    """Runs that were put off, as ``/metrics`` says of this process."""
    (found,) = metrics.throttled.collect()
    return next(sample.value for sample in found.samples if sample.name == "crm_live_throttled_runs_total")


def test_a_costly_query_rests_and_its_socket_stays_at_one_moment(cast: Cast) -> None:
    slow, fast = Counting("slow", 0.4), Counting("fast")
    other = Counting("other")
    said_before = said_in_metrics()

    async def scenario(room: Room) -> None:
        both, line = follow(room, cast.olivia, slow, fast)
        _, alone = follow(room, cast.adam, other)
        await until(lambda: len(line.shown) == 2 and len(alone.shown) == 1)
        number = 0
        while number < 16 or (len(slow.ran_at) < 5 and number < 200):
            await sync_to_async(write)(cast.olivia, f"Step {number}")
            room.read_log()
            await asyncio.sleep(0.1)
            number += 1
        room.acknowledge(both, "done", None)
        await until(lambda: f"Step {number - 1}" in alone.shown["other"])
        await until(lambda: "done" in line.acks)
        assert line.shown["slow"] == line.shown["fast"] == alone.shown["other"]
        shown: dict[str, Any] = {}
        for transition in line.transitions:
            shown |= {change["id"]: change["result"] for change in transition["changes"]}
            assert shown["slow"] == shown["fast"], "never a mixture"
        assert room.postponed
        assert not room.late

    in_rooms(scenario, ACME)
    pauses = [after - before for before, after in zip(slow.ran_at, slow.ran_at[1:], strict=False)]
    assert min(pauses[2:]) > 1.4, "three times its own cost between the runs"
    assert len(other.ran_at) > len(slow.ran_at)
    assert said_in_metrics() > said_before


def test_a_busy_tenant_leaves_others_their_turn(cast: Cast) -> None:
    held, calm = Held("held"), Counting("calm")
    busy = [held, *(Counting(f"busy {number}") for number in range(40))]
    held.gate.set()

    async def scenario(acme: Room, globex: Room) -> None:
        _, many = follow(acme, cast.olivia, *busy)
        _, line = follow(globex, cast.charlie, calm)
        await until(lambda: len(many.shown) == len(busy) and line.shown)
        for number in range(3):
            held.gate.clear()
            before = len(held.ran_at)
            await sync_to_async(write)(cast.olivia, f"Busy {number}")
            acme.read_log()
            await until(lambda before=before: len(held.ran_at) > before)
            await sync_to_async(write)(cast.charlie, f"Calm {number}")
            globex.read_log()
            # Whoever has little to ask has it before the busy one is done.
            await until(lambda number=number: f"Calm {number}" in line.shown["calm"])
            assert f"Busy {number}" not in many.shown["held"]
            held.gate.set()
            await until(lambda number=number: all(f"Busy {number}" in shown for shown in many.shown.values()))

    try:
        in_rooms(scenario, ACME, GLOBEX)
    finally:
        held.gate.set()


def test_a_burst_that_hits_many_is_spread_over_few_readers_and_taken_in_few_steps(cast: Cast) -> None:
    gauge = Gauge()
    hit = [Weighed(f"hit {number}", 0.001, gauge=gauge) for number in range(250)]
    writes = 40

    async def scenario(room: Room) -> None:
        _, line = follow(room, cast.olivia, *hit)
        await until(lambda: len(line.shown) == len(hit))
        for number in range(writes):
            await sync_to_async(write)(cast.olivia, f"Burst {number}")
            room.read_log()
        await until(lambda: all(f"Burst {writes - 1}" in shown for shown in line.shown.values()))

    in_rooms(scenario, ACME)
    assert gauge.most == 1, "the other reader is kept for the next tenant"
    assert max(len(query.ran_at) for query in hit) < writes / 2, "what came during a step is one step"
