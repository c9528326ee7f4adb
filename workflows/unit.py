"""One transaction of a run: what its steps write on the database, their journal rows and the due row's next state.

It opens at the first step that needs the database, under a guard: the run's row and its due row are locked,
and the due row must still carry this worker's token. Consecutive steps share it for a moment (``SECONDS``),
since a commit costs more than a step; a run whose last start did not end gets a transaction a step.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection, transaction
from psycopg import errors

from realtime.functions.encoding import encode_json
from workflows.crashes import reach
from workflows.journal import Entry, Journal
from workflows.signals import LostLease, Restart
from workflows.sql import execute, fetch_one

SECONDS = 0.1
GUARD = """
    SELECT due.due_at, run.generation, set_config('idle_in_transaction_session_timeout', %(idle)s, true)
    FROM runs_run run, workflows_due due
    WHERE run.id = %(run)s AND due.id = %(due)s AND due.token = %(token)s FOR UPDATE OF run, due
"""
STEP_COLUMNS = (
    "run_id, seq, position, key, kind, name, args, args_hash, status, attempts, due_at, started_at, finished_at,"
    " result, error, child_id"
)
KEEP_STEPS = f"""
    INSERT INTO runs_steprun ({STEP_COLUMNS}) VALUES {{rows}}
    ON CONFLICT (run_id, position) DO UPDATE SET status = EXCLUDED.status, attempts = EXCLUDED.attempts,
        due_at = EXCLUDED.due_at, finished_at = EXCLUDED.finished_at, result = EXCLUDED.result,
        error = EXCLUDED.error, child_id = EXCLUDED.child_id
"""
STEP_ROW = "(%s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s)"
KEEP_ATTEMPT = (
    "INSERT INTO runs_attempt (run_id, position, number, error, at) VALUES (%s, %s, %s, %s::jsonb, %s)"
)
HOLD = "UPDATE workflows_due SET lease_until = clock_timestamp() + %(lease)s, attempts = 1 WHERE id = %(due)s"
REARM = """
    UPDATE workflows_due SET state = 0, token = NULL, lease_until = NULL, attempts = 0, error = '',
        due_at = COALESCE(%(at)s, due_at) WHERE id = %(due)s
"""
END = "DELETE FROM workflows_due WHERE id = %(due)s"


@dataclass(frozen=True, slots=True)
class Grip:
    """What ties a worker to a run: the claimed row, and what the run looked like when it was read."""

    run_id: int
    due_id: int
    token: object
    due_at: datetime
    generation: int


class Unit:
    """The transactions of one activation, one after the other."""

    def __init__(self, grip: Grip, journal: Journal) -> None:
        self.grip = grip
        self.journal = journal
        self._atomic: Any = None
        self._opened = 0.0
        #: Somebody made the run due again since it was claimed.
        self.moved = False

    @property
    def is_open(self) -> bool:
        """Whether a transaction is under way."""
        return self._atomic is not None

    @property
    def is_old(self) -> bool:
        """Whether it has been open for as long as locks should be held."""
        return self.is_open and time.monotonic() - self._opened > SECONDS

    def open(self) -> None:
        """Begin, and lock the run under our token; LostLease if it is no longer ours as we read it."""
        if self.is_open:
            return
        self._opened = time.monotonic()
        # A worker that is frozen in here loses its locks along with its lease.
        idle = f"{settings.WORKFLOWS_LEASE_SECONDS}s"
        values = {"run": self.grip.run_id, "due": self.grip.due_id, "token": self.grip.token, "idle": idle}
        with trouble_restarts():
            atomic = transaction.atomic()
            atomic.__enter__()
            self._atomic = atomic
            found = fetch_one(GUARD, values)
        if found is None or found[1] != self.grip.generation:
            raise LostLease
        self.moved = found[0] != self.grip.due_at
        reach("step.guarded")

    def commit(self, *, how: str, at: datetime | None = None) -> None:
        """Write what is noted and commit. The due row is held on (``hold``), due again (``rearm``) or gone (``end``).

        A row that somebody made due meanwhile stays due at that time instead of being re-armed or ended,
        unless the run is over (``over``).
        """
        self.open()
        with trouble_restarts():
            self._write_journal()
            if how == "hold":
                self._due(HOLD)
            elif how == "over" or (how == "end" and not self.moved):
                self._due(END)
            else:
                self._due(REARM, at=None if self.moved else at)
            reach("step.rearmed")
            atomic, self._atomic = self._atomic, None
            atomic.__exit__(None, None, None)
        reach("step.committed")

    def roll_back(self, error: BaseException) -> None:
        """Undo what is not committed."""
        if self.is_open:
            atomic, self._atomic = self._atomic, None
            atomic.__exit__(type(error), error, error.__traceback__)

    def _write_journal(self) -> None:
        entries = self.journal.take_changes()
        if entries:
            values = [value for entry in entries for value in _row(self.grip.run_id, entry)]
            execute(KEEP_STEPS.format(rows=", ".join([STEP_ROW] * len(entries))), values)
        attempts, self.journal.failed_attempts = self.journal.failed_attempts, []
        for position, number, error, at in attempts:
            execute(KEEP_ATTEMPT, [self.grip.run_id, position, number, _text(error), at])
        reach("step.journaled")

    def _due(self, sql: str, at: datetime | None = None) -> None:
        lease = timedelta(seconds=settings.WORKFLOWS_LEASE_SECONDS)
        execute(sql, {"due": self.grip.due_id, "at": at, "lease": lease})


def _row(run_id: int, entry: Entry) -> Iterable[Any]:
    yield from (run_id, entry.seq, entry.position, entry.key, entry.kind, entry.name)
    yield from (entry.args.decode(), entry.args_hash, entry.status, entry.attempts)
    yield from (entry.due_at, entry.started_at, entry.finished_at)
    yield from (
        entry.result.decode() if entry.result is not None else None,
        _text(entry.error),
        entry.child_id,
    )


def _text(error: dict[str, Any] | None) -> str | None:
    return None if error is None else encode_json(error).decode()


@contextmanager
def trouble_restarts() -> Iterator[None]:
    """Turn what the database could not do this time into Restart, which no workflow code can catch."""
    try:
        yield
    except (OperationalError, InterfaceError, IntegrityError) as error:
        raise Restart(str(error)) from error


def is_collision(error: BaseException) -> bool:
    """Whether the transaction only lost against another one, or the connection went away."""
    again = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable)
    if isinstance(error, OperationalError) and isinstance(error.__cause__, again):
        return True
    return isinstance(error, DatabaseError) and not connection.is_usable()
