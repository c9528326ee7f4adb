"""Upkeep of runs, tenant by tenant, spread over the hour: old runs go, and no live run is left without a due row."""

import logging
from contextlib import suppress
from datetime import timedelta

from django.db.models import Q

from realtime.functions import NotFound
from realtime.schema import current_schema
from workflows import holding, stuck
from workflows.kinds import Again, due
from workflows.places import WAITED_FOR, gate_of, tend
from workflows.registry import all_workflows, get_workflow
from workflows.runs.models import OVER, Run
from workflows.schedule import schedule_due, schedule_tenants
from workflows.sql import fetch

logger = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
BATCH = 500
#: For runs whose workflow this build no longer has.
DEFAULT_RETENTION = timedelta(days=30)
# A run that is under way and waits for nothing but time or a worker must be in the due index. It always is,
# as one commit writes both; this finds what a restored backup or a hand-written UPDATE broke. What is laid aside
# while its tenant is held waits for its release, and for nothing else.
STRANDED = """
    SELECT run.id FROM runs_run run
    WHERE run.status IN ('running', 'waiting', 'cancelling', 'blocked')
        AND NOT EXISTS (SELECT 1 FROM workflows_due due WHERE due.kind = 'run' AND due.ref = run.id
            AND due.tenant = %(tenant)s)
        AND NOT (%(held)s AND run.status = 'waiting' AND run.error->>'code' = 'held')
        AND NOT (run.status = 'waiting' AND EXISTS (SELECT 1 FROM runs_steprun step WHERE step.run_id = run.id
            AND step.status = 'waiting' AND step.kind IN ('event', 'child') AND step.due_at IS NULL))
        AND (run.gate = '' OR run.status = 'cancelling'
            OR EXISTS (SELECT 1 FROM runs_place place WHERE place.run_id = run.id))
    ORDER BY run.id LIMIT 500 FOR UPDATE OF run SKIP LOCKED
"""


@due("runs.upkeep", every=HOUR)
def tend_tenants(_ref: int) -> Again:
    """Give every tenant its turn within the hour."""
    schedule_tenants("runs.upkeep_tenant", HOUR)
    return None


@due("runs.upkeep_tenant")
def tend_tenant(_ref: int) -> Again:
    """Repair and clean one tenant's runs; comes again at once when there is more to clean."""
    repair_stranded()
    tend_places()
    stuck.sweep()
    return timedelta(0) if delete_old_runs() >= BATCH else None


def repair_stranded() -> list[int]:
    """Make live runs without a due row due; the ids, which should be none."""
    values = {"tenant": current_schema(), "held": holding.is_held(for_sure=False)}
    found = [row[0] for row in fetch(STRANDED, values)]
    for run_id in found:
        logger.error("run %s of %s had no due row", run_id, current_schema())
        schedule_due("run", run_id)
    return found


def tend_places() -> None:
    """Give away places that nobody gave on, as their runs were deleted."""
    found = set()
    for gate, name, version in fetch(WAITED_FOR):
        with suppress(NotFound):
            found.add(gate_of(get_workflow(name, version), gate))
    tend(found)


def delete_old_runs() -> int:
    """Delete some runs that have been over for longer than their workflow keeps them; returns how many.

    A child stays while its parent is under way, which may have been paused before it took the result.
    """
    now = fetch("SELECT clock_timestamp()")[0][0]
    keeps: dict[str, timedelta] = {}
    for workflow in all_workflows():
        keeps[workflow.name] = max(workflow.retention, keeps.get(workflow.name, timedelta(0)))
    names = list(Run.objects.filter(status__in=OVER).values_list("workflow", flat=True).distinct())
    deleted = 0
    for name in names:
        before = now - keeps.get(name, DEFAULT_RETENTION)
        old = Run.objects.filter(workflow=name, status__in=OVER, finished_at__lt=before)
        old = old.filter(Q(parent=None) | Q(parent__finished_at__isnull=False))
        deleted += Run.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:BATCH])).delete()[0]
    return deleted
