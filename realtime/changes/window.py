"""Reads one tenant's part of the log in windows of bounded size, for readers that come back after days.

A window ends at a snapshot of its own making: what the present one sees of the transactions below a number.
Transactions are taken in the order of their numbers, which is the index's, so a reader that catches up page
by page scans the log once. A row that two overlapping transactions changed may thus come in the wrong order;
readers take the row's present state for what is, and a change only for "something happened here".
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from realtime.changes.change import Change, Snapshot
from realtime.changes.leader import EPOCH
from realtime.changes.log import BETWEEN, CHANGE_COLUMNS, LogTrimmed, current_snapshot, parse_change

READ = f"""
    SELECT {CHANGE_COLUMNS}, at FROM public.changes_change
     WHERE {BETWEEN} AND schema = %(schema)s AND "table" = ANY(%(tables)s)
"""
FIRST = f"{READ} ORDER BY xid, id LIMIT %(limit)s"
#: All of one transaction: at most 1,000 rows a table and a marker.
WHOLE = f"{READ} AND xid = %(xid)s::text::xid8 ORDER BY id"


@dataclass(frozen=True, slots=True)
class Log:
    """The log as a reader finds it: which history it belongs to, what it has lost, what is visible now."""

    epoch: str
    trimmed: int
    now: Snapshot

    def check(self, after: Snapshot) -> None:
        """LogTrimmed if anything that the position has not seen has left the log."""
        if not after.sees(self.trimmed) or any(xid <= self.trimmed for xid in after.xip):
            raise LogTrimmed(after.text())


@dataclass(frozen=True, slots=True)
class Window:
    """Changes in the order of their ids, each with its transaction's time, and the position after them."""

    changes: list[tuple[Change, datetime]]
    position: Snapshot
    is_last: bool


def open_log() -> Log:
    """The log and the snapshot of the current transaction, which should be REPEATABLE READ."""
    with connection.cursor() as cursor:
        cursor.execute(EPOCH)
        epoch, _, _, _, _, trimmed = cursor.fetchone()
    return Log(epoch, trimmed, current_snapshot())


def read_window(log: Log, after: Snapshot, schema: str, tables: Collection[str], limit: int) -> Window:
    """About ``limit`` changes of the tables since the position, whole transactions always."""
    log.check(after)
    given = {"after": after.text(), "upto": log.now.text(), "schema": schema, "tables": list(tables)}
    found = _fetch(FIRST, {**given, "limit": limit + 1})
    if len(found) <= limit:
        return Window(_in_time(found), log.now, is_last=True)
    cut = found[-1][0].xid
    whole = [row for row in found if row[0].xid < cut]
    if not whole:
        whole, cut = _fetch(WHOLE, {**given, "xid": cut}), cut + 1
    return Window(_in_time(whole), advanced(after, log.now, cut), is_last=False)


def advanced(after: Snapshot, now: Snapshot, below: int) -> Snapshot:
    """``after``, and what ``now`` sees of the transactions below the number; ``now`` sees all that ``after`` does."""
    unseen = frozenset(xid for xid in now.xip if xid < below)
    if after.xmax > below:
        unseen |= frozenset(xid for xid in after.xip if xid >= below)
    xmax = max(after.xmax, below)
    return Snapshot(min(unseen, default=xmax), xmax, unseen)


def _fetch(sql: str, parameters: dict[str, Any]) -> list[tuple[Change, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [(parse_change(row[:-1]), row[-1]) for row in cursor.fetchall()]


def _in_time(found: list[tuple[Change, datetime]]) -> list[tuple[Change, datetime]]:
    return sorted(found, key=lambda row: row[0].id)
