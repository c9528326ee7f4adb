"""The two kinds of transaction: queries that the database itself keeps from writing, and retried mutations."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import psycopg
from django.db import DatabaseError, NotSupportedError, OperationalError, connection, transaction

from realtime.functions.errors import TooSlow
from realtime.schema import snapshot

T = TypeVar("T")

_reading: ContextVar[bool] = ContextVar("reading", default=False)
#: Audit rows that whoever joined several mutations into one transaction will write; None elsewhere.
_joined: ContextVar[list[Any] | None] = ContextVar("joined", default=None)

#: Serialization failures and deadlocks are the database's way to say "again"; more than a few means trouble.
MAX_ATTEMPTS = 4


@contextmanager
def reading() -> Iterator[None]:
    """A READ ONLY transaction at one snapshot; nested uses join the outer one.

    The mode travels with BEGIN, so that it costs no statement. Inside a transaction that is already open
    (a mutation, a test) a read-only subtransaction does the same, except for the snapshot.
    """
    if _reading.get():
        yield
        return
    token = _reading.set(True)
    try:
        with _in_time():
            yield from _nested_read() if connection.in_atomic_block else _own_read()
    finally:
        _reading.reset(token)


def _own_read() -> Iterator[None]:
    if not connection.queries_logged:
        with snapshot():
            yield
        return
    # Django's way, which tells of each statement.
    connection.ensure_connection()
    raw = connection.connection
    raw.read_only, raw.isolation_level = True, psycopg.IsolationLevel.REPEATABLE_READ
    try:
        with transaction.atomic():
            yield
    finally:
        # A connection that broke on the way is closed and will not be used again.
        if not raw.closed:
            raw.read_only, raw.isolation_level = None, None


def _nested_read() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield


def writing(body: Callable[[], T]) -> T:
    """Run the body in one transaction, again if it lost against another one (bounded, with jitter)."""
    if connection.in_atomic_block:
        with _in_time(), transaction.atomic(savepoint=_joined.get() is None):
            return body()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            with _in_time(), transaction.atomic():
                return body()
        except (OperationalError, NotSupportedError) as error:
            if attempt == MAX_ATTEMPTS or not _may_succeed_now(error):
                raise
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311  (jitter, not a secret)
    raise AssertionError("unreachable")


@contextmanager
def joining(audit: list[Any]) -> Iterator[None]:
    """Run one mutation as an indivisible part of the open transaction, for a caller that makes many of them.

    It gets no savepoint: if it fails, the caller rolls everything back. Its audit rows go to the list, for the
    caller to write before the commit.
    """
    token = _joined.set(audit)
    try:
        yield
    finally:
        _joined.reset(token)


@contextmanager
def dividing() -> Iterator[None]:
    """Inside a mutation, those that it calls have savepoints of their own, whatever it is joined to."""
    token = _joined.set(None)
    try:
        yield
    finally:
        _joined.reset(token)


def joined_audit() -> list[Any] | None:
    """Where the caller collects audit rows; None if each mutation writes its own."""
    return _joined.get()


def _may_succeed_now(error: DatabaseError) -> bool:
    """It lost a race, or what it had prepared no longer fits a table that was altered."""
    kinds = (
        psycopg.errors.SerializationFailure,
        psycopg.errors.DeadlockDetected,
        psycopg.errors.FeatureNotSupported,
    )
    return isinstance(error.__cause__, kinds)


@contextmanager
def _in_time() -> Iterator[None]:
    """A statement that the database stopped for its length is refused, not a defect."""
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise TooSlow(
                "This took too long and was stopped; nothing was changed. Ask for less at once."
            ) from error
        raise
