"""PostgreSQL backend that records what queries read while a tracker is active."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from django.conf import settings
from django.db import Error
from django.db.backends.postgresql import base
from psycopg.errors import FeatureNotSupported, error_from_result
from psycopg.pq import ExecStatus
from psycopg.types.numeric import Int8

from realtime.reads.backend.compiler import was_compiled
from realtime.reads.backend.operations import DatabaseOperations
from realtime.reads.tables import PUBLIC
from realtime.reads.tracker import active_tracker, note_unknown_sql

# Statements that look at no row of a table.
_READS_NOTHING = re.compile(
    r"\s*(SET|RESET|SHOW|BEGIN|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|LOCK|LISTEN|UNLISTEN|NOTIFY)\b",
    re.IGNORECASE,
)


#: Where a connection keeps the cursor of ``fetch_kept``, for as long as it lives: it goes through many hands.
KEPT = "_crm_cursor"


class PreparingCursor(base.ServerBindingCursor):
    """Statements with parameters are parsed and planned once a connection, by names that psycopg keeps."""

    prepares = True

    def execute(self, query: Any, params: Any = None, **kwargs: Any) -> Any:
        """As Django calls it."""
        if params is None:
            return super().execute(query, **kwargs)  # type: ignore[misc]  # the stubs know no such cursor
        try:
            return super().execute(  # type: ignore[misc]  # the stubs know no such cursor
                query, _of_stable_types(params), prepare=True, **kwargs
            )
        except FeatureNotSupported:
            # A migration gave a column another type: what this connection prepared before it is of no use.
            self.connection._prepared.clear()  # type: ignore[attr-defined]  # psycopg offers no other way
            raise


def _of_stable_types(params: Sequence[Any] | Mapping[str, Any]) -> list[Any] | dict[str, Any]:
    """Numbers as bigint, whatever their size: each type that a parameter comes in would be another statement."""
    if isinstance(params, Mapping):
        return {name: Int8(value) if type(value) is int else value for name, value in params.items()}
    return [Int8(value) if type(value) is int else value for value in params]


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's PostgreSQL backend with recording compilers."""

    ops_class = DatabaseOperations
    _prepares = False

    def preparing_cursor(self) -> Any:
        """A cursor for statements that many requests repeat; an ordinary one where DATABASE_PREPARES is off."""
        self._prepares = bool(settings.DATABASE_PREPARES)
        try:
            return self.cursor()
        finally:
            self._prepares = False

    def fetch_kept(self, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of a statement that many requests repeat, read at once.

        One cursor of the connection serves all of them: to make one, and what Django puts round it, takes longer
        than to read a row. Where statements are counted or not prepared, they go the usual way.
        """
        if self.queries_logged or not settings.DATABASE_PREPARES:
            with self.preparing_cursor() as cursor:
                cursor.execute(sql, params)
                found: list[tuple[Any, ...]] = cursor.fetchall()
            return found
        self._make_ready()
        cursor = getattr(self.connection, KEPT, None)
        if cursor is None:
            cursor = PreparingCursor(self.connection)  # type: ignore[call-arg]  # as its base
            setattr(self.connection, KEPT, cursor)
        fetch: Callable[..., Any] = partial(self._fetch, cursor)
        for wrapper in reversed(self.execute_wrappers):
            fetch = partial(wrapper, fetch)
        rows: list[tuple[Any, ...]] = fetch(sql, params, False, {"connection": self, "cursor": cursor})
        return rows

    def _fetch(self, cursor: Any, sql: str, params: Sequence[Any], many: bool, context: Any) -> Any:
        """What Django's cursor does for a statement."""
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            cursor.execute(sql, params)
            return cursor.fetchall()

    def _make_ready(self) -> None:
        """Connect, and tell the connection what a statement relies on."""
        if self.connection is None:
            self.ensure_connection()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """A READ ONLY transaction at one snapshot, outside of any other.

        What ``atomic`` does with the isolation level set, by two plain statements: every request opens one, and
        Django's and psycopg's ways through it take longer than a row is read.
        """
        self._make_ready()
        self._say(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # For Django, blocks inside are savepoints.
        self.autocommit, self.in_atomic_block = False, True
        try:
            yield
        except BaseException:
            with suppress(Error):
                self._end_snapshot()
            raise
        self._end_snapshot()

    def _end_snapshot(self) -> None:
        """A transaction that has failed is rolled back by COMMIT, too; a connection that broke is given up."""
        self.autocommit, self.in_atomic_block, self.needs_rollback = True, False, False
        if self.closed_in_transaction:
            self.connection = None
            return
        try:
            self._say(b"COMMIT")
        except Error:
            self.close()
            raise

    def _say(self, sql: bytes) -> None:
        """A plain statement, past psycopg's cursors."""
        with self.wrap_database_errors:
            result = self.connection.pgconn.exec_(sql)
            if result.status != ExecStatus.COMMAND_OK:
                raise error_from_result(result)

    def create_cursor(self, name: str | None = None) -> Any:
        """Django's, or for ``preparing_cursor`` one that prepares."""
        if self._prepares and name is None:
            return PreparingCursor(self.connection)  # type: ignore[call-arg]  # as its base
        return super().create_cursor(name)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(_account_for)

    def _close(self) -> None:
        """Where one connection was cut, those that wait in the pool probably were, too: they are looked at."""
        is_broken = self.connection is not None and self.connection.broken
        super()._close()  # type: ignore[misc]  # the stubs leave it out
        if is_broken and self.pool:
            self.pool.check()


def _account_for(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Execute wrapper: SQL that no compiler wrote must not read behind the tracker's back."""
    if active_tracker() is not None and not was_compiled(sql) and not _READS_NOTHING.match(str(sql)):
        note_unknown_sql(str(sql), getattr(context["connection"], "schema_name", None) or PUBLIC)
    return execute(sql, params, many, context)
