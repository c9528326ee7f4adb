"""At most so many runs of a workflow at once, in a tenant or for each value of an argument.

A run of a limited workflow names its gate and needs a place there, from its first step to its end, asleep or
not. Places are given under a lock on the gate, to those that wait, in the order in which they were started.
A run without one has no due row: whoever ends gives its place on and makes the next one due, in the same
transaction. The lock comes after those on runs, and the rows of waiting runs are never locked: so nobody who
holds a run waits for somebody who holds the gate.
"""

from collections.abc import Collection
from dataclasses import dataclass

from realtime.schema import current_schema
from workflows.crashes import reach
from workflows.registry import AnyWorkflow
from workflows.schedule import hint
from workflows.sql import execute, fetch

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('places of ' || %s::text || ' ' || %s::text, 0))"
MINE = "SELECT 1 FROM runs_place WHERE run_id = %s"
# Who waits may hold a due row, if it just began or was woken by hand: then it looks for its place by itself.
GIVE = """
    WITH given AS (
        INSERT INTO runs_place (run_id, gate)
        SELECT id, gate FROM runs_run run WHERE gate = %(gate)s AND finished_at IS NULL
            AND status IN ('running', 'waiting') AND NOT EXISTS (SELECT 1 FROM runs_place WHERE run_id = run.id)
        ORDER BY id LIMIT GREATEST(%(limit)s - (SELECT count(*) FROM runs_place WHERE gate = %(gate)s), 0)
        RETURNING run_id
    ) INSERT INTO workflows_due (kind, ref, tenant, lane, due_at)
    SELECT 'run', run_id, %(tenant)s, %(lane)s, clock_timestamp() FROM given ORDER BY run_id
    ON CONFLICT (tenant, kind, ref) DO NOTHING
"""
LEAVE = "DELETE FROM runs_place WHERE run_id = ANY(%s::bigint[])"
DESERTED = """
    DELETE FROM runs_place place WHERE NOT EXISTS (
        SELECT 1 FROM runs_run run WHERE run.id = place.run_id AND run.finished_at IS NULL)
"""
WAITED_FOR = """
    SELECT DISTINCT gate, workflow, version FROM runs_run run WHERE NOT (gate = '') AND finished_at IS NULL
        AND status IN ('running', 'waiting') AND NOT EXISTS (SELECT 1 FROM runs_place WHERE run_id = run.id)
"""
#: The limit of a gate whose workflow has none any more.
OPEN = 1_000_000


@dataclass(frozen=True, slots=True, order=True)
class Gate:
    """Where runs get their places."""

    name: str
    limit: int
    lane: int


def gate_of(workflow: AnyWorkflow, name: str) -> Gate:
    """The gate that a run named, with today's limit."""
    return Gate(name, workflow.limit or OPEN, workflow.lane)


def has_place(gate: Gate, run_id: int) -> bool:
    """Whether the run may go on; it gets a place if one is free and nobody has waited longer."""
    if fetch(MINE, [run_id]):
        return True
    give(gate)
    return bool(fetch(MINE, [run_id]))


def leave(gates: Collection[tuple[Gate, int]]) -> None:
    """Runs are over: their places go to the next ones."""
    execute(LEAVE, [[run_id for _, run_id in gates]])
    for gate in sorted({gate for gate, _ in gates}):
        give(gate)


def give(gate: Gate) -> None:
    """Give the free places away, until the transaction's end under the gate's lock."""
    execute(LOCK, [current_schema(), gate.name])
    values = {"gate": gate.name, "limit": gate.limit, "lane": gate.lane, "tenant": current_schema()}
    if execute(GIVE, values):
        hint()
    reach("place.given")


def tend(gates: Collection[Gate]) -> None:
    """Take back the places of runs that somebody deleted, and give away what is free."""
    execute(DESERTED)
    for gate in sorted(gates):
        give(gate)
