"""Whose workflow runs rest: those of tenants that are locked (WORKFLOWS_HELD)."""

import time

from accounts.credentials import standing_of
from accounts.models import Tenant

#: For so long a look without a lock is believed.
SECONDS = 2.0
_known: dict[str, tuple[float, bool]] = {}


def is_held(schema: str, *, for_sure: bool) -> bool:
    """Whether the tenant is locked. ``for_sure`` keeps a payment that comes in the same moment waiting until the
    caller's transaction ends; otherwise the answer may be two seconds old."""
    until, found = _known.get(schema, (0.0, False))
    if not for_sure and time.monotonic() < until:
        return found
    rows = Tenant.objects.filter(schema_name=schema)
    if for_sure:
        rows = rows.select_for_update(no_key=True)
    tenant = rows.first()
    found = tenant is not None and standing_of(tenant).is_locked
    _known[schema] = (time.monotonic() + SECONDS, found)
    return found


def forget_held() -> None:
    """A standing changed in this process."""
    _known.clear()
