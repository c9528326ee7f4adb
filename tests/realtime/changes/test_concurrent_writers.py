"""Many writers at once: each committed change is in one tick, none is lost, and no long transaction delays any."""

import itertools
import random
import threading
import time
from typing import Any

import psycopg
import pytest
from asgiref.sync import async_to_sync

from realtime.changes.change import Snapshot
from tests.cast import ACME
from tests.realtime.changes.relays import Listener, create_table, relay, seen_last, wait_for_leader

pytestmark = pytest.mark.faults

WRITERS, SECONDS = 16, 8.0
TABLE = f"{ACME}.written"


class Undo(Exception):
    """Makes psycopg roll back."""


def write(database_url: str, number: int, committed: list[int], until: float) -> None:
    """Transactions of several rows with random holds, savepoints rolled back, and transactions rolled back."""
    chance = random.Random(number)
    keys = iter(range(number * 1_000_000, (number + 1) * 1_000_000))

    def insert() -> int:
        key = next(keys)
        connection.execute(f"INSERT INTO {TABLE} VALUES (%s, 'x', 'y')", [key])
        return key

    def work() -> list[int]:
        kept = []
        for _ in range(chance.randint(1, 4)):
            if chance.random() < 0.2:
                kept_in_savepoint = insert_in_savepoint(connection, insert, is_kept=chance.random() < 0.5)
                kept += kept_in_savepoint
            else:
                kept.append(insert())
            if chance.random() < 0.1:
                time.sleep(chance.uniform(0, 0.3))
        return kept

    with psycopg.connect(database_url, autocommit=True) as connection:
        while time.monotonic() < until:
            try:
                with connection.transaction():
                    kept = work()
                    if chance.random() < 0.1:
                        raise Undo
            except Undo:
                continue
            committed += kept
            time.sleep(chance.uniform(0, 0.02))


def insert_in_savepoint(connection: psycopg.Connection[Any], insert: Any, *, is_kept: bool) -> list[int]:
    try:
        with connection.transaction():
            key = insert()
            if not is_kept:
                raise Undo
    except Undo:
        return []
    return [key]


def test_each_commit_is_delivered_once_and_in_time(committed_db: str) -> None:
    committed: list[list[int]] = [[] for _ in range(WRITERS)]
    latest: list[float] = []

    def hold(database_url: str) -> None:
        """A transaction that has written and stays open for five seconds."""
        with psycopg.connect(database_url) as connection:
            connection.execute(f"INSERT INTO {TABLE} VALUES (-1, 'slow', '')")
            time.sleep(5)

    def probe(database_url: str, until: float) -> None:
        """Commits whose key is their time, to measure with."""
        with psycopg.connect(database_url, autocommit=True) as connection:
            while time.monotonic() < until:
                connection.execute(f"INSERT INTO {TABLE} VALUES (%s, 'probe', '')", [-time.time_ns()])
                time.sleep(0.05)

    async def scenario() -> None:
        async with Listener(ACME) as listener:
            until = time.monotonic() + SECONDS
            threads = [
                threading.Thread(target=write, args=(committed_db, number, committed[number], until))
                for number in range(WRITERS)
            ]
            threads.append(threading.Thread(target=hold, args=(committed_db,)))
            threads.append(threading.Thread(target=probe, args=(committed_db, until)))
            for thread in threads:
                thread.start()
            await listener.until(lambda _: not any(thread.is_alive() for thread in threads), 60)
            await listener.until(lambda listener: seen_last(listener, writer))
            delivered = [change.pk for tick in listener.ticks for change in tick.changes or ()]
            written = [key for keys in committed for key in keys]
            assert len(written) > 500
            assert sorted(key for key in delivered if isinstance(key, int) and key >= 0) == sorted(written)
            assert delivered.count(-1) == 1
            assert [tick.sequence for tick in listener.ticks] == list(
                range(listener.ticks[0].sequence, listener.ticks[0].sequence + len(listener.ticks))
            )
            latest.extend(delays(listener))

    with psycopg.connect(committed_db, autocommit=True) as writer:
        create_table(writer, TABLE, key="bigint")
        with relay(committed_db):
            wait_for_leader(writer)
            async_to_sync(scenario)()
        row = writer.execute(f"SELECT count(*) FROM {TABLE}").fetchone()
        assert row is not None
        assert row[0] == sum(map(len, committed)) + len(latest) + 1
    latest.sort()

    # Far below the five seconds of the long transaction, even on a machine that is busy.
    assert latest[len(latest) // 2] < 1
    assert latest[-1] < 3


def delays(listener: Listener) -> list[float]:
    """From before the insert to the arrival of its tick, in seconds."""
    return [
        arrived_at + change.pk / 1e9
        for tick, arrived_at in zip(listener.ticks, listener.arrived_at, strict=True)
        for change in tick.changes or ()
        if isinstance(change.pk, int) and change.pk < -1
    ]


def test_snapshots_grow(committed_db: str) -> None:
    """Each tick sees all that the one before saw."""

    async def scenario() -> list[Snapshot]:
        async with Listener(ACME) as listener:
            for number in range(30):
                writer.execute(
                    f"INSERT INTO {ACME}.roles_team (name, created_at) VALUES (%s, now())", [f"T{number}"]
                )
            await listener.until(lambda listener: seen_last(listener, writer))
            return [tick.snapshot for tick in listener.ticks]

    with psycopg.connect(committed_db, autocommit=True) as writer, relay(committed_db):
        wait_for_leader(writer)
        snapshots = async_to_sync(scenario)()
    for before, after in itertools.pairwise(snapshots):
        assert before.xmin <= after.xmin
        assert before.xmax <= after.xmax
