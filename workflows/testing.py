"""Time travel for tests: what is stored moves into the past, which is the same as time going on."""

from collections.abc import Sequence
from datetime import timedelta

from django_tenants.utils import get_tenant_model, schema_context

from workflows.sql import execute

MOVE = """
    WITH runs AS (
        UPDATE runs_run SET created_at = created_at - %(by)s, started_at = started_at - %(by)s,
            finished_at = finished_at - %(by)s
    ), steps AS (
        UPDATE runs_steprun SET due_at = due_at - %(by)s, started_at = started_at - %(by)s,
            finished_at = finished_at - %(by)s
    ), events AS (
        UPDATE runs_runevent SET created_at = created_at - %(by)s, taken_at = taken_at - %(by)s
    ) UPDATE runs_slot SET next_at = next_at - %(by)s
"""


def advance(by: timedelta, *, schemas: Sequence[str] | None = None) -> None:
    """Let so much time go by for all runs of all tenants (or of these alone) and everything that is due."""
    with schema_context("public"):
        execute("UPDATE workflows_due SET due_at = due_at - %(by)s", {"by": by})
        if schemas is None:
            schemas = list(get_tenant_model().objects.values_list("schema_name", flat=True))
    for schema in schemas:
        with schema_context(schema):
            execute(MOVE, {"by": by})


def expire_leases() -> None:
    """Let the leases of dead workers run out."""
    with schema_context("public"):
        execute(
            "UPDATE workflows_due SET lease_until = clock_timestamp() - interval '1 second' WHERE state = 1"
        )
