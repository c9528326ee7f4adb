"""What goes with a run that somebody starts anew from one of its steps (``WORKFLOWS_FORKED``)."""

from crm.automations.models import AutomationRun
from crm.sequences.models import Enrollment


def follow_fork(run_id: int, forked_id: int) -> None:
    """The new run is in its automation's history, too, and the way through a sequence is the new run's."""
    row = AutomationRun.objects.filter(run_id=run_id).first()
    if row is not None:
        AutomationRun.objects.create(
            automation_id=row.automation_id, number=row.number, run_id=forked_id, object=row.object,
            record_id=row.record_id, record_name=row.record_name, chain=row.chain, waits=row.waits,
        )  # fmt: skip
    Enrollment.objects.filter(run_id=run_id).update(run_id=forked_id)
