"""The context in which reads are recorded.

A context variable carries the tracker, so it follows ``sync_to_async`` and ``asyncio`` tasks; it does not
follow a bare thread, so a tracked function starts none. Without a tracker the backend's ordinary compilers
run, and recording costs one look at the variable a query.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import models

from realtime.reads.readset import ReadSet, TableRead, without_covered
from realtime.reads.tables import PUBLIC, public_tables, schemas_of, tenant_tables

_tracker: ContextVar["Tracker | None"] = ContextVar("tracker", default=None)
_declared: ContextVar[bool] = ContextVar("declared", default=False)


class UndeclaredRead(Exception):
    """SQL that no compiler wrote ran in a tracked block, and nothing said which tables it reads."""


#: Beyond so many reads repeats are taken out: a block may ask the same again and again.
MANY = 2_000


class Tracker:
    """Collects the table reads of a block."""

    def __init__(self, outer: "Tracker | None" = None) -> None:
        self._outer = outer
        self._reads: list[TableRead] = []
        self._most = MANY

    def add(self, reads: Iterable[TableRead]) -> None:
        """Record the reads here and in the trackers around this one."""
        found = list(reads)
        tracker: Tracker | None = self
        while tracker is not None:
            # Comparing them costs more than finding them: it is done once, at the end.
            tracker._reads += found
            if len(tracker._reads) > tracker._most:
                tracker._reads = list(dict.fromkeys(tracker._reads))
                tracker._most = 2 * len(tracker._reads) + MANY
            tracker = tracker._outer

    @property
    def read_set(self) -> ReadSet:
        """What has been read so far."""
        return ReadSet(without_covered(self._reads))


def active_tracker() -> Tracker | None:
    """The innermost tracker of the running code."""
    return _tracker.get()


@contextmanager
def track() -> Iterator[Tracker]:
    """Record what the block reads; lazy querysets and iterators must be consumed inside it."""
    tracker = Tracker(_tracker.get())
    token = _tracker.set(tracker)
    try:
        yield tracker
    finally:
        _tracker.reset(token)


@contextmanager
def declare_reads(*, tables: Iterable[str | type[models.Model]], schema: str | None = None) -> Iterator[None]:
    """Say which tables the raw SQL in the block reads; none for SQL that reads no table.

    ``schema`` is the tenant's, when it is not the connection's current one.
    """
    tracker = _tracker.get()
    if tracker is not None:
        tracker.add(whole_tables(_names(tables), schema or current_schema()))
    token = _declared.set(True)
    try:
        yield
    finally:
        _declared.reset(token)


def current_schema() -> str:
    """The tenant's schema of the default connection; the public one outside tenants."""
    from django.db import connection

    return getattr(connection, "schema_name", None) or PUBLIC


def whole_tables(tables: Iterable[str], schema: str) -> list[TableRead]:
    """Reads of every row and column of the tables."""
    return [TableRead(place, table, None, None) for table in tables for place in schemas_of(table, schema)]


def note_unknown_sql(sql: str, schema: str) -> None:
    """Account for SQL of unknown tables in the active tracker: an error, or a read of all tables.

    Raises UndeclaredRead where ``settings.STRICT_READS`` is on (tests and development).
    """
    tracker = _tracker.get()
    if tracker is None or _declared.get():
        return
    if getattr(settings, "STRICT_READS", settings.DEBUG):
        raise UndeclaredRead(f"Name the tables with declare_reads(tables=[...]): {sql[:200]}")
    tracker.add(whole_tables(tenant_tables() | public_tables(), schema))


def _names(tables: Iterable[str | type[models.Model]]) -> list[str]:
    return [table if isinstance(table, str) else table._meta.db_table for table in tables]
