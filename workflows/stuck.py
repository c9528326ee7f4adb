"""Runs that need somebody, of all tenants, in one public table: whoever runs the deployment looks there alone.

A row is written in the transaction in which a run fails or is blocked, and goes in the one in which it goes on.
"""

from realtime.schema import current_schema
from workflows.sql import execute

NOTE = """
    INSERT INTO workflows_stuckrun (tenant, run_id, workflow, status, detail)
    VALUES (%(tenant)s, %(run)s, %(workflow)s, %(status)s, %(detail)s)
    ON CONFLICT (tenant, run_id) DO UPDATE SET status = EXCLUDED.status, detail = EXCLUDED.detail,
        at = clock_timestamp()
"""
FORGET = "DELETE FROM workflows_stuckrun WHERE tenant = %s AND run_id = %s"
SWEEP = """
    DELETE FROM workflows_stuckrun stuck WHERE tenant = %(tenant)s AND NOT EXISTS (
        SELECT FROM runs_run run WHERE run.id = stuck.run_id AND run.status IN ('failed', 'blocked'))
"""
STUCK = ("failed", "blocked")


def follow(run_id: int, workflow: str, before: str, now: str, detail: str) -> None:
    """Note what a run's turn left it as."""
    if now in STUCK and now != before:
        values = {"tenant": current_schema(), "run": run_id, "workflow": workflow, "status": now}
        execute(NOTE, {**values, "detail": detail[:400]})
    elif before in STUCK and now not in STUCK:
        forget(run_id)


def forget(run_id: int) -> None:
    """Somebody has looked after the run."""
    execute(FORGET, [current_schema(), run_id])


def sweep() -> None:
    """Drop the current tenant's rows whose runs are gone."""
    execute(SWEEP, {"tenant": current_schema()})
