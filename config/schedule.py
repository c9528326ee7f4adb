"""What happens by the clock: the recurring clean-ups. Beat has one tick only, which drains the due index."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from accounts.models import Tenant
from accounts.tenancy import tenant_context
from realtime.functions.models import IdempotencyRecord
from workflows.kinds import Again, due
from workflows.schedule import schedule_due

DAY = timedelta(days=1)
#: Tenants are cleaned one after the other, spread over this time.
SPREAD = timedelta(hours=1)


@due("sessions.clean", every=DAY)
def clean_sessions(_ref: int) -> Again:
    """Drop the sessions that nobody can use any more."""
    Session.objects.filter(expire_date__lt=Now()).delete()
    return None


@due("tenants.clean", every=DAY)
def clean_tenants(_ref: int) -> Again:
    """Give every tenant its own daily clean-up, spread over an hour."""
    tenants = list(Tenant.objects.values_list("schema_name", flat=True))
    for number, schema in enumerate(tenants):
        with tenant_context(schema):
            schedule_due("tenant.clean", 0, delay=SPREAD * number / len(tenants))
    return None


@due("tenant.clean")
def clean_tenant(_ref: int) -> Again:
    """Drop the idempotency records of one tenant that nobody may rely on any more."""
    IdempotencyRecord.objects.filter(created_at__lt=Now() - DAY).delete()
    return None
