"""Where a firm's days begin."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import Tenant
from realtime.reads.fixed import FixedQuery

_ZONE = FixedQuery(lambda schema: Tenant.objects.filter(schema_name=schema).values_list("time_zone"))


def time_zone_of(schema: str) -> str:
    """The firm's time zone, "UTC" for a schema without one."""
    found = _ZONE.rows(schema)
    return (found[0][0] if found else "") or "UTC"


def clock_of(schema: str) -> ZoneInfo:
    """The same as a zone to reckon with; UTC for a name that is no longer known."""
    try:
        return ZoneInfo(time_zone_of(schema))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def tell_of_zone(zone: str) -> None:
    """The current tenant's time zone is another one from now on; part of the transaction that changes it."""
    for path in settings.TIME_ZONE_CHANGED:
        import_string(path)(zone)
