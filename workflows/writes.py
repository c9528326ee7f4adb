"""What turns write: journal rows, failed attempts, the runs' new states, and what becomes of their due rows.

One turn's writes are one statement; those of many turns that share a transaction are a few.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from django.conf import settings

from realtime.functions.encoding import encode_json
from workflows.crashes import reach
from workflows.journal import Entry, Journal
from workflows.sql import execute

#: The due row is held on, due again at a time, gone because nobody but others can wake the run, or gone because
#: the run is over. A row that somebody made due again meanwhile stays due, unless the run is over.
How = Literal["hold", "rearm", "end", "over"]

STEPS = """
    INSERT INTO runs_steprun (run_id, seq, position, key, kind, name, args, args_hash, status, attempts, due_at,
        started_at, finished_at, result, error, child_id) VALUES {rows}
    ON CONFLICT (run_id, position) DO UPDATE SET args = EXCLUDED.args, args_hash = EXCLUDED.args_hash,
        status = EXCLUDED.status, attempts = EXCLUDED.attempts,
        due_at = EXCLUDED.due_at, finished_at = EXCLUDED.finished_at, result = EXCLUDED.result,
        error = EXCLUDED.error, child_id = EXCLUDED.child_id
"""
STEP = "(%s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s)"
ATTEMPTS = "INSERT INTO runs_attempt (run_id, position, number, error, at) VALUES {rows}"
ATTEMPT = "(%s, %s, %s, %s::jsonb, %s)"
RUNS = """
    UPDATE runs_run SET status = new.status, note = new.note, result = new.result, error = new.error,
        code_hash = new.code_hash, finished_at = CASE WHEN new.over THEN clock_timestamp() END
    FROM (VALUES {rows}) new (id, status, note, result, error, code_hash, over) WHERE runs_run.id = new.id
"""
RUN = "(%s::bigint, %s::text, %s::text, %s::jsonb, %s::jsonb, %s::text, %s::boolean)"
HOLD = "UPDATE workflows_due SET lease_until = clock_timestamp() + %s, attempts = 1 WHERE id = ANY(%s)"
OVER = "DELETE FROM workflows_due WHERE id = ANY(%s)"
# Without a time the row goes, unless it was moved: then, as with a time, it is free again.
SETTLED = """
    gone AS (
        DELETE FROM workflows_due due USING settled
        WHERE due.id = settled.id AND settled.at IS NULL AND due.due_at = settled.claimed
    ) UPDATE workflows_due due SET state = 0, token = NULL, lease_until = NULL, attempts = 0, error = '',
        due_at = CASE WHEN due.due_at = settled.claimed THEN settled.at ELSE due.due_at END
    FROM settled WHERE due.id = settled.id AND (settled.at IS NOT NULL OR due.due_at <> settled.claimed)
"""
PLACE = "(%s::bigint, %s::timestamptz, %s::timestamptz)"


@dataclass(frozen=True, slots=True)
class Grip:
    """What ties a worker to a run: the claimed row, and what the run looked like when it was read."""

    run_id: int
    due_id: int
    token: object
    due_at: datetime
    generation: int


@dataclass(slots=True)
class Batch:
    """Writes that are made together."""

    steps: list[tuple[int, Entry]] = field(default_factory=list)
    attempts: list[Any] = field(default_factory=list)
    runs: list[tuple[Any, ...]] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    over: list[int] = field(default_factory=list)
    settled: list[tuple[int, datetime, datetime | None]] = field(default_factory=list)

    def add(
        self, grip: Grip, journal: Journal, how: How, at: datetime | None, run: tuple[Any, ...] | None
    ) -> None:
        """Take one turn's writes; ``run`` is (status, note, result, error, code_hash, whether it is over)."""
        self.steps += [(grip.run_id, entry) for entry in journal.take_changes()]
        failed, journal.failed_attempts = journal.failed_attempts, []
        for position, number, error, moment in failed:
            self.attempts += (grip.run_id, position, number, text(error), moment)
        if run is not None:
            self.runs.append((grip.run_id, *run))
        if how == "hold":
            self.held.append(grip.due_id)
        elif how == "over":
            self.over.append(grip.due_id)
        else:
            self.settled.append((grip.due_id, grip.due_at, at if how == "rearm" else None))

    def write(self) -> None:
        """Make all of them, in as few statements as they take."""
        parts = list(self._parts())
        reach("step.journaled")
        if self.settled:
            places = ", ".join([PLACE] * len(self.settled))
            parts.append((f"settled (id, claimed, at) AS (VALUES {places}), {SETTLED}", _flat(self.settled)))
        elif self.over:
            parts.append((OVER, [self.over]))
        elif self.held:
            parts.append((HOLD, [lease(), self.held]))
        if not parts:
            return
        *first, (last, _) = parts
        named = [f"part{number} AS ({sql})" for number, (sql, _) in enumerate(first)]
        glue = ", " if self.settled else " "
        statement = f"WITH {', '.join(named)}{glue if named else ''}{last}" if named or self.settled else last
        execute(statement, [value for _, values in parts for value in values])
        if self.settled and self.over:
            execute(OVER, [self.over])
        if self.held and (self.settled or self.over):
            execute(HOLD, [lease(), self.held])

    def _parts(self) -> Iterator[tuple[str, list[Any]]]:
        if self.steps:
            rows = ", ".join([STEP] * len(self.steps))
            yield STEPS.format(rows=rows), [value for step in self.steps for value in _row(*step)]
        if self.attempts:
            yield ATTEMPTS.format(rows=", ".join([ATTEMPT] * (len(self.attempts) // 5))), self.attempts
        if self.runs:
            yield RUNS.format(rows=", ".join([RUN] * len(self.runs))), _flat(self.runs)


def lease() -> timedelta:
    """How long a worker holds what it took."""
    return timedelta(seconds=settings.WORKFLOWS_LEASE_SECONDS)


def _flat(rows: Iterable[tuple[Any, ...]]) -> list[Any]:
    return [value for row in rows for value in row]


def _row(run_id: int, entry: Entry) -> Iterable[Any]:
    yield from (run_id, entry.seq, entry.position, entry.key, entry.kind, entry.name)
    yield from (entry.args.decode(), entry.args_hash, entry.status, entry.attempts)
    yield from (entry.due_at, entry.started_at, entry.finished_at)
    yield from (
        entry.result.decode() if entry.result is not None else None,
        text(entry.error),
        entry.child_id,
    )


def text(value: object) -> str | None:
    """JSON for a statement; None stays NULL."""
    return None if value is None else encode_json(value).decode()
