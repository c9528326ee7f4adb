"""What turns write: journal rows, failed attempts, the runs' new states, and what becomes of their due rows.

One turn's writes are one statement; those of many turns that share a transaction are a few.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import orjson
from django.conf import settings

from realtime.functions.call import INSERT_AUDITS
from realtime.functions.encoding import encode_json
from workflows.crashes import reach
from workflows.journal import Entry, Journal
from workflows.places import Gate, leave
from workflows.sql import execute, fetch

#: The due row is held on, due again at a time, gone because nobody but others can wake the run, or gone because
#: the run is over. A row that somebody made due again meanwhile stays due, unless the run is over.
How = Literal["hold", "rearm", "end", "over"]

# Each part takes one JSON document, however many rows it writes: so it is planned once a connection.
STEPS = """
    INSERT INTO runs_steprun (run_id, seq, position, key, kind, name, args, args_hash, status, attempts, due_at,
        started_at, finished_at, result, error, child_id)
    SELECT run_id, seq, position, key, kind, name, args, args_hash, status, attempts, due_at,
        started_at, finished_at, result, error, child_id
    FROM json_to_recordset(%s::json) AS new (run_id bigint, seq int, position text, key text, kind text, name text,
        args jsonb, args_hash text, status text, attempts int, due_at timestamptz, started_at timestamptz,
        finished_at timestamptz, result jsonb, error jsonb, child_id bigint)
    ON CONFLICT (run_id, position) DO UPDATE SET args = EXCLUDED.args, args_hash = EXCLUDED.args_hash,
        status = EXCLUDED.status, attempts = EXCLUDED.attempts,
        due_at = EXCLUDED.due_at, finished_at = EXCLUDED.finished_at, result = EXCLUDED.result,
        error = EXCLUDED.error, child_id = EXCLUDED.child_id
"""
ATTEMPTS = """
    INSERT INTO runs_attempt (run_id, position, number, error, at) SELECT run_id, position, number, error, at
    FROM json_to_recordset(%s::json) AS new (run_id bigint, position text, number int, error jsonb, at timestamptz)
"""
RUNS = """
    UPDATE runs_run SET status = new.status, note = new.note, result = new.result, error = new.error,
        code_hash = new.code_hash, finished_at = CASE WHEN new.over THEN clock_timestamp() END
    FROM json_to_recordset(%s::json) AS new (id bigint, status text, note text, result jsonb, error jsonb,
        code_hash text, over boolean) WHERE runs_run.id = new.id
"""
# The rows are locked under our token: one without it was taken away by a step of ours (see ``Batch.write``).
HOLD = """
    UPDATE workflows_due SET lease_until = clock_timestamp() + %s, attempts = 1
    WHERE id = ANY(%s::bigint[]) AND token IS NOT NULL
"""
OVER = "DELETE FROM workflows_due WHERE id = ANY(%s::bigint[]) AND token IS NOT NULL"
# Without a time the row goes, unless it was moved: then, as with a time, it is free again.
SETTLED = """
    settled AS (
        SELECT * FROM json_to_recordset(%s::json) AS new (id bigint, claimed timestamptz, at timestamptz)
    ), gone AS (
        DELETE FROM workflows_due due USING settled
        WHERE due.id = settled.id AND settled.at IS NULL AND due.due_at = settled.claimed AND token IS NOT NULL
        RETURNING 1
    ), moved AS (
        UPDATE workflows_due due SET state = 0, token = NULL, lease_until = NULL, attempts = 0, error = '',
            due_at = CASE WHEN due.due_at = settled.claimed THEN settled.at ELSE due.due_at END
        FROM settled WHERE due.id = settled.id AND token IS NOT NULL
            AND (settled.at IS NOT NULL OR due.due_at <> settled.claimed)
        RETURNING 1
    ) SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM moved)
"""


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
    """Writes that are made together; rows as the documents of the statements above."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    #: What the call path notes about mutations that are joined.
    audit: list[Any] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    over: list[int] = field(default_factory=list)
    settled: list[dict[str, Any]] = field(default_factory=list)
    #: Runs that are over, and where their places were.
    left: list[tuple[Gate, int]] = field(default_factory=list)

    def add(
        self, grip: Grip, journal: Journal, how: How, at: datetime | None, run: dict[str, Any] | None
    ) -> None:
        """Take one turn's writes; ``run`` is the run's new row."""
        self.steps += [_step(grip.run_id, entry) for entry in journal.take_changes()]
        failed, journal.failed_attempts = journal.failed_attempts, []
        self.attempts += [
            {"run_id": grip.run_id, "position": position, "number": number, "error": error, "at": moment}
            for position, number, error, moment in failed
        ]
        if run is not None:
            self.runs.append({"id": grip.run_id, **run})
        if how == "hold":
            self.held.append(grip.due_id)
        elif how == "over":
            self.over.append(grip.due_id)
        else:
            wake = at if how == "rearm" else None
            self.settled.append({"id": grip.due_id, "claimed": grip.due_at, "at": wake})

    def write(self) -> bool:
        """Make all of them, in as few statements as they take.

        False if one of the runs is no longer ours: a step of its own cancelled or paused it, or deleted its subject.
        """
        parts = [
            (sql, encode_json(rows).decode())
            for sql, rows in (
                (STEPS, self.steps),
                (ATTEMPTS, self.attempts),
                (RUNS, self.runs),
                (INSERT_AUDITS, self.audit),
            )
            if rows
        ]
        reach("step.journaled")
        named = [f"part{number} AS ({sql})" for number, (sql, _) in enumerate(parts)]
        values: list[Any] = [document for _, document in parts]
        ours = self._write_with_ends(named, values)
        if self.settled and self.over:
            ours += execute(OVER, [self.over])
        if self.held and (self.settled or self.over):
            ours += execute(HOLD, [lease(), self.held])
        if self.left:
            leave(self.left)
        return ours == len(self.settled) + len(self.over) + len(self.held)

    def _write_with_ends(self, named: list[str], values: list[Any]) -> int:
        """The first statement; returns how many due rows it found to be ours."""
        last, more = self._ends()
        if self.settled:
            return int(fetch(f"WITH {', '.join([*named, last])}", values + more)[0][0])
        if last:
            return execute(f"WITH {', '.join(named)} {last}" if named else last, values + more)
        if named:
            execute(f"WITH {', '.join(named)} SELECT 1", values)
        return 0

    def _ends(self) -> tuple[str, list[Any]]:
        """What becomes of due rows in the first statement."""
        if self.settled:
            return SETTLED, [encode_json(self.settled).decode()]
        if self.over:
            return OVER, [self.over]
        return (HOLD, [lease(), self.held]) if self.held else ("", [])


def lease() -> timedelta:
    """How long a worker holds what it took."""
    return timedelta(seconds=settings.WORKFLOWS_LEASE_SECONDS)


def _step(run_id: int, entry: Entry) -> dict[str, Any]:
    return {
        "run_id": run_id, "seq": entry.seq, "position": entry.position, "key": entry.key, "kind": entry.kind,
        "name": entry.name, "args": raw(entry.args), "args_hash": entry.args_hash, "status": entry.status,
        "attempts": entry.attempts, "due_at": entry.due_at, "started_at": entry.started_at,
        "finished_at": entry.finished_at, "result": raw(entry.result), "error": entry.error,
        "child_id": entry.child_id,
    }  # fmt: skip


def raw(json: bytes | None) -> orjson.Fragment | None:
    """JSON as it is, inside a document."""
    return None if json is None else orjson.Fragment(json)
