"""Tenants whose runs rest for a while: what falls due in them is laid aside, and goes on when they are released.

Who is held, the product says (WORKFLOWS_HELD); only workflows with ``rests_when_held`` rest. A run at rest keeps its
journal and has no due row; its row says why it waits. So nothing is lost and nothing is looked at meanwhile.
"""

from django.conf import settings
from django.utils.module_loading import import_string

from realtime.schema import current_schema
from workflows.schedule import hint
from workflows.sql import execute

REASON = {
    "code": "held",
    "detail": "The workspace is locked: this goes on as soon as it is open again.",
    "errors": [],
}
RELEASE = """
    INSERT INTO workflows_due (kind, ref, tenant, lane)
    SELECT 'run', id, %s, 2 FROM runs_run WHERE finished_at IS NULL AND status = 'waiting' AND error->>'code' = 'held'
    ON CONFLICT (tenant, kind, ref) DO NOTHING
"""


def is_held(*, for_sure: bool) -> bool:
    """Whether the current tenant's runs rest. ``for_sure``: it stays so until the caller's transaction ends."""
    if not settings.WORKFLOWS_HELD:
        return False
    return bool(import_string(settings.WORKFLOWS_HELD)(current_schema(), for_sure=for_sure))


def release() -> None:
    """Let the current tenant's runs go on, in the transaction in which it is held no more. Those that begin at once
    are many, so they are done behind everybody's ordinary work."""
    execute(RELEASE, [current_schema()])
    hint()
