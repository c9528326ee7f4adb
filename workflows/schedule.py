"""Putting work into the due index, and telling the workers of it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django_tenants.utils import get_tenant_model, schema_context

from realtime.schema import current_schema
from workflows.hints import send_hint
from workflows.kinds import recurring_kinds

# A row that somebody works on right now keeps its lease: the worker sees the new time and does it once more.
SCHEDULE = """
    INSERT INTO workflows_due (kind, ref, tenant, due_at)
    VALUES (%s, %s, %s, COALESCE(%s, clock_timestamp() + %s))
    ON CONFLICT (tenant, kind, ref) DO UPDATE SET due_at = EXCLUDED.due_at, attempts = 0, error = '',
        state = CASE workflows_due.state WHEN 1 THEN 1 ELSE 0 END
"""
KEEP = """
    INSERT INTO workflows_due (kind, ref, tenant) VALUES (%s, 0, 'public') ON CONFLICT (tenant, kind, ref) DO NOTHING
"""


def schedule_due(kind: str, ref: int, *, delay: timedelta = timedelta(0), at: datetime | None = None) -> None:
    """Let ``kind`` work on ``ref`` in the current tenant, ``delay`` from now by the database's clock, or ``at``.

    Part of the caller's transaction. One row a (tenant, kind, ref): scheduling again moves it.
    """
    values: list[Any] = [kind, ref, current_schema(), at, delay]
    with connection.cursor() as cursor:
        cursor.execute(SCHEDULE, values)
    if at is None and not delay:
        hint()


def schedule_tenants(kind: str, within: timedelta) -> None:
    """Let ``kind`` have its turn in every tenant, spread evenly over the time from now on."""
    schemas = list(get_tenant_model().objects.order_by("pk").values_list("schema_name", flat=True))
    for number, schema in enumerate(schemas):
        with schema_context(schema):
            schedule_due(kind, 0, delay=within * number / len(schemas))


def ensure_recurring() -> None:
    """Give every recurring kind its row; existing ones keep their time."""
    with connection.cursor() as cursor:
        cursor.executemany(KEEP, [[kind.name] for kind in recurring_kinds()])


def hint() -> None:
    """After the commit, tell a worker that something is due; once a transaction, and it may get lost."""
    if not any(hook[1] is send_hint for hook in connection.run_on_commit):
        transaction.on_commit(send_hint, robust=True)
