"""Runs as due work: read them, give each its turn, and write how it goes on.

Runs of one tenant that fell due together share one transaction, each in a savepoint: a mass of timers costs
one commit. If anything happens to that transaction, all of it is done again, run by run.
"""

import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from realtime import metrics
from realtime.functions import NotFound
from realtime.functions.encoding import encode_json
from realtime.schema import current_schema
from workflows import holding, stuck
from workflows.activation import Activation, RunRow, error_of, refuses
from workflows.claims import Item
from workflows.clock import Clock
from workflows.crashes import reach
from workflows.drain import DELETE, FAIL
from workflows.guards import watched
from workflows.journal import Entry, Journal, storable
from workflows.kinds import drives
from workflows.places import gate_of, has_place
from workflows.registry import AnyWorkflow, get_workflow
from workflows.schedule import hint, schedule_due
from workflows.signals import (
    Apart,
    CancelRequested,
    ContinueAsNew,
    LostLease,
    Nondeterminism,
    Outage,
    Refused,
    Restart,
    Suspend,
    Unstorable,
    Wake,
)
from workflows.sql import execute, fetch
from workflows.step import Step
from workflows.tracing import turn_span
from workflows.unit import guard
from workflows.writes import Batch, Grip, How, raw

logger = logging.getLogger(__name__)

#: After this many starts without an end the run is a dead letter.
MAX_STARTS = 3
MAX_RESTARTS = 5
#: A run whose code and journal differ is looked at again after this long.
BLOCKED_PAUSE = timedelta(minutes=1)
RUN = "id, workflow, version, code_hash, args, status, generation, round, note, parent_id, error, started_at, gate"
# Losing this note in a crash of the database costs nothing, so its commit is not waited for.
MARK = f"""
    WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)), marked AS (
        UPDATE workflows_due SET attempts = attempts + 1, lease_until = clock_timestamp() + %(lease)s
        FROM quick WHERE workflows_due.id = ANY(%(ids)s::bigint[]) AND token = %(token)s
        RETURNING workflows_due.id AS due_id, ref, attempts AS starts
    ) SELECT due_id, starts, clock_timestamp(),
        EXISTS (SELECT 1 FROM runs_steprun step WHERE step.run_id = ref), {RUN}
    FROM marked LEFT JOIN runs_run ON runs_run.id = ref
"""
RUNS = f"SELECT {RUN} FROM runs_run WHERE id = ANY(%s::bigint[])"
STEPS = """
    SELECT run_id, position, key, kind, name, args_hash, args, status, seq, attempts, due_at, started_at,
        finished_at, result, error, child_id FROM runs_steprun WHERE run_id = ANY(%s::bigint[]) ORDER BY run_id, seq
"""
AGAIN = """
    UPDATE runs_run SET args = %(args)s::jsonb, version = %(version)s, code_hash = %(code_hash)s, round = round + 1,
        started_at = clock_timestamp(), note = %(note)s, status = 'running', error = NULL WHERE id = %(id)s
"""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a turn leaves its run: the status, and when to come again."""

    status: str
    wake: Wake = None
    result: Any = None
    error: dict[str, Any] | None = None
    again_with: dict[str, Any] | None = None

    @property
    def is_over(self) -> bool:
        """Whether the run is at its end."""
        return self.status in ("completed", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A run with its journal, ready for a turn."""

    item: Item
    run: RunRow
    entries: list[Entry]
    starts: int
    clock: Clock


@drives("run")
def drive(items: Sequence[Item]) -> None:
    """Give every run of one tenant its turn."""
    fresh = [item for item in items if item.attempts == 0]
    if len(fresh) < settings.WORKFLOWS_SHARE_FROM:
        fresh = []
    for one in drive_together(load(fresh)) if fresh else []:
        drive_alone(one)
    shared = {item.id for item in fresh}
    for item in items:
        if item.id not in shared:
            # Counted only now that it starts: those behind it are innocent of what it may do to the process.
            for one in load([item]):
                drive_alone(one)


def drive_together(loaded: list[Loaded], *, careful: bool = False) -> list[Loaded]:
    """Turns in one transaction; returns those that have to be done alone (all, if it fails)."""
    items = [one.item for one in loaded]
    if not items:
        return []
    try:
        with transaction.atomic():
            batch = Batch()
            held = guard([grip_of(one) for one in loaded])
            reach("step.guarded")
            ours = [one for one in loaded if one.run.id in held]
            apart = [one.item for one in ours if not take_turn(one, batch, careful=careful)]
            if not batch.write():
                raise Restart("a step took its own run away")
            reach("step.rearmed")
        reach("step.committed")
    except Outage as error:
        for one in loaded:
            put_back(one, f"the database can't: {error}")
        return []
    except Refused:
        return drive_together(reload(items, starts=1), careful=True)
    except (Restart, Exception):
        logger.warning("%s runs of %s are done one by one", len(loaded), current_schema(), exc_info=True)
        return reload(items, starts=2)
    return reload(apart, starts=1)


def drive_alone(one: Loaded) -> None:
    """A turn in transactions of its own, again when they collide with others."""
    for restart in range(MAX_RESTARTS):
        starts = 2
        try:
            take_turn(one, careful=restart > 0)
            return
        except Refused:
            starts = one.starts
        except Outage as error:
            put_back(one, f"the database can't: {error}")
            return
        except Restart:
            logger.info("run %s of %s collided, attempt %s", one.run.id, one.item.tenant, restart + 1)
        found = reload([one.item], starts=starts)
        if not found:
            return
        one = found[0]
    raise RuntimeError("The run's transactions collide with others all the time.")


def load(items: Sequence[Item]) -> list[Loaded]:
    """Count the start of runs and read them with their journals; what is no longer ours is left out."""
    lease = timedelta(seconds=settings.WORKFLOWS_LEASE_SECONDS)
    values = {"ids": [item.id for item in items], "token": items[0].token, "lease": lease}
    rows = fetch(MARK, values)
    clock = Clock(rows[0][2]) if rows else items[0].clock
    runs = {row[4]: run_row(row[4:]) for row in rows if row[4] is not None}
    return _read(items, {row[0]: row[1] for row in rows}, clock, runs, [row[4] for row in rows if row[3]])


def reload(items: Sequence[Item], *, starts: int) -> list[Loaded]:
    """Read runs again within the same start."""
    if not items:
        return []
    ids = [item.ref for item in items]
    runs = {row[0]: run_row(row) for row in fetch(RUNS, [ids])}
    return _read(items, {item.id: starts for item in items}, items[0].clock, runs, ids)


def _read(
    items: Sequence[Item],
    starts: dict[int, int],
    clock: Clock,
    runs: dict[int, RunRow],
    begun: list[int],
) -> list[Loaded]:
    """Put items, runs and the journals of those that have one together; a row without its run goes."""
    entries: dict[int, list[Entry]] = {run_id: [] for run_id in runs}
    for row in fetch(STEPS, [begun]) if begun else []:
        if row[0] in entries:
            entries[row[0]].append(entry_of(row))
    reach("run.loaded")
    for item in items:
        if item.id in starts and item.ref not in runs:
            fetch(f"{DELETE} AND token = %(token)s RETURNING id", {"id": item.id, "token": item.token})
    return [
        Loaded(item, runs[item.ref], entries[item.ref], starts[item.id], clock)
        for item in items
        if item.id in starts and item.ref in runs
    ]


def run_row(row: tuple[Any, ...]) -> RunRow:
    id, workflow, version, code_hash, args, *middle, error, started_at, gate = row
    status, generation, round, note, parent_id = middle
    return RunRow(
        id, workflow, version, code_hash, args.encode(), status, generation, round, note, parent_id,
        _json_or_none(error), started_at, gate,
    )  # fmt: skip


def entry_of(row: tuple[Any, ...]) -> Entry:
    _, position, key, kind, name, args_hash, args, status, seq, attempts, *times, result, error, child = row
    due_at, started_at, finished_at = times
    return Entry(
        position, key, kind, name, args_hash, (args or "null").encode(), status, seq, attempts, due_at, started_at,
        finished_at, None if result is None else result.encode(), _json_or_none(error), child,
    )  # fmt: skip


def _json_or_none(text: str | None) -> dict[str, Any] | None:
    return None if text is None else orjson.loads(text)


def grip_of(one: Loaded) -> Grip:
    """Our hold on the run."""
    return Grip(one.run.id, one.item.id, one.item.token, one.item.due_at, one.run.generation)


def take_turn(one: Loaded, batch: Batch | None = None, *, careful: bool = False) -> bool:
    """Let one run go on as far as it gets; False if it needs a turn alone."""
    run = one.run
    try:
        workflow = get_workflow(run.workflow, run.version)
    except NotFound:
        put_back(one, f"no worker knows version {run.version} of {run.workflow}")
        return True
    turn = Activation(
        one.item.tenant, run, workflow, Journal.of(one.entries, by_name=workflow.by_name), one.clock, grip_of(one),
        batch=batch, isolated=one.starts > 1 and batch is None, careful=careful or refuses(workflow),
    )  # fmt: skip
    try:
        with turn_span(turn):
            return _go(one, turn)
    except LostLease as error:
        turn.unit.roll_back(error)
        logger.info("lost run %s of %s to another worker", run.id, one.item.tenant)
    except BaseException as error:
        if batch is None:  # else whoever opened the shared transaction ends it
            turn.unit.roll_back(error)
        raise
    return True


def _go(one: Loaded, turn: Activation) -> bool:
    status = one.run.status
    if status in ("paused", "completed", "failed", "cancelled"):
        turn.unit.commit("over")
    elif one.starts > MAX_STARTS:
        settle(
            turn, Ending("failed", error={"code": "poison", "detail": "Started too often without an end."})
        )
    elif is_stale(one, turn.workflow) and status in ("running", "waiting"):
        set_aside(turn)
    elif status == "blocked" and (one.run.error or {}).get("code_hash") == turn.workflow.code_hash:
        turn.unit.commit("rearm", at=turn.clock.now() + BLOCKED_PAUSE)
    elif turn.workflow.rests_when_held and status in ("running", "waiting") and rests(turn):
        settle(turn, Ending("waiting", error=holding.REASON))
    elif waits_for_place(turn):
        settle(turn, Ending("waiting"))
    else:
        ending = follow(turn)
        if ending is None:
            turn.unit.commit("hold")
            return False
        settle(turn, ending)
    return True


def waits_for_place(turn: Activation) -> bool:
    """Whether as many runs as may are under way: then the one that ends next makes this one due."""
    if not turn.run.gate or turn.cancelling:
        return False
    with turn.working():
        turn.unit.open()
        return not has_place(gate_of(turn.workflow, turn.run.gate), turn.run.id)


def rests(turn: Activation) -> bool:
    """Whether the tenant is held: asked lightly first, then for sure in the transaction that lays the run to rest."""
    with turn.working():
        if not holding.is_held(for_sure=False):
            return False
        turn.unit.open()
        return holding.is_held(for_sure=True)


def is_stale(one: Loaded, workflow: AnyWorkflow) -> bool:
    """Whether the turn comes so late that its workflow does not want it made up for."""
    late = -one.clock.seconds_until(one.item.due_at)
    return workflow.stale_after is not None and late > workflow.stale_after.total_seconds()


def set_aside(turn: Activation) -> None:
    """Let somebody decide about a run whose time went by long ago, or end it, as its workflow says."""
    if turn.workflow.when_stale == "cancel":
        settle(turn, Ending("cancelling", turn.clock.now()))
    else:
        settle(turn, Ending("paused"))


def follow(turn: Activation) -> Ending | None:
    """Run the workflow's code; None if the next step has to be done alone."""
    with connection.execute_wrapper(turn.refuse_sql), watched(turn):
        try:
            return _call_body(turn)
        except Apart:
            return None
        except Suspend:
            return Ending(
                "cancelling" if turn.cancelling else "waiting", min(filter(None, turn.waits), default=None)
            )
        except ContinueAsNew as again:
            return Ending("running", turn.clock.now(), again_with=again.args_of_next)
        except Nondeterminism as parted:
            return _parted(turn, parted)
        except Unstorable as error:
            _drop(turn, error)
            return Ending("failed", error={"code": error.code, "detail": str(error)})
        except Exception as error:
            logger.info("run %s failed", turn.run.id, exc_info=True)
            return Ending("cancelled" if turn.cancelling else "failed", error=error_of(error))


def _call_body(turn: Activation) -> Ending:
    step = Step(turn)
    try:
        result = turn.workflow.body(step, **turn.workflow.args_from_json(turn.run.args))
    except CancelRequested:
        result = None
    if turn.cancelling:
        for number, clean_up in enumerate(reversed(turn.on_cancel)):
            clean_up(Step(turn, f"cancel/{number}/", step.now()))
        return Ending("cancelled")
    turn.journal.refuse_leftovers()
    return _completed(result)


def _completed(result: Any) -> Ending:
    """The end with the code's result; what the steps did stands, whatever that is."""
    try:
        return Ending("completed", result=raw(storable("The workflow", result)))
    except Unstorable as error:
        return Ending("failed", error={"code": error.code, "detail": str(error)})


def _parted(turn: Activation, parted: Nondeterminism) -> Ending:
    """Code and journal part: the run waits, untouched, for other code; a run being cancelled just ends."""
    _drop(turn, parted)
    error = {**parted.sides, "code_hash": turn.workflow.code_hash}
    logger.error("run %s of %s is blocked: %s", turn.run.id, turn.run.workflow, parted)
    if turn.cancelling:
        return Ending("cancelled", error=error)
    return Ending("blocked", turn.clock.now() + BLOCKED_PAUSE, error=error)


def _drop(turn: Activation, error: BaseException) -> None:
    """Undo what the turn did since its last commit."""
    turn.journal.changed.clear()
    turn.journal.failed_attempts.clear()
    if turn.has_worked:
        with turn.working():
            turn.unit.roll_back(error)


def settle(turn: Activation, ending: Ending) -> None:
    """Write how the run goes on, with what its last steps wrote."""
    turn.unit.open()
    if ending.again_with is not None:
        _begin_again(turn, ending.again_with)
    differs = (ending.status, turn.note, ending.error) != (turn.run.status, turn.run.note, turn.run.error)
    written = _written(turn, ending) if differs and ending.again_with is None else None
    if ending.is_over and turn.run.parent_id is not None:
        schedule_due("run", turn.run.parent_id)
    if ending.status in ("failed", "blocked") and ending.status != turn.run.status:
        tell(turn, ending)
    stuck.follow(
        turn.run.id, turn.run.workflow, turn.run.status, ending.status, (ending.error or {}).get("detail", "")
    )
    reach("run.settled")
    if ending.status != turn.run.status:
        metrics.run_ends.labels(turn.run.workflow, ending.status).inc()
    if ending.is_over and turn.run.gate:
        turn.unit.leave_place(gate_of(turn.workflow, turn.run.gate))
    how: How = "over" if ending.is_over else "rearm" if ending.wake is not None else "end"
    if ending.again_with is not None:
        hint()
    turn.unit.commit(how, at=ending.wake, run=written)


def tell(turn: Activation, ending: Ending) -> None:
    """Say that a run needs somebody, in the transaction that says so in its row; a fault in saying it is logged."""
    if not settings.WORKFLOWS_TROUBLE:
        return
    try:
        with transaction.atomic():
            import_string(settings.WORKFLOWS_TROUBLE)(
                current_schema(),
                turn.run.id,
                turn.run.workflow,
                ending.status,
                (ending.error or {}).get("detail", ""),
            )
    except Exception:
        logger.exception("nobody was told of run %s", turn.run.id)


def _written(turn: Activation, ending: Ending) -> dict[str, Any]:
    return {
        "status": ending.status, "note": turn.note, "error": ending.error or None, "over": ending.is_over,
        "result": ending.result if ending.status == "completed" else None, "code_hash": turn.workflow.code_hash,
    }  # fmt: skip


def _begin_again(turn: Activation, args: dict[str, Any]) -> None:
    newest: AnyWorkflow = get_workflow(turn.run.workflow)
    turn.journal.changed.clear()
    values = {
        "id": turn.run.id,
        "args": encode_json(newest.args_from_values(args)).decode(),
        "version": newest.version,
        "code_hash": newest.code_hash,
        "note": turn.note,
    }
    execute("DELETE FROM runs_steprun WHERE run_id = %s", [turn.run.id])
    execute("DELETE FROM runs_attempt WHERE run_id = %s", [turn.run.id])
    execute(AGAIN, values)


def put_back(one: Loaded, why: str) -> None:
    """Leave the run to a worker with other code, and look again a little later."""
    again = timedelta(seconds=random.uniform(4, 6))  # noqa: S311  (jitter, not a secret)
    values = {"id": one.item.id, "token": one.item.token, "state": 0, "error": why[:400], "again": again}
    execute(FAIL, values)
    execute("UPDATE workflows_due SET attempts = 0 WHERE id = %s AND state = 0", [one.item.id])
