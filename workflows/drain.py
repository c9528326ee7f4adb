"""The claim loop: takes what is due, does it, and ends it, in any number of processes at once.

Truth is the due index in PostgreSQL. A claim writes a token and a lease; a worker that dies leaves a lease
that runs out, and a worker that comes back late finds another token, so its transaction changes nothing.
Whoever calls ``drain`` (a job after a commit, beat's tick, the standby driver) does the same work, so any of
them may be missing, doubled or late.
"""

import logging
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django_tenants.utils import schema_context

from workflows.kinds import Again, Kind, UnknownKind, get_kind

logger = logging.getLogger(__name__)

BATCH = 20
SECONDS = 5.0
MAX_ATTEMPTS = 10

# Two index ranges, each with a limit of its own: the cost does not grow with the backlog.
CLAIM = """
    WITH due AS (
        SELECT id, tenant, kind, due_at FROM workflows_due WHERE state = 0 AND due_at <= clock_timestamp()
        ORDER BY due_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    ), expired AS (
        SELECT id FROM workflows_due WHERE state = 1 AND lease_until < clock_timestamp()
        ORDER BY lease_until LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    )
    UPDATE workflows_due SET state = 1, token = %(token)s, lease_until = clock_timestamp() + %(lease)s
    WHERE id IN (SELECT id FROM due UNION ALL SELECT id FROM expired)
    RETURNING id, kind, ref, tenant, due_at, attempts, token
"""
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


class LostLease(Exception):
    """Another worker owns the item by now; what this one wrote is rolled back."""


@dataclass(frozen=True, slots=True)
class Item:
    """One claimed row."""

    id: int
    kind: str
    ref: int
    tenant: str
    due_at: datetime
    attempts: int
    token: uuid.UUID


def drain(seconds: float = SECONDS) -> int:
    """Claim and do what is due, oldest first, until nothing is left or the time is over; answers how many."""
    end = time.monotonic() + seconds
    done = 0
    while time.monotonic() < end:
        items = claim()
        for item in items:
            work(item)
        done += len(items)
        if not items:
            break
    return done


def claim() -> list[Item]:
    """Lease what is due and what a dead worker left."""
    token = uuid.uuid4()
    lease = timedelta(seconds=settings.WORKFLOWS_LEASE_SECONDS)
    values: dict[str, Any] = {"batch": BATCH, "token": token, "lease": lease}
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        items = [Item(*row) for row in cursor.fetchall()]
    return sorted(items, key=lambda item: item.due_at)


def work(item: Item) -> None:
    """Do one item inside its tenant; an error is kept on the row and tried again later."""
    with schema_context(item.tenant):
        try:
            kind = get_kind(item.kind)
            if item.attempts >= MAX_ATTEMPTS:
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
        again = settle() or kind.every
        finish(item, again, moved=due_at != item.due_at)


def guard(item: Item) -> datetime:
    """Lock the row under our token; LostLease if it is no longer ours. Answers the time that stands in it."""
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
    """Put the row back with a growing delay (1 s, 2 s, 4 s ... 1 h); after MAX_ATTEMPTS it stays failed."""
    attempts = item.attempts + 1
    state = 2 if counts and attempts >= MAX_ATTEMPTS else 0
    again = timedelta(seconds=min(2 ** (attempts - 1), 3600) if counts else 5)
    with schema_context("public"):
        _execute(FAIL, item, state=state, error=error[:400], again=again)


def _execute(sql: str, item: Item, **values: Any) -> bool:
    parameters: dict[str, Any] = {"id": item.id, "token": item.token, **values}
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return bool(cursor.rowcount)


def claimable() -> bool:
    """Whether something is due that nobody works on."""
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM workflows_due WHERE state = 0 AND due_at <= clock_timestamp() LIMIT 1")
        return cursor.fetchone() is not None
