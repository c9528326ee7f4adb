"""Workflows that start by the clock: a row a schedule in the tenant, and one row in the due index.

The run and the schedule's next time commit together, so a time is used once whatever dies. Times that went by
while nothing ran (a week's outage) make one run, not many.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from pydantic import BaseModel

from realtime.functions.encoding import encode_json
from realtime.schema import current_schema
from workflows.cron import Cron
from workflows.journal import value_of
from workflows.kinds import Again, due
from workflows.registry import AnyWorkflow, get_workflow
from workflows.runs.models import Schedule
from workflows.schedule import schedule_due
from workflows.sql import execute, fetch
from workflows.starting import start

KIND = "runs.schedule"
DROP = "DELETE FROM workflows_due WHERE kind = %s AND ref = %s AND tenant = %s"


def set_schedule(
    name: str,
    workflow: AnyWorkflow | str,
    args: Mapping[str, object] | BaseModel | None = None,
    *,
    cron: str,
    time_zone: str = "UTC",
) -> datetime:
    """Start a workflow at every time of a cron expression; returns the first one. Part of the caller's transaction.

    A name has one schedule: setting it again changes it. InvalidInput for times or arguments that don't fit,
    NotFound for an unknown workflow.
    """
    found = get_workflow(workflow if isinstance(workflow, str) else workflow.name)
    times = Cron(cron, time_zone)
    times.check()
    with transaction.atomic():
        values = {
            "workflow": found.name,
            "args": value_of(encode_json(found.args_from_values(args))),
            "cron": cron,
            "time_zone": time_zone,
            "next_at": times.next_after(_now()),
        }
        row, _ = Schedule.objects.update_or_create(name=name, defaults=values)
        schedule_due(KIND, row.pk, at=row.next_at)
    return row.next_at


def drop_schedule(name: str) -> bool:
    """End a schedule; runs that it started go on. False if there was none."""
    with transaction.atomic():
        row = Schedule.objects.select_for_update().filter(name=name).first()
        if row is None:
            return False
        execute(DROP, [KIND, row.pk, current_schema()])
        row.delete()
    return True


@due(KIND)
def fire(schedule_id: int) -> Again:
    """Start the run of the time that has come, and wait for the next one."""
    row = Schedule.objects.select_for_update().filter(pk=schedule_id).first()
    if row is None:
        return None
    now = _now()
    if row.next_at <= now:
        # A run that takes longer than the distance between two times is not joined by another one.
        row.last_run_id = start(row.workflow, row.args, key=f"schedule/{row.name}"[:200])
        row.next_at = Cron(row.cron, row.time_zone).next_after(now)
        row.save(update_fields=["last_run_id", "next_at"])
    return row.next_at - now


def _now() -> datetime:
    found: datetime = fetch("SELECT clock_timestamp()")[0][0]
    return found
