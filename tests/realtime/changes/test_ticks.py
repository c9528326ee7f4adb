"""What a relay publishes: a tick for each schema, snapshots to read at, "fetch yourself"."""

import asyncio
import time
from collections.abc import Iterator

import psycopg
import pytest
from asgiref.sync import async_to_sync

from realtime.changes.change import Snapshot
from realtime.changes.exporter import KEPT_SECONDS
from tests.cast import ACME, GLOBEX
from tests.realtime.changes.relays import (
    Connection,
    Listener,
    create_role,
    create_table,
    names,
    relay,
    wait_for_leader,
)

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def writer(committed_db: str) -> Iterator[Connection]:
    """An autocommit connection to the module's database, where a relay leads."""
    with relay(committed_db), psycopg.connect(committed_db, autocommit=True) as connection:
        wait_for_leader(connection)
        yield connection


def test_a_commit_becomes_a_tick_of_its_schema(committed_db: str, writer: Connection) -> None:
    async def scenario() -> None:
        async with Listener(ACME, "public") as listener:
            create_role(writer, "Seen")
            create_role(writer, "Elsewhere", GLOBEX)
            await listener.until(lambda listener: "Seen" in names(listener) and listener.heartbeats)
            assert "Elsewhere" not in names(listener)
            tick = listener.ticks[-1]
            assert tick.schema == ACME
            assert tick.previous == tick.sequence - 1
            await listener.until(
                lambda listener: listener.heartbeats[-1]["sequences"].get(ACME) == tick.sequence
            )

    async_to_sync(scenario)()


def read_at(database_url: str, exported: str | None) -> Snapshot:
    """What a transaction sees that was begun at the exported snapshot."""
    with psycopg.connect(database_url) as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        reader.execute(f"SET TRANSACTION SNAPSHOT '{exported}'")
        row = reader.execute("SELECT pg_current_snapshot()::text").fetchone()
    assert row is not None
    return Snapshot.parse(row[0])


def test_a_snapshot_can_be_used_for_two_seconds(committed_db: str, writer: Connection) -> None:
    async def scenario() -> None:
        async with Listener(ACME) as listener:
            began = time.monotonic()
            create_role(writer, "Kept 0")
            await listener.until(lambda listener: "Kept 0" in names(listener))
            first, number = listener.ticks[-1], 0
            # Whoever comes later, as on a machine that stood still, may find it gone.
            while time.monotonic() - began < KEPT_SECONDS - 0.1:
                number += 1
                create_role(writer, f"Kept {number}")
                try:
                    assert read_at(committed_db, first.exported) == first.snapshot
                except psycopg.Error:
                    assert time.monotonic() - began > KEPT_SECONDS
                await asyncio.sleep(0.1)

    async_to_sync(scenario)()


def test_a_large_tick_says_fetch_yourself(committed_db: str, writer: Connection) -> None:
    async def scenario() -> None:
        async with Listener(ACME) as listener:
            # Several tables: one alone would end in a marker at 501 rows.
            with writer.transaction():
                for number in range(5):
                    create_table(writer, f"{ACME}.large_{number}")
                    writer.execute(
                        f"INSERT INTO {ACME}.large_{number} SELECT n, repeat('x', 60), repeat('y', 60)"
                        " FROM generate_series(1, 500) n"
                    )
            # (What the tests before have written may still come.)
            await listener.until(lambda listener: any(tick.changes is None for tick in listener.ticks))
            tick = listener.ticks[-1]
            assert tick.changes is None
            assert tick.exported is not None

    async_to_sync(scenario)()
