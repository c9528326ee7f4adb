"""The relay's bookkeeping in the database: who leads, and which tick was the last.

All of it goes through the one session that holds the lock. A relay whose session is gone can therefore
not store another tick, and what is not stored is not published: there are never two leaders.
"""

import os
import socket
from collections.abc import Collection
from dataclasses import dataclass

from realtime.changes.change import Snapshot
from realtime.changes.direct import Connection
from realtime.changes.log import BETWEEN

#: Advisory lock of the leading relay.
LOCK = 0x7265_6C61

# Another database, server or timeline (a restored backup, a failover) makes another epoch: positions mean
# nothing there. The generation is raised where the log has lost what the last position needs.
EPOCH = """
    SELECT concat_ws('.', (SELECT system_identifier FROM pg_control_system()),
                     left(pg_walfile_name(pg_current_wal_lsn()), 8),
                     (SELECT oid FROM pg_database WHERE datname = current_database()), generation),
           id, epoch, number, snapshot, trimmed
      FROM public.changes_relay ORDER BY id LIMIT 1
"""
# What another cluster's log had lost is no limit of this one: its number may lie in the future here.
START_EPOCH = """
    UPDATE public.changes_relay
       SET epoch = %s, number = 0, snapshot = pg_current_snapshot()::text, heartbeat_at = clock_timestamp(),
           trimmed = CASE WHEN trimmed < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
                          THEN trimmed ELSE 0 END
    RETURNING snapshot
"""
# Rows from another cluster: their transaction numbers say nothing here.
FORGET_FOREIGN = (
    "DELETE FROM public.changes_change WHERE NOT pg_visible_in_snapshot(xid, pg_current_snapshot())"
)
POLL = f"""
    SELECT now.snapshot,
           now.snapshot <> %(polled)s AND EXISTS (SELECT FROM public.changes_change WHERE {BETWEEN})
      FROM (SELECT pg_current_snapshot()::text AS snapshot) AS now
"""
STORE = """
    WITH relay AS (
        UPDATE public.changes_relay
           SET number = %(number)s, snapshot = %(snapshot)s, heartbeat_at = clock_timestamp()
         WHERE epoch = %(epoch)s AND number = %(number)s - 1
        RETURNING number
    )
    INSERT INTO public.changes_relayschema AS last (schema, sequence, number)
    SELECT schema, 1, relay.number FROM relay, unnest(%(schemas)s::text[]) AS schema
    ON CONFLICT (schema) DO UPDATE SET sequence = last.sequence + 1, number = excluded.number
    RETURNING schema, sequence
"""
# A sign of life that a crash loses is no loss: no waiting for the disk.
BEAT = """
    BEGIN; SET LOCAL synchronous_commit = off;
    UPDATE public.changes_relay SET heartbeat_at = clock_timestamp(), leader = '{leader}'; COMMIT
"""


class LostLead(Exception):
    """Somebody else has written the relay's row: another leader, or whoever asks for a new epoch."""


@dataclass(slots=True)
class Stand:
    """Where the leader is."""

    epoch: str
    number: int
    snapshot: Snapshot


class Leader:
    """The session that holds the lock, and the stand that it keeps."""

    def __init__(self, connection: Connection, stand: Stand) -> None:
        self.connection = connection
        self.stand = stand
        self._polled = ""

    @classmethod
    async def take_over(cls, connection: Connection) -> "Leader":
        """Continue where the last leader stopped, or begin an epoch. The lock is held."""
        cursor = await connection.execute(EPOCH)
        row = await cursor.fetchone()
        assert row is not None
        epoch, id_, last_epoch, number, snapshot, trimmed = row
        if epoch == last_epoch and Snapshot.parse(snapshot).sees(trimmed):
            return cls(connection, Stand(epoch, number, Snapshot.parse(snapshot)))
        if epoch == last_epoch:
            await connection.execute(
                "UPDATE public.changes_relay SET generation = generation + 1 WHERE id = %s", [id_]
            )
            return await cls.take_over(connection)
        await connection.execute(FORGET_FOREIGN)
        cursor = await connection.execute(START_EPOCH, [epoch])
        first = await cursor.fetchone()
        assert first is not None
        return cls(connection, Stand(epoch, 0, Snapshot.parse(first[0])))

    async def poll(self) -> bool:
        """Whether the log holds something new. No transaction since the last poll: no look at the log."""
        parameters = {"polled": self._polled, "after": self.stand.snapshot.text(), "upto": None}
        cursor = await self.connection.execute(POLL, parameters)
        row = await cursor.fetchone()
        assert row is not None
        self._polled, is_new = row
        return bool(is_new)

    async def store(self, snapshot: Snapshot, schemas: Collection[str]) -> dict[str, int]:
        """Make the tick the last one, durably; each schema's new sequence number. Raises LostLead."""
        cursor = await self.connection.execute(
            STORE,
            {
                "epoch": self.stand.epoch,
                "number": self.stand.number + 1,
                "snapshot": snapshot.text(),
                "schemas": sorted(schemas),
            },
        )
        sequences: dict[str, int] = dict(await cursor.fetchall())
        if len(sequences) != len(schemas):
            raise LostLead
        self.stand = Stand(self.stand.epoch, self.stand.number + 1, snapshot)
        return sequences

    async def beat(self) -> None:
        """Show in the database that the relay lives. Raises LostLead if another epoch was asked for."""
        cursor = await self.connection.execute(
            "SELECT FROM public.changes_relay WHERE epoch = %s", [self.stand.epoch]
        )
        if not cursor.rowcount:
            raise LostLead
        await self.connection.execute(BEAT.format(leader=f"{socket.gethostname()[:80]} {os.getpid()}"))

    async def last_sequences(self) -> dict[str, int]:
        """The sequence numbers of the schemas in the last stored tick, which may not have been published."""
        cursor = await self.connection.execute(
            "SELECT schema, sequence FROM public.changes_relayschema WHERE number = %s", [self.stand.number]
        )
        return dict(await cursor.fetchall())


async def try_lock(connection: Connection) -> bool:
    """Become the leader if there is none."""
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
    row = await cursor.fetchone()
    return row is not None and bool(row[0])
