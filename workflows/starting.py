"""Starting runs: the run and its due row, in the caller's transaction."""

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import connection, transaction
from pydantic import BaseModel

from realtime import metrics
from realtime.functions import Conflict
from realtime.functions.encoding import encode_json
from realtime.schema import current_schema
from workflows.crashes import reach
from workflows.registry import AnyWorkflow, get_workflow
from workflows.schedule import hint
from workflows.sql import execute, fetch_one

OnConflict = Literal["return", "error", "replace"]
# One statement: the run exists if and only if somebody will come to work on it.
START = """
    WITH run AS (
        INSERT INTO runs_run (workflow, version, code_hash, key, args, subject, subject_id, parent_id,
            gate)
        VALUES (%(workflow)s, %(version)s, %(code_hash)s, %(key)s, %(args)s::jsonb, %(subject)s, %(subject_id)s,
            %(parent)s, %(gate)s)
        ON CONFLICT (workflow, key) WHERE NOT (key = '') AND finished_at IS NULL
        DO NOTHING RETURNING id
    ), due AS (
        INSERT INTO workflows_due (kind, ref, tenant, due_at, lane)
        SELECT 'run', id, %(schema)s, COALESCE(%(at)s, clock_timestamp() + %(delay)s), %(lane)s FROM run
    ) SELECT id FROM run
"""
LIVE_RUN = """
    SELECT id FROM runs_run WHERE workflow = %s AND key = %s AND NOT (key = '') AND finished_at IS NULL
"""


def start(
    workflow: AnyWorkflow | str,
    args: Mapping[str, object] | BaseModel | None = None,
    *,
    key: str = "",
    on_conflict: OnConflict = "return",
    delay: timedelta = timedelta(0),
    at: datetime | None = None,
) -> int:
    """Start a workflow in the current tenant; answers the run's id. Part of the caller's transaction.

    At most one live run of a workflow has a given key: a second start answers the first one's run, raises
    Conflict, or cancels it and starts another (``on_conflict``).
    """
    found = get_workflow(workflow if isinstance(workflow, str) else workflow.name)
    run_id = None
    if not connection.in_atomic_block:  # the one statement is a transaction
        run_id = insert(found, args, key=key, delay=delay, at=at)
    with transaction.atomic() if run_id is None else nullcontext():
        run_id = run_id or insert(found, args, key=key, delay=delay, at=at)
        while run_id is None:
            earlier = _live_run(found.name, key)
            if earlier is not None and on_conflict == "return":
                return earlier
            if earlier is not None and on_conflict == "error":
                raise Conflict(f"{found.name} is under way for {key!r}.")
            if earlier is not None:
                _replace(earlier)
            run_id = insert(found, args, key=key, delay=delay, at=at)
        if at is None and not delay:
            hint()
    reach("start.done")
    return run_id


def insert(
    workflow: AnyWorkflow,
    args: Mapping[str, object] | BaseModel | None,
    *,
    key: str = "",
    parent: int | None = None,
    delay: timedelta = timedelta(0),
    at: datetime | None = None,
) -> int | None:
    """The new run's id; None if a live run has the key."""
    checked = workflow.args_from_values(args)
    values: dict[str, Any] = {
        "workflow": workflow.name,
        "version": workflow.version,
        "code_hash": workflow.code_hash,
        "key": key,
        "args": encode_json(checked).decode(),
        "subject": workflow.subject,
        "subject_id": getattr(checked, f"{workflow.subject}_id", None) if workflow.subject else None,
        "parent": parent,
        "gate": workflow.gate(checked),
        "schema": current_schema(),
        "at": at,
        "delay": delay,
        "lane": workflow.lane,
    }
    row = fetch_one(START, values)
    reach("start.inserted")
    if row is None:
        return None
    metrics.run_starts.labels(workflow.name).inc()
    return int(row[0])


def _live_run(workflow: str, key: str) -> int | None:
    row = fetch_one(LIVE_RUN, [workflow, key])
    return None if row is None else int(row[0])


def _replace(run_id: int) -> None:
    """Let the earlier run go: it is cancelled, and its key is free at once."""
    from workflows.control import cancel

    execute("UPDATE runs_run SET key = '' WHERE id = %s", [run_id])
    cancel(run_id)
