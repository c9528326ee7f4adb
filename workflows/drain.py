"""The claim loop: takes what is due, does it, and ends it, in any number of processes at once.

Truth is the due index in PostgreSQL. A claim writes a token and a lease; a worker that dies leaves a lease
that runs out, and a worker that comes back late finds another token, so its transaction changes nothing.
Whoever calls ``drain`` (a job after a commit, beat's tick, the standby driver) does the same work, so any of
them may be missing, doubled or late.
"""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django_tenants.utils import schema_context

from realtime import metrics
from workflows.claims import Claims, Item
from workflows.kinds import Again, Kind, UnknownKind, get_kind

logger = logging.getLogger(__name__)

SECONDS = 5.0
MAX_ATTEMPTS = 10
#: While something claimed ahead of its time waits, new work is looked for so often.
LOOK_EVERY = 0.1

RENEW = """
    UPDATE workflows_due SET lease_until = clock_timestamp() + %(lease)s, attempts = attempts + 1
    WHERE id = %(id)s AND token = %(token)s
"""
GUARD = "SELECT due_at FROM workflows_due WHERE id = %(id)s AND token = %(token)s FOR UPDATE"
DELETE = "DELETE FROM workflows_due WHERE id = %(id)s"
RELEASE = """
    UPDATE workflows_due SET state = 0, token = NULL, lease_until = NULL, attempts = 0, error = '',
        due_at = COALESCE(clock_timestamp() + %(again)s, due_at) WHERE id = %(id)s
"""
FAIL = """
    UPDATE workflows_due SET state = %(state)s, token = NULL, lease_until = NULL, error = %(error)s,
        due_at = clock_timestamp() + %(again)s WHERE id = %(id)s AND token = %(token)s
"""
CLAIMABLE = """
    SELECT 1 FROM (VALUES (0), (1), (2)) lanes (lane) WHERE EXISTS (
        SELECT 1 FROM workflows_due due
        WHERE due.state = 0 AND due.lane = lanes.lane AND due.due_at <= statement_timestamp()) LIMIT 1
"""


class LostLease(Exception):
    """Another worker owns the item by now; what this one wrote is rolled back."""


def drain(seconds: float = SECONDS) -> int:
    """Claim and do what is due until nothing is left or the time is over; returns how many.

    What was claimed ahead of its time is begun at its instant.
    """
    end = time.monotonic() + seconds
    claims = Claims()
    held: list[Item] = []
    done = 0
    while True:
        if time.monotonic() < end:
            held += _take(claims)
        ready = [item for item in held if item.seconds_left() <= 0]
        _count(ready)
        held = [item for item in held if item.seconds_left() > 0] if len(ready) < len(held) else []
        work_all(ready)
        done += len(ready)
        if not ready and not held:
            return done
        if not ready:
            time.sleep(max(0.0, min(LOOK_EVERY, *(item.seconds_left() for item in held))))


def _count(items: list[Item]) -> None:
    for item in items:
        metrics.due_items.labels(item.kind).inc()
        metrics.due_lag.observe(max(0.0, -item.seconds_left()))


def _take(claims: Claims) -> list[Item]:
    try:
        return claims.take()
    except (OperationalError, InterfaceError):
        forget_connections()
        return claims.take()


def claim() -> list[Item]:
    """Lease what is due and what a dead worker left, once."""
    return Claims().take()


def work_all(items: Iterable[Item]) -> None:
    """Do items in their order, those of a tenant that keep their own books together."""
    ordered = sorted(items, key=lambda item: (item.lane, item.due_at))
    groups: dict[tuple[int, str, str], list[Item]] = {}
    for item in ordered:
        groups.setdefault((item.lane, item.kind, item.tenant), []).append(item)
    for (_, name, tenant), group in groups.items():
        drive = _drive_of(name)
        if drive is None:
            for item in group:
                work(item)
        else:
            for _token, mine in groupby(group, key=lambda item: item.token):
                _drive(drive, tenant, list(mine))


def _drive_of(name: str) -> Any:
    try:
        return get_kind(name).drive
    except UnknownKind:
        return None


def _drive(drive: Any, tenant: str, items: list[Item]) -> None:
    with schema_context(tenant):
        try:
            drive(items)
        except Exception as error:
            logger.exception("%s rows of %s failed", len(items), tenant)
            for item in items:
                fail(item, f"{type(error).__name__}: {error}")


def work(item: Item) -> None:
    """Do one item inside its tenant; an error is kept on the row and tried again later."""
    with schema_context(item.tenant):
        try:
            kind = get_kind(item.kind)
            if kind.drive is not None:
                kind.drive([item])
            elif item.attempts >= MAX_ATTEMPTS:
                fail(item, "started too often without an end")
            elif renew(item, kind):
                run(item, kind)
        except LostLease:
            logger.warning("lost the lease of %s %s in %s", item.kind, item.ref, item.tenant)
        except UnknownKind:
            fail(item, "unknown kind", counts=False)
        except Exception as error:
            logger.exception("%s %s of %s failed", item.kind, item.ref, item.tenant)
            fail(item, f"{type(error).__name__}: {error}")


def renew(item: Item, kind: Kind) -> bool:
    """Count the start and make the lease last for this kind; False when somebody else has the item."""
    return _execute(RENEW, item, lease=kind.lease)


def run(item: Item, kind: Kind) -> None:
    """Do the work and end the row in one transaction; what concerns the outside world comes before it."""
    settle = kind.outside(item.ref) if kind.outside else lambda: kind.inside and kind.inside(item.ref)
    with transaction.atomic():
        due_at = guard(item)
        again = settle()
        if again is None:  # and not a length of nothing, which is to come again at once
            again = kind.every
        finish(item, again, moved=due_at != item.due_at)


def guard(item: Item) -> datetime:
    """Lock the row under our token; LostLease if it is no longer ours. Returns the time that stands in it."""
    with connection.cursor() as cursor:
        cursor.execute(GUARD, {"id": item.id, "token": item.token})
        found = cursor.fetchone()
    if found is None:
        raise LostLease
    due_at: datetime = found[0]
    return due_at


def finish(item: Item, again: Again, *, moved: bool) -> None:
    """End the row, or let it wait: for the time asked for, or for one that was scheduled meanwhile."""
    if moved:
        _execute(RELEASE, item, again=None)
    elif again is not None:
        _execute(RELEASE, item, again=again)
    else:
        _execute(DELETE, item)


def fail(item: Item, error: str, *, counts: bool = True) -> None:
    """Put the row back with a growing delay (2 s, 4 s, 8 s ... 1 h); after MAX_ATTEMPTS it stays failed."""
    attempts = item.attempts + 1
    state = 2 if counts and attempts >= MAX_ATTEMPTS else 0
    again = timedelta(seconds=min(2**attempts, 3600) if counts else 5)
    try:
        with schema_context("public"):
            _execute(FAIL, item, state=state, error=error[:400], again=again)
    except (OperationalError, InterfaceError):
        # The database is away, or was: what is claimed is claimable again when the lease ends.
        forget_connections()


def forget_connections() -> None:
    """Begin with new connections: one that was cut shows it only at its next use, and so do those in the pool."""
    if not connection.in_atomic_block:
        connection.close()
        wrapper: Any = connection
        wrapper.close_pool()


def _execute(sql: str, item: Item, **values: Any) -> bool:
    parameters: dict[str, Any] = {"id": item.id, "token": item.token, **values}
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return bool(cursor.rowcount)


def claimable() -> bool:
    """Whether something is due that nobody works on."""
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute(CLAIMABLE)
        return cursor.fetchone() is not None
