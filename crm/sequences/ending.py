"""How an enrollment ends, and what ends it at once.

Every turn of a run locks the enrollment and asks first whether it is over. So once a stop has committed, nothing is
done for it any more, and an email that was wanted before and has not gone out is taken back (``crm.mail``). The run is
cancelled in the same transaction: nobody comes back for it days later.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from crm.sequences.models import Enrollment, Visit
from realtime.functions import Context
from workflows import cancel


def live_enrollments() -> QuerySet[Enrollment]:
    """Those that are not over."""
    return Enrollment.objects.filter(finished_at__isnull=True)


def stop_all(ctx: Context, chosen: QuerySet[Enrollment], reason: str) -> int:
    """Stop the chosen enrollments that are not over, with their runs; returns how many there were.

    Runs are locked before enrollments, as by the runs themselves.
    """
    live = chosen.filter(finished_at__isnull=True)
    found = dict(live.order_by("run_id").values_list("pk", "run_id"))
    for run_id in found.values():
        if run_id is not None:
            cancel(run_id, missing_ok=True)
    locked = live.select_for_update(of=("self",)).filter(pk__in=list(found)).order_by("pk")
    return sum(end(ctx, row, Enrollment.State.STOPPED, reason) for row in locked)


def end(ctx: Context, row: Enrollment, state: str, reason: str = "") -> bool:
    """End a locked enrollment, and the stay at its step."""
    if row.finished_at is not None:
        return False
    now = _now(ctx)
    if row.step_id is not None and state == Enrollment.State.STOPPED:
        leave(row, Visit.State.STOPPED, now)
    row.state, row.stop_reason, row.finished_at = state, reason, now
    row.next_at, row.is_held, row.is_skipping, row.place_date = None, False, False, None
    row.version += 1
    row.save()
    ctx.audit("enrollment", row.pk, {"state": [None, state], "stop_reason": [None, reason]})
    if state == Enrollment.State.STOPPED:
        take_back_mail([row.pk])
    return True


def leave(
    row: Enrollment, state: str, now: datetime, *, message_id: int | None = None, note: str = ""
) -> None:
    """Note how the stay at the enrollment's step ended."""
    here = Visit.objects.filter(enrollment=row, step=row.step_id, state=Visit.State.HERE)
    here.update(state=state, left_at=now, message_id=message_id, note=note[:200])


def take_back_mail(enrollment_ids: Iterable[int]) -> None:
    """Let no mail go out that the enrollments wanted and that waits to be delivered."""
    from crm.mail.models import MailDelivery

    waiting = MailDelivery.objects.filter(
        message__enrollment_id__in=list(enrollment_ids), state=MailDelivery.State.QUEUED
    )
    ids = list(waiting.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    MailDelivery.objects.filter(pk__in=ids).update(state=MailDelivery.State.SUPPRESSED, error="stopped")


def _now(ctx: Context) -> datetime:
    return ctx.now or timezone.now()
