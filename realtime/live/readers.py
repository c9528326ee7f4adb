"""Read-only transactions at a chosen snapshot, on threads and connections of their own.

Re-runs neither share Django's one thread for synchronous work (Channels' default) nor keep a connection longer
than a step: a reader opens its transaction, answers, and gives thread and connection back. Rooms wait for
their first reader in turn, so that a tenant with much to do can't starve the others.
"""

import asyncio
import logging
import re
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import Context as Variables
from functools import partial
from typing import Any, TypeVar

from django.db import DatabaseError, OperationalError, connection

from realtime.changes.change import Snapshot
from realtime.functions.transactions import reading
from realtime.schema import enter_schema

log = logging.getLogger(__name__)

T = TypeVar("T")

#: A query that runs longer is an error to its subscribers, not a stall for the room.
STATEMENT_TIMEOUT_MS = 5_000
_EXPORTED = re.compile(r"^[0-9A-Fa-f-]{1,60}$")


class SnapshotGone(Exception):
    """The exporter's transaction has ended; take a snapshot of one's own."""


class Reader:
    """One transaction on one thread. All its work runs in one set of context variables, as one program would."""

    def __init__(self, slot: ThreadPoolExecutor, schema: str) -> None:
        self.slot = slot
        self._schema = schema
        self._variables = Variables()
        self._transaction: AbstractContextManager[None] | None = None

    async def run(self, body: Callable[[], T]) -> T:
        """Run the body inside the transaction."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.slot, self._variables.run, body)

    async def open(self, exported: str | None) -> tuple[Snapshot, str]:
        """Begin at the exported snapshot, or at a fresh one, which is exported for other readers."""
        return await self.run(partial(self._open, exported))

    async def close(self) -> None:
        """End the transaction and give the connection back."""
        await self.run(self._close)

    def _open(self, exported: str | None) -> tuple[Snapshot, str]:
        enter_schema(self._schema)
        self._transaction = reading()
        self._transaction.__enter__()
        with connection.cursor() as cursor:
            if exported is not None:
                _adopt(cursor, exported)
                return Snapshot(0, 0), exported
            cursor.execute(
                "SELECT pg_current_snapshot()::text, pg_export_snapshot(),"
                f" set_config('statement_timeout', '{STATEMENT_TIMEOUT_MS}', true)"
            )
            snapshot, name, _ = cursor.fetchone()
            return Snapshot.parse(snapshot), name

    def _close(self) -> None:
        transaction, self._transaction = self._transaction, None
        try:
            if transaction is not None:
                transaction.__exit__(None, None, None)
        except Exception as error:  # noqa: BLE001  (a read that can't be committed has nothing to lose)
            log.info("A reader's connection is gone: %r", error)
        finally:
            connection.close()


def _adopt(cursor: Any, exported: str) -> None:
    """Take over an exported snapshot; must come before any query of the transaction."""
    if not _EXPORTED.match(exported):
        raise SnapshotGone(exported)
    try:
        cursor.execute(
            f"SET TRANSACTION SNAPSHOT '{exported}'; SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}"
        )
    except OperationalError:
        raise
    except DatabaseError as error:
        raise SnapshotGone(exported) from error


class Readers:
    """The process's readers: at most ``limit`` at a time."""

    def __init__(self, limit: int) -> None:
        self._free: asyncio.Queue[ThreadPoolExecutor] = asyncio.Queue()
        self._waiting = 0
        for number in range(limit):
            self._free.put_nowait(ThreadPoolExecutor(1, thread_name_prefix=f"live-reader-{number}"))

    async def session(self, schema: str, exported: str | None) -> "Session":
        """A session at the exported snapshot (SnapshotGone if it ended) or at a fresh one."""
        self._waiting += 1
        try:
            slot = await self._free.get()
        finally:
            self._waiting -= 1
        session = Session(self, schema, slot)
        try:
            await session.open(exported)
        except BaseException:
            await session.close()
            raise
        return session

    def spare(self) -> ThreadPoolExecutor | None:
        """A further thread for somebody who has one; the last free one is kept for the next tenant."""
        return self._free.get_nowait() if self._free.qsize() > 1 and not self._waiting else None

    def give_back(self, slot: ThreadPoolExecutor) -> None:
        """Let the next one have the thread."""
        self._free.put_nowait(slot)


class Session:
    """One or more readers at the same snapshot: what a step runs its queries with."""

    def __init__(self, readers: Readers, schema: str, slot: ThreadPoolExecutor) -> None:
        self._pool, self._schema = readers, schema
        self._readers = [Reader(slot, schema)]
        self._exported = ""
        #: The moment that all of it sees, when the session took it itself.
        self.snapshot = Snapshot(0, 0)

    async def open(self, exported: str | None) -> None:
        """Begin; see ``Reader.open``."""
        self.snapshot, self._exported = await self._readers[0].open(exported)

    async def run(self, body: Callable[[], T]) -> T:
        """Run the body in the first reader."""
        return await self._readers[0].run(body)

    async def run_all(self, bodies: list[Callable[[], T]]) -> list[T]:
        """Run the bodies, several at a time if threads are free, and answer their results in order."""
        await self._widen(len(bodies) // 4)
        waiting = deque(enumerate(bodies))
        results: dict[int, T] = {}
        shares = (reader.run(partial(_work_off, waiting, results)) for reader in self._readers)
        await asyncio.gather(*shares)
        return [results[number] for number in range(len(bodies))]

    async def _widen(self, extra: int) -> None:
        while extra >= len(self._readers) and (slot := self._pool.spare()) is not None:
            reader = Reader(slot, self._schema)
            self._readers.append(reader)
            try:
                await reader.open(self._exported)
            except SnapshotGone:
                self._readers.remove(reader)
                await self._end(reader)
                return

    async def close(self) -> None:
        """End all transactions, whatever happened in them."""
        ends = [self._end(reader) for reader in self._readers]
        await asyncio.gather(*ends, return_exceptions=True)

    async def _end(self, reader: Reader) -> None:
        try:
            await reader.close()
        finally:
            self._pool.give_back(reader.slot)


def _work_off(waiting: "deque[tuple[int, Callable[[], T]]]", results: dict[int, T]) -> None:
    """Take work until there is none; several threads may do so at once."""
    while True:
        try:
            number, body = waiting.popleft()
        except IndexError:
            return
        results[number] = body()
