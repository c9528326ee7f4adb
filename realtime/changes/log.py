"""Reads the change log by position. A position is a snapshot; the rows between two are an exact set.

A row lies between ``after`` and ``upto`` when its transaction is visible in ``upto`` and not in ``after``:
each committed change is in exactly one of two adjoining ranges, whatever the order of commits, and an open
transaction elsewhere delays nothing (its rows come with its own commit).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import orjson
from django.conf import settings
from django.db import connection

from realtime.changes.change import Change, Snapshot
from realtime.changes.stored import old_row
from realtime.reads.tables import PUBLIC

# Everything as text or plain values, so that the rows look the same through Django and through psycopg.
CHANGE_COLUMNS = (
    'id, xid::text, schema, "table", op::text, pk::text, columns, old::text, new::text, request_id, actor'
)
# The first test is the index's; what is not in ``after`` is not below its xmin. The last one keeps out rows
# that were copied from another cluster, whose transaction numbers lie in this one's future.
BETWEEN = """
    xid >= pg_snapshot_xmin(%(after)s::pg_snapshot)
    AND NOT pg_visible_in_snapshot(xid, %(after)s::pg_snapshot)
    AND pg_visible_in_snapshot(xid, coalesce(%(upto)s::pg_snapshot, pg_current_snapshot()))
"""
READ = f"""
    SELECT {CHANGE_COLUMNS}, CASE WHEN %(kept)s THEN kept::text END FROM public.changes_change
     WHERE {BETWEEN} AND id > %(after_id)s AND (%(schemas)s::text[] IS NULL OR schema = ANY(%(schemas)s::text[]))
     ORDER BY id
"""


class LogTrimmed(Exception):
    """The position is older than what the log still holds: its reader has to start again."""


def read_changes(
    after: Snapshot,
    upto: Snapshot | None = None,
    schemas: Collection[str] | None = None,
    *,
    after_id: int = 0,
    kept: bool = False,
) -> list[Change]:
    """The changes visible in ``upto`` (None: now) and not in ``after``, of the given schemas (None: all).

    They come in the order of their ids; a reader that takes them in parts goes on with those after ``after_id``.
    With ``kept`` they say what texts and amounts of an update were and became.

    ``upto`` may not be newer than what the current transaction sees. Raises LogTrimmed for an ``after``
    from before the log's window.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(trimmed), 0) FROM public.changes_relay")
        (trimmed,) = cursor.fetchone()
        if trimmed and not after.sees(trimmed):
            raise LogTrimmed(after.text())
        cursor.execute(
            READ,
            {
                "after": after.text(),
                "upto": upto.text() if upto else None,
                "schemas": None if schemas is None else list(schemas),
                "after_id": after_id,
                "kept": kept,
            },
        )
        return [_with_kept(parse_change(row[:-1]), row[-1]) for row in cursor.fetchall()]


def _with_kept(change: Change, kept: str | None) -> Change:
    if kept is None:
        return change
    return replace(change, kept={name: (was, became) for name, (was, became) in orjson.loads(kept).items()})


def parse_change(row: Sequence[Any]) -> Change:
    """A row of ``CHANGE_COLUMNS`` as a change."""
    id_, xid, schema, table, op, pk, columns, old, new, request_id, actor = row
    before = None if old is None else orjson.loads(old)
    after = None if new is None else orjson.loads(new)
    return Change(
        id=id_,
        xid=int(xid),
        schema=schema,
        table=table,
        op=op,
        pk=None if pk is None else orjson.loads(pk),
        columns=frozenset(columns),
        old=before if before is None or after is None else old_row(table, columns, before, after),
        new=after,
        request_id=request_id,
        actor=actor,
    )


def current_snapshot() -> Snapshot:
    """What the current transaction (or, outside of one, a statement now) sees.

    Inside a writing transaction PostgreSQL leaves the own transaction out of the running ones; here it counts
    as running, as nobody sees it yet.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text, pg_current_xact_id_if_assigned()::text")
        text, own = cursor.fetchone()
    snapshot = Snapshot.parse(text)
    return snapshot if own is None else _without(snapshot, int(own))


def _without(snapshot: Snapshot, own: int) -> Snapshot:
    if not snapshot.sees(own):
        return snapshot
    return Snapshot(min(snapshot.xmin, own), snapshot.xmax, snapshot.xip | {own})


def trim_log() -> int:
    """Drop what is older than ``settings.CHANGE_LOG_DAYS``; the number of emptied partitions. Once a day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.trim_change_log(make_interval(days => %s))", [settings.CHANGE_LOG_DAYS])
        emptied: int = cursor.fetchone()[0]
    return emptied


def begin_epoch() -> None:
    """Make every subscriber start again: after migrations, as no read set knows what a new schema means."""
    with connection.cursor() as cursor:
        # Without an epoch the leader can store no tick and begins a new one.
        cursor.execute("UPDATE public.changes_relay SET generation = generation + 1, epoch = ''")


def touch(table: str, schema: str | None = None) -> None:
    """Say that anything in the table may have changed, after writes that no trigger saw."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public.log_touch(%s, %s)",
            [schema or str(getattr(connection, "schema_name", PUBLIC)), table],
        )
