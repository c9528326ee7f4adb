"""Ticks that never came, or came together: what they told of is seen all the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
import psycopg
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection

from accounts.models import Tenant
from accounts.tenancy import tenant_context
from crm.contacts.models import Contact
from realtime.changes.change import Snapshot, Tick
from realtime.changes.log import read_changes
from realtime.functions import Context
from realtime.functions.call import call
from realtime.live.followers import Watcher
from realtime.live.room import Room
from realtime.live.shares import Run
from realtime.live.sockets import Socket
from realtime.live.versions import Version
from realtime.reads import ReadSet, TableRead
from realtime.reads.tables import PUBLIC
from tests.cast import ACME, Cast, load_cast
from tests.realtime.live.test_fairness import Counting, Held, Line, follow, in_rooms, until, write


@pytest.fixture
def cast(committed_db: str) -> Cast:
    """The people of the module's own database."""
    return load_cast()


@contextmanager
def moment(url: str) -> Iterator[tuple[Snapshot, str]]:
    """A snapshot of now, and the name by which others may read at it."""
    with psycopg.connect(url) as held:
        held.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        row = held.execute("SELECT pg_current_snapshot()::text, pg_export_snapshot()").fetchone()
        assert row is not None
        yield Snapshot.parse(row[0]), row[1]


def tick(schema: str, number: int, after: Snapshot, at: tuple[Snapshot, str]) -> Tick:
    """What the relay would tell of the schema's changes between two moments."""
    with tenant_context(ACME):
        changes = tuple(read_changes(after, at[0], {schema}))
    connection.close()
    assert changes, "something has been written"
    return Tick("one", number, schema, number, number - 1, *at, changes)


async def synced(room: Room, socket: Socket, line: Line) -> None:
    """Wait until the answers include all that is committed by now."""
    room.acknowledge(socket, "sync", None)
    await until(lambda: "sync" in line.acks)
    line.acks.clear()


def test_what_was_told_before_the_process_was_in_the_group_is_read(cast: Cast, committed_db: str) -> None:
    """The first tick that comes need not be the first one that was sent since the room has answered."""
    query = Counting("names")
    tell = partial(call, "companies.create_company", cast.olivia.context())

    async def scenario(room: Room) -> None:
        socket, line = follow(room, cast.olivia, query)
        await until(lambda: "names" in line.shown)
        await sync_to_async(write)(cast.olivia, "Told too early")
        with moment(committed_db) as between:
            with tenant_context(ACME):
                await sync_to_async(tell)({"name": "Of no interest"})
            with moment(committed_db) as after:
                # Number 1, of the contact, went out and was not heard.
                room.offer(await sync_to_async(tick)(ACME, 2, between[0], after))
                await until(lambda: room.seen[ACME].sees(after[0].xmax - 1))
        await synced(room, socket, line)
        assert "Told too early" in line.shown["names"]

    in_rooms(scenario, ACME)


def test_whoever_watches_before_the_first_step_looks_again(cast: Cast) -> None:
    """What was written since they looked, and before the room knew where it is, no tick will tell it of."""
    watcher = Watcher()

    async def scenario(room: Room) -> None:
        room.watch_reads(watcher, ReadSet((TableRead(ACME, "contacts_contact", None, None),)))
        await sync_to_async(write)(cast.olivia, "Before all")
        socket, line = follow(room, cast.olivia)
        await synced(room, socket, line)
        assert watcher.woken.is_set()
        watcher.woken.clear()
        await synced(room, socket, line)
        assert not watcher.woken.is_set(), "but not at each step"

    in_rooms(scenario, ACME)


def set_phone(number: str) -> None:
    with tenant_context(ACME):
        Contact.objects.filter(first_name="Twice").update(phone=number)
    connection.close()


def test_whoever_only_watches_hears_of_what_was_undone_at_once(cast: Cast) -> None:
    """They looked at a moment of their own, which may have been the one in between."""
    watcher = Watcher()

    async def scenario(room: Room) -> None:
        await sync_to_async(write)(cast.olivia, "Twice")
        socket, line = follow(room, cast.olivia)
        await synced(room, socket, line)
        room.watch_reads(watcher, ReadSet((TableRead(ACME, "contacts_contact", None, None),)))
        await sync_to_async(set_phone)("123")
        await sync_to_async(set_phone)("")
        await synced(room, socket, line)
        assert watcher.woken.is_set()

    in_rooms(scenario, ACME)


def heard(number: int, epoch: str = "one") -> Tick:
    """The tick of that number in the tenant's sequence, in which nothing has changed."""
    return Tick(epoch, number, ACME, number, number - 1, Snapshot(9, 9), None, ())


def quiet_room() -> Room:
    """A room that has an answer of before, and does nothing but note what it is told."""
    room = Room(ACME, None)  # type: ignore[arg-type]  # nothing is run
    room.epoch, room.followed_from = "one", 3
    room._sequences = {ACME: 4, PUBLIC: 2}
    room.shares.add(Run(Counting("names"), "key", frozenset(), (), Version("hash", b"")))  # type: ignore[arg-type]  # stands in for a real one
    return room


def noted(room: Room) -> tuple[bool, bool]:
    """Whether the room will read the log, and whether it still trusts what it holds."""
    return room._must_read_log, bool(list(room.shares)) and room.followed_from == 3


@pytest.mark.parametrize(
    ("tick", "reads", "trusts"),
    [
        (heard(5), False, True),
        (heard(4), False, True),
        (heard(6), True, True),
        (heard(2), True, True),
        (heard(5, "two"), True, False),
    ],
    ids=["the next", "the same again", "one was lost", "an old one comes late", "another epoch"],
)
def test_what_a_tick_tells_of_others(tick: Tick, reads: bool, trusts: bool) -> None:
    async def scenario() -> None:
        room = quiet_room()
        room.offer(tick)
        assert noted(room) == (reads, trusts)

    async_to_sync(scenario)()


@pytest.mark.parametrize(
    ("epoch", "sequences", "reads", "trusts"),
    [
        ("one", {ACME: 4, PUBLIC: 2}, False, True),
        ("one", {ACME: None, PUBLIC: None}, False, True),
        ("one", {ACME: 5, PUBLIC: None}, True, True),
        ("one", {ACME: 4, PUBLIC: 3}, True, True),
        ("one", {"new": 1}, True, True),
        ("two", {ACME: 4, PUBLIC: 2}, True, False),
    ],
    ids=[
        "all came",
        "nothing was sent",
        "the last was lost",
        "a public one",
        "the first of all",
        "another epoch",
    ],
)
def test_what_a_heartbeat_tells_of_ticks(
    epoch: str, sequences: dict[str, int | None], reads: bool, trusts: bool
) -> None:
    async def scenario() -> None:
        room = quiet_room()
        room.check(epoch, sequences)
        assert noted(room) == (reads, trusts)

    async_to_sync(scenario)()


@dataclass(frozen=True)
class Curious(Counting):
    """Tells the names of all contacts and, as soon as there is one called Curious, the firm's currency."""

    def answer(self, ctx: Context) -> bytes:
        names: list[Any] = list(Contact.objects.values_list("first_name", flat=True))
        if "Curious" in names:
            names += Tenant.objects.filter(schema_name=ACME).values_list("currency", flat=True)
        return b'"result":' + orjson.dumps(names)


def set_currency(currency: str) -> None:
    Tenant.objects.filter(schema_name=ACME).update(currency=currency)
    connection.close()


def test_a_later_tick_of_the_public_schema_is_compared_with_what_is_read_by_then(
    cast: Cast, committed_db: str
) -> None:
    """A run at the tenant's tick reads the public schema as it was then, and for the first time."""
    query, busy = Curious("names"), Held("busy")

    async def scenario(room: Room) -> None:
        busy.gate.set()
        socket, line = follow(room, cast.olivia, query, busy)
        await until(lambda: {"names", "busy"} <= line.shown.keys())
        busy.gate.clear()
        # As after the tick before.
        room._sequences = {ACME: 0, PUBLIC: 1}
        with moment(committed_db) as start:
            await sync_to_async(write)(cast.olivia, "Dull")
        with moment(committed_db) as before:
            room.offer(await sync_to_async(tick)(ACME, 1, start[0], before))
            # While the room is at it, two more ticks come; the next step takes both.
            await until(lambda: len(busy.ran_at) == 2)
            await sync_to_async(write)(cast.olivia, "Curious")
            with moment(committed_db) as seen:
                await sync_to_async(set_currency)("NOK")
                with moment(committed_db) as after:
                    for each in (
                        await sync_to_async(tick)(ACME, 2, before[0], seen),
                        await sync_to_async(tick)(PUBLIC, 2, seen[0], after),
                    ):
                        room.offer(each)
                    busy.gate.set()
                    await until(lambda: "Curious" in line.shown["names"])
        await synced(room, socket, line)
        assert "NOK" in line.shown["names"]

    in_rooms(scenario, ACME)


def test_what_was_undone_in_the_public_schema_is_seen_by_who_read_it_in_between(
    cast: Cast, committed_db: str
) -> None:
    query = Curious("names")

    async def scenario(room: Room) -> None:
        await sync_to_async(set_currency)("USD")
        with tenant_context(ACME):
            await sync_to_async(Contact.objects.all().delete)()
        socket, line = follow(room, cast.olivia, query)
        await synced(room, socket, line)
        room._sequences = {ACME: 0, PUBLIC: 0}
        # Nobody has read the firm's currency so far: a tick of it is nobody's concern.
        await sync_to_async(set_currency)("SEK")
        with moment(committed_db) as before:
            await sync_to_async(write)(cast.olivia, "Curious")
        with moment(committed_db) as seen:
            room.offer(await sync_to_async(tick)(ACME, 1, before[0], seen))
            await until(lambda: "SEK" in line.shown["names"])
        await sync_to_async(set_currency)("USD")
        await synced(room, socket, line)
        assert line.shown["names"] == ["Curious", "USD"]

    in_rooms(scenario, ACME)
