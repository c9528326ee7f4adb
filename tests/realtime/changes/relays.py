"""Real relay processes, and what they publish."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import psycopg
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings

from config.programs import programs
from realtime.changes.change import Change, Snapshot, Tick
from realtime.changes.leader import LOCK
from realtime.changes.log import BETWEEN, CHANGE_COLUMNS, parse_change
from realtime.changes.publish import HEARTBEAT_GROUP, group_of
from tests.cast import ACME
from tests.nursery import Forked
from tests.processes import PATIENCE, started

Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def relay(database_url: str, redis_url: str = "") -> Iterator[Forked]:
    """A relay as its own process, killed in the end if it still lives."""
    with started(programs()["relay"], database_url, REDIS_URL=redis_url or settings.REDIS_URL) as process:
        yield process


def wait_for(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """The condition's first true answer."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)
    return answer


def leaders(connection: Connection) -> list[int]:
    """The backends that hold the lock in this database."""
    rows = connection.execute(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        [LOCK],
    )
    return [pid for (pid,) in rows]


def position(connection: Connection) -> tuple[str, int, Snapshot]:
    """Epoch, number and snapshot of the stored tick."""
    row = connection.execute("SELECT epoch, number, snapshot FROM public.changes_relay").fetchone()
    assert row is not None
    return row[0], row[1], Snapshot.parse(row[2])


def changes_between(connection: Connection, after: Snapshot, upto: Snapshot, schema: str) -> list[Change]:
    """What a hub reads when it has missed a tick."""
    rows = connection.execute(
        f"SELECT {CHANGE_COLUMNS} FROM public.changes_change WHERE {BETWEEN} AND schema = %(schema)s ORDER BY id",
        {"after": after.text(), "upto": upto.text(), "schema": schema},
    )
    return [parse_change(row) for row in rows]


class Listener:
    """Collects the ticks of some schemas, and the heartbeats, in the order of arrival."""

    def __init__(self, *schemas: str) -> None:
        self.schemas = schemas
        self.ticks: list[Tick] = []
        self.heartbeats: list[dict[str, Any]] = []
        self.layer = RedisPubSubChannelLayer(**dict(settings.CHANNEL_LAYERS["default"]["CONFIG"]))

    async def __aenter__(self) -> Self:
        self.channel = await self.layer.new_channel()
        for group in [*map(group_of, self.schemas), HEARTBEAT_GROUP]:
            await self.layer.group_add(group, self.channel)
        self.task = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.task.cancel()
        await self.layer.flush()

    async def _listen(self) -> None:
        while True:
            message = await self.layer.receive(self.channel)
            if message["type"] == "realtime.tick":
                self.ticks.append(Tick.from_message(message["tick"]))
            else:
                self.heartbeats.append(message)

    async def until(self, condition: Callable[["Listener"], Any], seconds: float = PATIENCE) -> None:
        """Wait for the condition."""
        deadline = time.monotonic() + seconds
        while not condition(self):
            assert time.monotonic() < deadline, f"{len(self.ticks)} ticks, {len(self.heartbeats)} heartbeats"
            await asyncio.sleep(0.02)


def delivered(listener: Listener, writer: Connection, start: Snapshot) -> list[Change]:
    """What has arrived since, gaps read from the log, as a hub does: messages may be lost, changes may not."""
    found: list[Change] = []
    at, before = start, listener.ticks[0].sequence - 1
    for tick in listener.ticks:
        changes = tick.changes
        if changes is None or tick.previous != before:
            changes = tuple(changes_between(writer, at, tick.snapshot, ACME))
        found += changes
        at, before = tick.snapshot, tick.sequence
    return found + changes_between(writer, at, position(writer)[2], ACME)


def create_table(writer: Connection, name: str, key: str = "int") -> None:
    writer.execute(f"CREATE TABLE {name} (id {key} PRIMARY KEY, one text, two text)")
    writer.execute(
        f"CREATE TRIGGER log AFTER INSERT ON {name} FOR EACH ROW EXECUTE FUNCTION public.log_change('id', '{{}}')"
    )


def create_role(writer: Connection, name: str, schema: str = ACME) -> None:
    writer.execute(
        f"INSERT INTO {schema}.roles_role (name, description, position, created_at) VALUES (%s, '', 1, now())",
        [name],
    )


def names(listener: Listener) -> list[object]:
    return [(change.new or {})["name"] for tick in listener.ticks for change in tick.changes or ()]


def wait_for_leader(writer: Connection) -> int:
    pid: int = wait_for(lambda: leaders(writer) and position_is_known(writer) and leaders(writer)[0])
    return pid


def position_is_known(writer: Connection) -> bool:
    row = writer.execute("SELECT snapshot <> '' FROM public.changes_relay").fetchone()
    return row is not None and bool(row[0])


def seen_last(listener: Listener, writer: Connection) -> bool:
    """Whether all is in a tick, and the last one of Acme was heard of, by its message or by a heartbeat."""
    now = writer.execute("SELECT pg_current_snapshot()::text").fetchone()
    assert now is not None
    if changes_between(writer, position(writer)[2], Snapshot.parse(now[0]), ACME):
        return False
    row = writer.execute("SELECT sequence FROM changes_relayschema WHERE schema = %s", [ACME]).fetchone()
    assert row is not None
    return bool(listener.ticks and listener.ticks[-1].sequence == row[0]) or any(
        beat["sequences"].get(ACME) == row[0] for beat in listener.heartbeats
    )
