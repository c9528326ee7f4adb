"""One transaction of a run: what its steps write on the database, their journal rows and the due row's next state.

It opens at the first step that needs the database, under a guard: the run's row and its due row are locked,
and the due row must still carry this worker's token. Consecutive steps share it for a moment (``SECONDS``),
since a commit costs more than a step; a run whose last start did not end gets a transaction a step.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection, transaction
from psycopg import errors

from realtime.functions.call import INSERT_AUDITS
from realtime.functions.encoding import encode_json
from workflows.crashes import reach
from workflows.journal import Journal
from workflows.places import Gate
from workflows.signals import LostLease, Outage, Restart
from workflows.sql import execute, fetch
from workflows.writes import Batch, Grip, How

SECONDS = 0.1
#: Classes of SQLSTATE: connection lost, resources used up (such as the disk), shut down by its operator, system
#: error. See the PostgreSQL manual, appendix A.
OUTAGES = ("08", "53", "57", "58")
GUARD = """
    SELECT run.id, run.generation, set_config('idle_in_transaction_session_timeout', %(idle)s, true)
    FROM runs_run run, workflows_due due
    WHERE due.id = ANY(%(due)s::bigint[]) AND due.token = %(token)s AND run.id = due.ref ORDER BY run.id
    FOR UPDATE OF run, due
"""


class Unit:
    """The transactions of one turn, one after the other; or its part of a transaction that runs share."""

    def __init__(self, grip: Grip, journal: Journal, batch: Batch | None = None) -> None:
        self.grip = grip
        self.journal = journal
        self.batch = batch
        self._atomic: Any = None
        #: What joined mutations noted for the audit log, to be written with the next commit.
        self.audit: list[Any] = batch.audit if batch else []
        self._left: list[tuple[Gate, int]] = []
        #: What the transaction has read of the child runs that are waited for.
        self.children: dict[int, tuple[Any, ...]] | None = None
        self._opened = 0.0

    @property
    def is_open(self) -> bool:
        """Whether a transaction of its own is under way."""
        return self._atomic is not None

    @property
    def is_old(self) -> bool:
        """Whether it has been open for as long as locks should be held."""
        return self.is_open and time.monotonic() - self._opened > SECONDS

    def open(self) -> None:
        """Begin, and lock the run under our token; LostLease if it is no longer ours as we read it."""
        if self.is_open or self.batch is not None:
            return
        self._opened = time.monotonic()
        self.children = None
        with trouble_restarts():
            atomic = transaction.atomic()
            atomic.__enter__()
            self._atomic = atomic
            held = guard([self.grip])
        if self.grip.run_id not in held:
            raise LostLease
        reach("step.guarded")

    def commit(
        self,
        how: How,
        *,
        at: datetime | None = None,
        run: dict[str, Any] | None = None,
        single: bool = False,
    ) -> None:
        """Write what is noted and the run's new state, and commit; see ``How`` for the due row.

        A step may have taken its own run away, such as by deleting the record that it is about. Nothing may come
        after that step, so it is done again with a transaction of its own (``single``): there it stands, and the
        turn is over (LostLease).
        """
        self.open()
        writes = self.batch or Batch(audit=self.audit)
        writes.left += self._left
        writes.add(self.grip, self.journal, how, at, run)
        if self.batch is not None:
            return
        with trouble_restarts():
            is_ours = writes.write()
            if not is_ours and not single:
                raise Restart("a step took its own run away")
            self.audit = []
            reach("step.rearmed")
            atomic, self._atomic = self._atomic, None
            atomic.__exit__(None, None, None)
        reach("step.committed")
        if not is_ours:
            raise LostLease

    def roll_back(self, error: BaseException) -> None:
        """Undo what is not committed; what runs share can only be undone for all of them."""
        if self.batch is not None and not isinstance(error, LostLease):
            raise Restart("a run spoils the shared transaction") from error
        self.audit = []
        if self.is_open:
            atomic, self._atomic = self._atomic, None
            atomic.__exit__(type(error), error, error.__traceback__)

    def leave_place(self, gate: Gate) -> None:
        """The run is over with the next commit, and its place at the gate is free."""
        self._left.append((gate, self.grip.run_id))

    def write_audit(self) -> None:
        """What a query is about to read holds what the mutations before it noted."""
        if self.audit:
            execute(INSERT_AUDITS, [encode_json(self.audit).decode()])
            self.audit.clear()


def guard(grips: Sequence[Grip]) -> set[int]:
    """Lock runs and their due rows; the ids of the runs that are still ours as we read them."""
    # A worker that is frozen in here loses its locks along with its lease.
    values = {
        "due": [grip.due_id for grip in grips],
        "token": grips[0].token,
        "idle": f"{settings.WORKFLOWS_LEASE_SECONDS}s",
    }
    generations = {grip.run_id: grip.generation for grip in grips}
    return {row[0] for row in fetch(GUARD, values) if generations.get(row[0]) == row[1]}


@contextmanager
def trouble_restarts() -> Iterator[None]:
    """Turn what the database could not do this time into Restart, which no workflow code can catch."""
    try:
        yield
    except (OperationalError, InterfaceError, IntegrityError) as error:
        raise (restart_of(error) or Restart(str(error))) from error


def restart_of(error: BaseException) -> Restart | None:
    """How to go on if the error says nothing about the step: at once after a collision, later after an outage."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else None
    state = (cause.sqlstate or "") if isinstance(cause, psycopg.Error) else ""
    if state.startswith("40") or isinstance(cause, errors.LockNotAvailable):
        return Restart(str(error))
    # A statement that takes too long is cancelled, too, but that is its own fault.
    if state[:2] in OUTAGES and not isinstance(cause, errors.QueryCanceled):
        return Outage(str(error))
    return None


def is_cut(error: BaseException) -> bool:
    """Whether the connection went away."""
    return isinstance(error, DatabaseError) and not connection.is_usable()
