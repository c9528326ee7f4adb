"""Where a firm's days begin."""

from accounts.models import Tenant


def time_zone_of(schema: str) -> str:
    """The firm's time zone, "UTC" for a schema without one."""
    found = Tenant.objects.filter(schema_name=schema).values_list("time_zone", flat=True).first()
    return found or "UTC"
