"""The relay as real processes: ticks, takeover after kill -9, one leader, no Redis."""

import asyncio
import os
import signal
from collections.abc import Iterator

import psycopg
import pytest
from asgiref.sync import async_to_sync

from config import embedded
from realtime.changes.change import Snapshot
from realtime.changes.log import begin_epoch
from tests.cast import ACME
from tests.processes import PATIENCE
from tests.realtime.changes.relays import (
    Connection,
    Listener,
    changes_between,
    create_role,
    delivered,
    leaders,
    position,
    position_is_known,
    relay,
    seen_last,
    wait_for,
    wait_for_leader,
)
from tests.servers import VAR, WORKER

pytestmark = pytest.mark.faults


@pytest.fixture
def writer(committed_db: str) -> Iterator[Connection]:
    """An autocommit connection to the module's database, once the relays of the tests before are out of it."""
    with psycopg.connect(committed_db, autocommit=True) as connection:
        wait_for(lambda: relay_sessions(connection) == 0)
        yield connection


def test_killed_leader_is_followed_without_loss_or_repetition(committed_db: str, writer: Connection) -> None:
    """Every tick is made once; a message that the killed one did not send shows as a gap in the sequence."""

    async def scenario() -> None:
        async with Listener(ACME) as listener:
            for round_, process in enumerate([first, second]):
                before = leaders(writer)
                for number in range(60):
                    create_role(writer, f"Round {round_}.{number}")
                    await asyncio.sleep(0.004)
                    if number == 40:
                        process.send_signal(signal.SIGKILL)
                wait_for(lambda before=before: leaders(writer) not in (before, []))  # type: ignore[misc]  # mypy can't infer a default argument's lambda
            await listener.until(lambda listener: seen_last(listener, writer))
            check_delivery(listener, writer, epoch, start)

    with relay(committed_db) as first:
        wait_for_leader(writer)
        epoch, _, start = position(writer)
        with relay(committed_db) as second:
            wait_for(lambda: relay_sessions(writer) >= 2)
            with relay(committed_db):
                async_to_sync(scenario)()


def check_delivery(listener: Listener, writer: Connection, epoch: str, start: Snapshot) -> None:
    """What arrived, with gaps read from the log as a hub does, is each committed row once."""
    sequences = [tick.sequence for tick in listener.ticks]
    assert sequences == sorted(set(sequences))
    assert {tick.epoch for tick in listener.ticks} == {epoch}
    came = [change.id for change in delivered(listener, writer, start)]
    logged = [change.id for change in changes_between(writer, start, position(writer)[2], ACME)]
    assert sorted(came) == sorted(logged)
    assert len(came) == len(set(came))


def test_a_standby_takes_over_and_there_is_one_leader(committed_db: str, writer: Connection) -> None:
    with relay(committed_db) as first:
        leader = wait_for_leader(writer)
        with relay(committed_db), relay(committed_db):
            wait_for(lambda: relay_sessions(writer) >= 3)
            assert leaders(writer) == [leader]
            first.send_signal(signal.SIGKILL)
            wait_for(lambda: leaders(writer) not in ([leader], []))
            for _ in range(20):
                assert len(leaders(writer)) == 1
                writer.execute("SELECT pg_sleep(0.01)")


def relay_sessions(writer: Connection) -> int:
    row = writer.execute(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE application_name = 'relay' AND datname = current_database()"
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_relay_that_stands_still_is_replaced(committed_db: str, writer: Connection) -> None:
    with relay(committed_db) as first:
        leader = wait_for_leader(writer)
        with relay(committed_db):
            wait_for(lambda: relay_sessions(writer) >= 2)
            first.send_signal(signal.SIGSTOP)
            wait_for(lambda: leaders(writer) not in ([leader], []))
            first.send_signal(signal.SIGCONT)
            _, number, _ = position(writer)
            create_role(writer, "After the pause")
            wait_for(lambda: position(writer)[1] > number)
            assert len(leaders(writer)) == 1


@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP])
def test_relay_lives_without_redis(committed_db: str, writer: Connection, fate: signal.Signals) -> None:
    folder = VAR / f"{WORKER}-doomed"
    redis_url = embedded.start(folder, test=True, servers=("valkey",))["REDIS_URL"]
    valkey = embedded.Folder(folder).state()["valkey"]["pid"]
    try:
        with relay(committed_db, redis_url) as process:
            wait_for_leader(writer)
            os.kill(valkey, fate)
            _, number, _ = position(writer)
            for turn in range(1, 6):
                create_role(writer, f"{fate.name} {turn}")
                wait_for(lambda turn=turn: position(writer)[1] >= number + turn)  # type: ignore[misc]  # mypy can't infer a default argument's lambda
            assert process.poll() is None
    finally:
        if fate is signal.SIGSTOP:
            os.kill(valkey, signal.SIGCONT)
        embedded.stop(folder)


def test_relay_stops_when_told(committed_db: str, writer: Connection) -> None:
    with relay(committed_db) as process:
        wait_for_leader(writer)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert leaders(writer) == []


def test_cut_connections_are_made_again(committed_db: str, writer: Connection) -> None:
    with relay(committed_db) as process:
        wait_for_leader(writer)
        epoch, number, _ = position(writer)
        for turn in range(1, 4):
            writer.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'relay' AND datname = current_database()"
            )
            create_role(writer, f"Cut {turn}")
            wait_for(lambda turn=turn: position(writer)[1] >= number + turn)  # type: ignore[misc]  # mypy can't infer a default argument's lambda
        assert position(writer)[0] == epoch
        assert process.poll() is None


def test_what_comes_from_elsewhere_begins_an_epoch(committed_db: str, writer: Connection) -> None:
    """A raised generation stands for a restored backup: nothing of the old log is told under the new epoch."""
    with relay(committed_db):
        wait_for_leader(writer)
        create_role(writer, "Before")
        wait_for(lambda: position(writer)[1] > 0)
    epoch, _, _ = position(writer)
    create_role(writer, "Meanwhile")
    writer.execute(
        'INSERT INTO public.changes_change (xid, schema, "table", op)'
        " VALUES ('999999999999'::xid8, 't_acme', 'roles_role', 'B')"
    )
    writer.execute("UPDATE public.changes_relay SET generation = generation + 1, trimmed = 999999999998")
    with relay(committed_db):
        wait_for(lambda: position(writer)[0] != epoch)
        assert position(writer)[1] == 0
        create_role(writer, "After")
        wait_for(lambda: position(writer)[1] == 1)
        row = writer.execute("SELECT count(*) FROM changes_change WHERE op = 'B'").fetchone()
        assert row == (0,)
        assert writer.execute("SELECT trimmed FROM changes_relay").fetchone() == (0,)  # readers go on


def test_a_migration_begins_an_epoch(committed_db: str, writer: Connection) -> None:
    """The leader notices without a write to any table, and goes on counting anew."""
    with relay(committed_db):
        wait_for_leader(writer)
        epoch = position(writer)[0]
        begin_epoch()
        wait_for(lambda: position_is_known(writer) and position(writer)[0] not in ("", epoch))
        assert position(writer)[1] == 0
        create_role(writer, "Migrated")
        wait_for(lambda: position(writer)[1] == 1)
