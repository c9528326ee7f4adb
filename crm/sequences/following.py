"""What a sequence's state means for those in it: whoever was held goes on, or all are stopped, in the background."""

from typing import Any

from accounts.permissions import Permission
from crm.sequences.ending import stop_all
from crm.sequences.models import Enrollment, Sequence
from crm.sequences.schemas import Followed
from realtime.functions import Context, Id, NotFound, mutation
from workflows import send_event

#: Enrollments of one transaction.
CHUNK = 100


@mutation(permission=Permission.SYSTEM)
def follow_chunk(ctx: Context, *, sequence_id: Id, after_id: int) -> Followed:
    """Stir the next enrollments that wait for an active sequence, or stop the next ones of an archived one."""
    row = Sequence.objects.filter(pk=sequence_id).first()
    if row is None or row.state not in (Sequence.State.ACTIVE, Sequence.State.ARCHIVED):
        return {"after_id": None}
    live: Any = Enrollment.objects.filter(sequence=sequence_id, finished_at__isnull=True, pk__gt=after_id)
    if row.state == Sequence.State.ACTIVE:
        live = live.filter(is_held=True)
    found = dict(live.order_by("pk").values_list("pk", "run_id")[:CHUNK])
    if row.state == Sequence.State.ACTIVE:
        for run_id in found.values():
            stir(run_id)
    else:
        stop_all(ctx, Enrollment.objects.filter(pk__in=list(found)), Enrollment.StopReason.SEQUENCE)
    return {"after_id": max(found) if len(found) == CHUNK else None}


@mutation(permission=Permission.SYSTEM)
def leave_chunk(ctx: Context, *, step_id: Id, after_id: int) -> Followed:
    """Stir the next enrollments that stand at a step which was deleted."""
    at_step = Enrollment.objects.filter(step=step_id, finished_at__isnull=True, pk__gt=after_id)
    found = dict(at_step.order_by("pk").values_list("pk", "run_id")[:CHUNK])
    for run_id in found.values():
        stir(run_id)
    return {"after_id": max(found) if len(found) == CHUNK else None}


def stir(run_id: int | None) -> None:
    """Let an enrollment's run look again what there is to do; one that is no longer under way has nothing."""
    if run_id is not None:
        try:
            send_event(run_id, "stir")
        except NotFound:
            return
