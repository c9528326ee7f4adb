"""How long the histories of automations are kept: rows older than AUTOMATION_HISTORY_DAYS go, unless their run is
still under way. Runs themselves, with their timelines, go earlier, by their workflow's retention."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from crm.automations.models import AutomationRun
from workflows.kinds import Again, due
from workflows.runs.models import Run
from workflows.schedule import schedule_tenants

DAY = timedelta(days=1)
BATCH = 1000


@due("automations.keep", every=DAY)
def tend_tenants(_ref: int) -> Again:
    """Give every tenant its turn within the day."""
    schedule_tenants("automations.keep_tenant", DAY)
    return None


@due("automations.keep_tenant")
def tend_tenant(_ref: int) -> Again:
    """Clean one tenant's histories; comes again at once when there is more to clean."""
    return timedelta(0) if delete_old() >= BATCH else None


def delete_old() -> int:
    """Delete the oldest rows that nobody needs any more, up to BATCH of them; returns how many.

    Whether a record has come by is asked for as long as the change log goes back, which is days: months are enough.
    """
    before = timezone.now() - timedelta(days=settings.AUTOMATION_HISTORY_DAYS)
    under_way = Run.objects.filter(pk=OuterRef("run_id"), finished_at=None)
    # By id, which is by time, so that the oldest are found at the beginning of the primary key.
    old = AutomationRun.objects.filter(~Exists(under_way), started_at__lt=before).order_by("pk")
    ids = list(old.values_list("pk", flat=True)[:BATCH])
    AutomationRun.objects.filter(pk__in=ids).delete()
    return len(ids)
