"""What happens by the clock: the recurring clean-ups. Beat has one tick only, which drains the due index."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from realtime.functions.models import IdempotencyRecord
from workflows.kinds import Again, due
from workflows.schedule import schedule_tenants

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
    schedule_tenants("tenant.clean", SPREAD)
    return None


@due("tenant.clean")
def clean_tenant(_ref: int) -> Again:
    """Drop the idempotency records of one tenant that nobody may rely on any more."""
    IdempotencyRecord.objects.filter(created_at__lt=Now() - DAY).delete()
    return None
