"""Takes ticks: one statement that reads the log and exports the snapshot which it read at.

In READ COMMITTED each statement has a snapshot of its own, and one transaction can export all of them; so
two or three connections that take turns are enough for ticks of any rate. A snapshot can be used for at
least ``KEPT_SECONDS``; no transaction is older than twice that, so vacuum is not held up.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from realtime.changes.change import Change, Snapshot
from realtime.changes.direct import Connection, connect
from realtime.changes.log import BETWEEN, CHANGE_COLUMNS, parse_change

KEPT_SECONDS = 2.0
#: Beyond this many rows the hubs read the log themselves, a schema at a time.
MOST_ROWS = 20_000

READ = f"""
    WITH tick AS MATERIALIZED (
        SELECT pg_current_snapshot()::text AS snapshot, pg_export_snapshot() AS exported
    )
    SELECT tick.snapshot, tick.exported, change.* FROM tick LEFT JOIN LATERAL (
        SELECT {CHANGE_COLUMNS} FROM public.changes_change WHERE {BETWEEN} ORDER BY id LIMIT {MOST_ROWS + 1}
    ) AS change ON true
"""
SCHEMAS = f"SELECT DISTINCT schema FROM public.changes_change WHERE {BETWEEN}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one statement saw: its snapshot, the name to import it by, and each schema's changes since."""

    snapshot: Snapshot
    exported: str
    #: None in place of the changes: too many to carry.
    changes: dict[str, list[Change] | None]


@dataclass(slots=True)
class _Turn:
    connection: Connection
    began_at: float

    def age(self) -> float:
        return time.monotonic() - self.began_at


class Exporter:
    """The connections that take turns."""

    def __init__(self) -> None:
        self._turns: list[_Turn] = []
        self._free: list[Connection] = []

    async def read(self, after: Snapshot) -> Reading:
        """Everything that committed since ``after``, at one new and exported snapshot."""
        connection = await self._connection()
        cursor = await connection.execute(READ, {"after": after.text(), "upto": None})
        rows = await cursor.fetchall()
        snapshot, exported = Snapshot.parse(rows[0][0]), rows[0][1]
        if len(rows) > MOST_ROWS:
            changes = await _only_schemas(connection, after, snapshot)
        else:
            changes = _by_schema(row[2:] for row in rows if row[2] is not None)
        return Reading(snapshot, exported, changes)

    async def retire(self) -> None:
        """End the transactions whose snapshots have been kept long enough."""
        while self._turns and self._turns[0].age() > 2 * KEPT_SECONDS:
            await self._end(self._turns.pop(0))

    async def close(self) -> None:
        """Give up all snapshots and connections."""
        for connection in [*(turn.connection for turn in self._turns), *self._free]:
            await connection.close()
        self._turns, self._free = [], []

    async def release(self) -> None:
        """End all transactions, for maintenance that needs the log's partitions to itself."""
        while self._turns:
            await self._end(self._turns.pop(0))

    async def _connection(self) -> Connection:
        if self._turns and self._turns[-1].age() <= KEPT_SECONDS:
            return self._turns[-1].connection
        connection = self._free.pop() if self._free else await connect()
        # An unused session would be ended as idle.
        await connection.execute("SET idle_session_timeout = 0")
        await connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY")
        self._turns.append(_Turn(connection, time.monotonic()))
        return connection

    async def _end(self, turn: _Turn) -> None:
        await turn.connection.execute("ROLLBACK")
        self._free.append(turn.connection)


def _by_schema(rows: Any) -> dict[str, list[Change] | None]:
    changes: dict[str, list[Change] | None] = {}
    for row in rows:
        change = parse_change(row)
        of_schema = changes.setdefault(change.schema, [])
        if of_schema is not None:
            of_schema.append(change)
    return changes


async def _only_schemas(
    connection: Connection, after: Snapshot, upto: Snapshot
) -> dict[str, list[Change] | None]:
    cursor = await connection.execute(SCHEMAS, {"after": after.text(), "upto": upto.text()})
    rows: Sequence[tuple[Any, ...]] = await cursor.fetchall()
    return {schema: None for (schema,) in rows}
