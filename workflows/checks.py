"""Before a deploy: does this code know every live run's workflow, and does it come to the same steps?"""

from collections.abc import Iterator

from django.db import connection
from django_tenants.utils import get_tenant_model, schema_context

from realtime.functions import NotFound
from realtime.schema import current_schema
from workflows.activation import Activation
from workflows.clock import Clock
from workflows.driving import RUNS, STEPS, entry_of, run_row
from workflows.guards import watched
from workflows.journal import Entry, Journal
from workflows.registry import get_workflow
from workflows.runs.models import LIVE, Run
from workflows.signals import Nondeterminism, Unwind
from workflows.sql import fetch
from workflows.step import Step
from workflows.writes import Grip

CHUNK = 200


def check_journals(limit: int | None = None) -> list[str]:
    """Replay the journals of live runs of all tenants, read-only; a sentence for each run that could not go on."""
    schemas = list(get_tenant_model().objects.order_by("pk").values_list("schema_name", flat=True))
    problems: list[str] = []
    for schema in schemas:
        with schema_context(schema):
            problems += _check_tenant(limit)
    return problems


def _check_tenant(limit: int | None) -> Iterator[str]:
    ids = list(Run.objects.filter(status__in=LIVE).order_by("id").values_list("id", flat=True)[:limit])
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        entries: dict[int, list[Entry]] = {run_id: [] for run_id in part}
        for row in fetch(STEPS, [part]):
            entries[row[0]].append(entry_of(row))
        for row in fetch(RUNS, [part]):
            problem = replay(row, entries[row[0]])
            if problem:
                yield f"{current_schema()}: run {row[0]}: {problem}"


def replay(row: tuple[object, ...], entries: list[Entry]) -> str:
    """Run the code against a journal without doing anything; what parts them, or nothing."""
    run = run_row(row)
    try:
        workflow = get_workflow(run.workflow, run.version)
    except NotFound:
        return f"version {run.version} of {run.workflow} is not in this code."
    clock = Clock(fetch("SELECT clock_timestamp()")[0][0])
    grip = Grip(run.id, 0, None, clock.now(), run.generation)
    journal = Journal.of(entries, by_name=workflow.by_name)
    turn = Activation(current_schema(), run, workflow, journal, clock, grip, read_only=True)
    try:
        with connection.execute_wrapper(turn.refuse_sql), watched(turn):
            workflow.body(Step(turn), **workflow.args_from_json(run.args))
            turn.journal.refuse_leftovers()
    except Nondeterminism as parted:
        return str(parted)
    except (Unwind, Exception):  # noqa: BLE001  (only whether code and journal part is asked)
        return ""
    return ""
