"""Starting runs: the run and its due row, in the caller's transaction."""

import json
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import transaction
from pydantic import BaseModel

from realtime import metrics
from realtime.functions import Conflict, InvalidInput
from realtime.functions.encoding import encode_json
from realtime.schema import current_schema
from workflows.crashes import reach
from workflows.journal import MAX_STEP_BYTES
from workflows.registry import AnyWorkflow, get_workflow
from workflows.schedule import hint
from workflows.sql import execute, fetch, fetch_one

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
# Several at once: the new runs' ids by their keys, without those whose key a live run has.
START_MANY = """
    WITH run AS (
        INSERT INTO runs_run (workflow, version, code_hash, key, args, subject, subject_id)
        SELECT %(workflow)s, %(version)s, %(code_hash)s, one.key, one.args, %(subject)s, one.subject_id
        FROM jsonb_to_recordset(%(rows)s::jsonb) AS one (key text, args jsonb, subject_id bigint)
        ON CONFLICT (workflow, key) WHERE NOT (key = '') AND finished_at IS NULL
        DO NOTHING RETURNING id, key
    ), due AS (
        INSERT INTO workflows_due (kind, ref, tenant, due_at, lane)
        SELECT 'run', id, %(schema)s, clock_timestamp(), %(lane)s FROM run
    ) SELECT key, id FROM run
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
    lane: int | None = None,
) -> int:
    """Start a workflow in the current tenant; returns the run's id. Part of the caller's transaction.

    At most one live run of a workflow has a given key: a second start answers the first one's run, raises
    Conflict, or cancels it and starts another (``on_conflict``). ``lane`` is for its first turn, else the workflow's.
    """
    found = get_workflow(workflow if isinstance(workflow, str) else workflow.name)
    # The one statement needs no savepoint; only who finds another run in its way looks at it and comes back.
    run_id = insert(found, args, key=key, delay=delay, at=at, lane=lane)
    with transaction.atomic() if run_id is None else nullcontext():
        while run_id is None:
            earlier = _live_run(found.name, key)
            if earlier is not None and on_conflict == "return":
                return earlier
            if earlier is not None and on_conflict == "error":
                raise Conflict(f"{found.name} is under way for {key!r}.")
            if earlier is not None:
                _replace(earlier)
            run_id = insert(found, args, key=key, delay=delay, at=at, lane=lane)
        if at is None and not delay:
            hint()
    reach("start.done")
    return run_id


def start_many(workflow: str, wanted: Mapping[str, Mapping[str, object]]) -> dict[str, int]:
    """Start a run for each key with its arguments, by one statement; returns the new runs' ids by their keys.

    Part of the caller's transaction. A key that a live run has is passed over. ValueError for a workflow with a limit,
    whose runs have to be let in one by one.
    """
    found = get_workflow(workflow)
    checked = {key: found.args_from_values(args) for key, args in wanted.items()}
    if any(found.gate(args) for args in checked.values()):
        raise ValueError(f"{workflow} has a limit: start its runs one by one.")
    rows = [
        {"key": key, "args": json.loads(_stored(args)), "subject_id": _subject_of(found, args)}
        for key, args in checked.items()
    ]
    values = {
        "workflow": found.name, "version": found.version, "code_hash": found.code_hash, "subject": found.subject,
        "rows": json.dumps(rows), "schema": current_schema(), "lane": found.lane,
    }  # fmt: skip
    started = {str(key): int(pk) for key, pk in fetch(START_MANY, values)} if rows else {}
    metrics.run_starts.labels(found.name).inc(len(started))
    hint()
    return started


def _stored(args: Any) -> bytes:
    raw = encode_json(args)
    if len(raw) > MAX_STEP_BYTES:
        raise InvalidInput("A run's arguments are at most 256 kB: store them, and pass an id.")
    return raw


def _subject_of(workflow: AnyWorkflow, args: Any) -> int | None:
    return getattr(args, f"{workflow.subject}_id", None) if workflow.subject else None


def insert(
    workflow: AnyWorkflow,
    args: Mapping[str, object] | BaseModel | None,
    *,
    key: str = "",
    parent: int | None = None,
    delay: timedelta = timedelta(0),
    at: datetime | None = None,
    lane: int | None = None,
) -> int | None:
    """The new run's id; None if a live run has the key."""
    checked = workflow.args_from_values(args)
    values: dict[str, Any] = {
        "workflow": workflow.name,
        "version": workflow.version,
        "code_hash": workflow.code_hash,
        "key": key,
        "args": _stored(checked).decode(),
        "subject": workflow.subject,
        "subject_id": _subject_of(workflow, checked),
        "parent": parent,
        "gate": workflow.gate(checked),
        "schema": current_schema(),
        "at": at,
        "delay": delay,
        "lane": workflow.lane if lane is None else lane,
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
