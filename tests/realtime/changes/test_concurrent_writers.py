"""Many writers at once: each committed change is in one tick, none is lost, and no long transaction delays any."""

import itertools
import random
import threading
import time
from typing import Any

import psycopg
import pytest
from asgiref.sync import async_to_sync

from realtime.changes.change import Change, Snapshot
from tests.cast import ACME
from tests.processes import PATIENCE
from tests.realtime.changes.relays import (
    Listener,
    create_table,
    delivered,
    position,
    relay,
    seen_last,
    wait_for_leader,
)

pytestmark = pytest.mark.faults

WRITERS, TRANSACTIONS = 16, 40
TABLE = f"{ACME}.written"


class Undo(Exception):
    """Makes psycopg roll back."""


def write(database_url: str, number: int, committed: list[int]) -> None:
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
        for _ in range(TRANSACTIONS):
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


def test_each_commit_is_delivered_once_and_none_waits_for_another(committed_db: str) -> None:
    committed: list[list[int]] = [[] for _ in range(WRITERS)]
    is_held, may_end = threading.Event(), threading.Event()

    def hold(database_url: str) -> None:
        """A transaction that has written and stays open until what others commit meanwhile has come."""
        with psycopg.connect(database_url) as connection:
            connection.execute(f"INSERT INTO {TABLE} VALUES (-1, 'slow', '')")
            is_held.set()
            assert may_end.wait(PATIENCE)

    async def scenario(start: Snapshot) -> None:
        async with Listener(ACME) as listener:
            threads = [threading.Thread(target=hold, args=(committed_db,))]
            threads[0].start()
            assert is_held.wait(PATIENCE)
            threads += [
                threading.Thread(target=write, args=(committed_db, number, committed[number]))
                for number in range(WRITERS)
            ]
            for thread in threads[1:]:
                thread.start()
            await listener.until(lambda _: not any(thread.is_alive() for thread in threads[1:]))
            await listener.until(lambda listener: seen_last(listener, writer))
            written = sorted(key for keys in committed for key in keys)
            assert len(written) > 500
            assert keys_of(delivered(listener, writer, start)) == written
            may_end.set()
            threads[0].join()
            await listener.until(lambda listener: seen_last(listener, writer))
            assert keys_of(delivered(listener, writer, start)) == [-1, *written]
            sequences = [tick.sequence for tick in listener.ticks]
            assert sequences == sorted(set(sequences))

    with psycopg.connect(committed_db, autocommit=True) as writer:
        create_table(writer, TABLE, key="bigint")
        with relay(committed_db):
            wait_for_leader(writer)
            try:
                async_to_sync(scenario)(position(writer)[2])
            finally:
                may_end.set()
        row = writer.execute(f"SELECT count(*) FROM {TABLE}").fetchone()
        assert row is not None
        assert row[0] == sum(map(len, committed)) + 1


def keys_of(changes: list[Change]) -> list[int]:
    """The rows' keys, sorted."""
    return sorted(change.pk for change in changes if isinstance(change.pk, int))


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
