"""What people may do with a run: cancel, pause, resume, retry from a step, fork.

Each locks the run's row, raises its generation where a worker must stop, and moves its due row, in one
transaction. A worker that holds the run finds the other generation at its next guard.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from realtime.functions import Conflict, NotFound
from realtime.schema import current_schema
from workflows import stuck
from workflows.runs.models import LIVE, Run, StepRun
from workflows.schedule import hint
from workflows.sql import execute

# Unlike schedule_due, this takes the row away from whoever works on it.
SEIZE = """
    INSERT INTO workflows_due (kind, ref, tenant) SELECT 'run', unnest(%s::bigint[]), %s
    ON CONFLICT (tenant, kind, ref) DO UPDATE SET due_at = clock_timestamp(), state = 0, token = NULL,
        lease_until = NULL, attempts = 0, error = ''
"""
# Steps that are done again take the same events again: each gets back the latest one of that name and payload.
GIVE_BACK = """
    WITH cleared AS (
        SELECT name, result, row_number() OVER (PARTITION BY name, result) AS number FROM runs_steprun
        WHERE run_id = %(cleared)s AND seq >= %(seq)s AND kind = 'event' AND status = 'done'
            AND jsonb_typeof(result) = 'object'
    ), taken AS (
        SELECT id, name, payload,
            row_number() OVER (PARTITION BY name, payload ORDER BY taken_at DESC, id DESC) AS number
        FROM runs_runevent WHERE run_id = %(run)s AND taken_at IS NOT NULL
    ) UPDATE runs_runevent event SET taken_at = NULL FROM taken JOIN cleared
        ON (cleared.name, cleared.result, cleared.number) = (taken.name, taken.payload, taken.number)
    WHERE event.id = taken.id
"""
COPY_EVENTS = """
    INSERT INTO runs_runevent (run_id, name, payload, dedupe, created_at, taken_at)
    SELECT %s, name, payload, dedupe, created_at, taken_at FROM runs_runevent WHERE run_id = %s ORDER BY id
"""
DROP = "DELETE FROM workflows_due WHERE kind = 'run' AND ref = %s AND tenant = %s"


def cancel(run_id: int, *, missing_ok: bool = False) -> bool:
    """Cancel a live run and its live children: no step commits after this does; clean-ups run next.

    False if it was over already.
    """
    with transaction.atomic():
        run = _locked(run_id, missing_ok)
        if run is None or run.status not in LIVE or run.status == Run.Status.CANCELLING:
            return False
        # All runs before any due row: a child that ends locks its own run, then its parent's due row.
        family = [run, *_live_descendants(run_id)]
        _change(*family, status=Run.Status.CANCELLING, error=None)
        _seize(*(member.pk for member in family))
    return True


def _live_descendants(run_id: int) -> list[Run]:
    found: list[Run] = []
    parents = [run_id]
    while parents:
        children = list(
            Run.objects.select_for_update()
            .filter(parent__in=parents, status__in=[s for s in LIVE if s != Run.Status.CANCELLING])
            .order_by("id")
            .only("pk", "status")
        )
        found += children
        parents = [child.pk for child in children]
    return found


def pause(run_id: int) -> None:
    """Let a run rest until it is resumed; its timers go on, and what falls due waits. Conflict if it can't."""
    with transaction.atomic():
        run = _required(run_id)
        if run.status not in (Run.Status.RUNNING, Run.Status.WAITING, Run.Status.BLOCKED):
            raise Conflict(f"The run is {run.status}: only one that is under way can be paused.")
        _change(run, status=Run.Status.PAUSED)
        execute(DROP, [run_id, current_schema()])


def resume(run_id: int) -> None:
    """Let a paused run go on. Conflict if it is not paused."""
    with transaction.atomic():
        run = _required(run_id)
        if run.status != Run.Status.PAUSED:
            raise Conflict(f"The run is {run.status}, not paused.")
        _change(run, status=Run.Status.RUNNING)
        _seize(run_id)


def retry_from(run_id: int, position: str | None = None) -> None:
    """Let a failed run go on: from the step at the position, or from the step that failed last.

    The journal from that step on is cleared: what those steps wrote stays, and they are done again, with the events
    that they had taken; their child runs that are still under way are cancelled. Conflict if another run has taken
    its key meanwhile.
    """
    with _one_of_its_key():
        run = _required(run_id)
        if run.status not in (Run.Status.FAILED, Run.Status.BLOCKED):
            raise Conflict(f"The run is {run.status}: only a failed one can be retried.")
        seq = _seq_of(run_id, position)
        if seq is not None:
            _clear(run_id, seq)
        _change(run, status=Run.Status.RUNNING, error=None, finished_at=None)
        _seize(run_id)


def fork(run_id: int, position: str | None = None) -> int:
    """Start a new run with a copy of the journal before the step at the position; returns its id.

    Its mailbox is the old one's as it was then, with what has come since. It starts child runs of its own where the
    old one's are under way.
    It has the key of the old one: Conflict while that, or another one with the key, is under way.
    """
    with _one_of_its_key():
        run = _required(run_id)
        seq = _seq_of(run_id, position)
        steps = list(StepRun.objects.filter(run=run_id).order_by("seq"))
        run.pk, run.status, run.generation = None, Run.Status.RUNNING, 0
        run.error = run.result = run.finished_at = None
        run.save(force_insert=True)
        Run.objects.filter(pk=run.pk).update(created_at=Now())  # its round's start stays: replays go by it
        for step in steps:
            step.pk, step.run_id = None, run.pk
        StepRun.objects.bulk_create(
            step for step in steps if (seq is None or step.seq < seq) and not _waits_for_child(step)
        )
        execute(COPY_EVENTS, [run.pk, run_id])
        if seq is not None:
            execute(GIVE_BACK, {"cleared": run_id, "seq": seq, "run": run.pk})
        _seize(run.pk)
        if settings.WORKFLOWS_FORKED:
            import_string(settings.WORKFLOWS_FORKED)(run_id, run.pk)
    return run.pk


def _clear(run_id: int, seq: int) -> None:
    """Take steps out of the journal, as if the run had never come to them."""
    steps = StepRun.objects.filter(run=run_id, seq__gte=seq)
    children = steps.filter(kind__in=("child", "spawn"), child_id__isnull=False)
    for child_id in [pk for pk in children.values_list("child_id", flat=True) if pk is not None]:
        cancel(child_id, missing_ok=True)
    execute(GIVE_BACK, {"cleared": run_id, "seq": seq, "run": run_id})
    steps.delete()


def _waits_for_child(step: StepRun) -> bool:
    """Whether the child would wake the run that started it, and not its fork."""
    return step.kind == StepRun.Kind.CHILD and step.status == StepRun.Status.WAITING


@contextmanager
def _one_of_its_key() -> Iterator[None]:
    """A transaction in which a run comes to life; Conflict if a live one of its workflow has the same key."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "run_key_unique_while_live" not in str(error):
            raise
        raise Conflict(
            "Another run with the same key is under way: cancel it first, or let it end."
        ) from error


def _seq_of(run_id: int, position: str | None) -> int | None:
    """The number of the step at the position, or of the last one that failed (None if none did)."""
    steps = StepRun.objects.filter(run=run_id)
    if position is None:
        found = steps.filter(status=StepRun.Status.FAILED).order_by("-seq").values_list("seq", flat=True)
        return found.first()
    found = steps.filter(position=position).values_list("seq", flat=True)
    seq = found.first()
    if seq is None:
        raise NotFound("The run has no step at this position.")
    return seq


def _locked(run_id: int, missing_ok: bool = False) -> Run | None:
    run = Run.objects.select_for_update().filter(pk=run_id).first()
    if run is None and not missing_ok:
        raise NotFound("There is no run with this id.")
    return run


def _required(run_id: int) -> Run:
    run = _locked(run_id)
    assert run is not None
    return run


def _change(*runs: Run, **values: Any) -> None:
    Run.objects.filter(pk__in=[run.pk for run in runs]).update(generation=F("generation") + 1, **values)
    for run in runs:
        if run.status in stuck.STUCK:
            stuck.forget(run.pk)


def _seize(*run_ids: int) -> None:
    execute(SEIZE, [list(run_ids), current_schema()])
    hint()
