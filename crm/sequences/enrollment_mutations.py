"""Enrolling contacts, and pausing, resuming, skipping and ending enrollments."""

from typing import Annotated

from django.db import IntegrityError, transaction
from pydantic import Field

from accounts.permissions import Permission
from accounts.roles.policy import acting_member_id, can, member_id_of
from crm.filters.grammar import Filter
from crm.records.schemas import BatchResult
from crm.sequences.ending import stop_all
from crm.sequences.enrolling import active_sequence, editable_contact, enroll
from crm.sequences.following import stir
from crm.sequences.intakes import FILTER, chosen_contacts
from crm.sequences.models import Enrollment, Intake, Sequence
from crm.sequences.queries import get_enrollment, seen_enrollments
from crm.sequences.schemas import Enrolled, EnrollmentDetail, Unenrolled
from realtime.functions import Conflict, Context, Forbidden, FunctionError, Id, NotFound, invalid, mutation
from workflows import start

ENROLL = Permission.SEQUENCE_ENROLL
#: Of a filter's contacts so many are counted beforehand.
MOST_COUNTED = 10_000
ContactIds = Annotated[list[Id], Field(min_length=1, max_length=200)]


@mutation(permission=ENROLL)
def enroll_contact(ctx: Context, *, sequence_id: Id, contact_id: Id) -> EnrollmentDetail:
    """Let a contact that you may change begin a sequence.

    Conflict if they are in it already, want no emails, or if the sequence is not active.
    """
    row = _enroll(ctx, active_sequence(sequence_id), contact_id)
    return get_enrollment(ctx, enrollment_id=row.pk)


@mutation(permission=ENROLL)
def enroll_contacts(
    ctx: Context,
    *,
    sequence_id: Id,
    contact_ids: ContactIds | None = None,
    filter: Filter | None = None,
    again: bool = False,
) -> Enrolled:
    """Enrol up to 200 contacts, with a result for each; or all that a filter chooses among those that you may change.

    The filter's are enrolled in the background, as you may see them then; GET /sequences/{id}/intakes says how far
    it is. Who was in the sequence before is passed over, unless ``again``. A filter is as in docs/filters.md.
    """
    if (contact_ids is None) == (filter is None):
        raise invalid("contact_ids", "Give contact_ids or filter, one of them.", "one_of")
    sequence = active_sequence(sequence_id)
    if contact_ids is not None:
        ids = list(dict.fromkeys(contact_ids))
        results = [_result(ctx, index, sequence, contact_id) for index, contact_id in enumerate(ids)]
        return {"results": results, "intake_id": None, "expected": len(ids)}
    # Refuses a wrong filter now, not in the background.
    expected = chosen_contacts(ctx, filter)[: MOST_COUNTED + 1].count()
    row = Intake.objects.create(
        sequence=sequence, member_id=acting_member_id(ctx), filter=FILTER.dump_python(filter, mode="json"),
        again=again, expected=expected if expected <= MOST_COUNTED else None,
    )  # fmt: skip
    row.run_id = start("sequences.intake", {"intake_id": row.pk})
    row.save(update_fields=["run_id"])
    ctx.audit("sequence", sequence.pk, {"intake": [None, row.pk]})
    return {"results": [], "intake_id": row.pk, "expected": row.expected}


def _enroll(ctx: Context, sequence: Sequence, contact_id: int) -> Enrollment:
    contact = editable_contact(ctx, contact_id)
    origin = Enrollment.Origin.HAND if member_id_of(ctx) is not None else Enrollment.Origin.AUTOMATION
    return enroll(ctx, sequence, contact, origin)


def _result(ctx: Context, index: int, sequence: Sequence, contact_id: int) -> BatchResult:
    """Enrol one of several; what was written is gone if it is refused."""
    noted = len(ctx.notes)
    try:
        with transaction.atomic():
            row = _enroll(ctx, sequence, contact_id)
    except IntegrityError:
        return _refused(index, Conflict("The contact was enrolled just now."))
    except FunctionError as error:
        del ctx.notes[noted:]
        return _refused(index, error)
    return {"index": index, "id": row.pk, "version": row.version, "error": None}


def _refused(index: int, error: FunctionError) -> BatchResult:
    told = {"status": error.status, "code": error.code, "detail": str(error.detail), "errors": error.errors}
    return {"index": index, "id": None, "version": None, "error": told}


@mutation(permission=ENROLL)
def pause_enrollment(ctx: Context, *, enrollment_id: Id) -> EnrollmentDetail:
    """Let a contact stay where they are. Waits go on meanwhile; what falls due is done when they are resumed."""
    row = _lock(ctx, enrollment_id)
    if row.state == Enrollment.State.ACTIVE:
        _change(ctx, row, Enrollment.State.PAUSED)
    return get_enrollment(ctx, enrollment_id=enrollment_id)


@mutation(permission=ENROLL)
def resume_enrollment(ctx: Context, *, enrollment_id: Id) -> EnrollmentDetail:
    """Let a paused contact go on."""
    row = _lock(ctx, enrollment_id)
    if row.state == Enrollment.State.PAUSED:
        _change(ctx, row, Enrollment.State.ACTIVE)
        stir(row.run_id)
    return get_enrollment(ctx, enrollment_id=enrollment_id)


@mutation(permission=ENROLL)
def skip_step(ctx: Context, *, enrollment_id: Id) -> EnrollmentDetail:
    """Let a contact pass over the step that they are at, be it a wait or an email that is to come."""
    row = _lock(ctx, enrollment_id)
    if row.step_id is None:
        raise Conflict("The contact is at no step right now.")
    row.is_skipping = True
    ctx.audit("enrollment", row.pk, {"skipped": [None, row.step_id]})
    row.version += 1
    row.save()
    stir(row.run_id)
    return get_enrollment(ctx, enrollment_id=enrollment_id)


@mutation(permission=ENROLL)
def stop_enrollment(ctx: Context, *, enrollment_id: Id) -> EnrollmentDetail:
    """Take a contact out of a sequence at once: nothing is done for them after this."""
    _reachable(ctx, enrollment_id)
    stop_all(ctx, Enrollment.objects.filter(pk=enrollment_id), Enrollment.StopReason.BY_HAND)
    return get_enrollment(ctx, enrollment_id=enrollment_id)


@mutation(permission=ENROLL)
def unenroll_contact(ctx: Context, *, contact_id: Id, sequence_id: Id | None = None) -> Unenrolled:
    """Take a contact out of a sequence, or of all they are in."""
    contact = editable_contact(ctx, contact_id)
    chosen = Enrollment.objects.filter(contact=contact)
    if sequence_id is not None:
        chosen = chosen.filter(sequence=sequence_id)
    by_hand = member_id_of(ctx) is not None
    reason = Enrollment.StopReason.BY_HAND if by_hand else Enrollment.StopReason.AUTOMATION
    return {"stopped": stop_all(ctx, chosen, reason)}


def _reachable(ctx: Context, enrollment_id: int) -> Enrollment:
    """The enrollment, in sight and not over; Forbidden if its contact may only be looked at."""
    row: Enrollment | None = seen_enrollments(ctx).filter(pk=enrollment_id).first()
    if row is None:
        raise NotFound("There is no enrollment with this id.")
    if not can(ctx, Permission.CONTACT_EDIT, row):
        raise Forbidden("You may see this contact but not do this with them.")
    if row.finished_at is not None:
        raise Conflict("The contact is no longer in this sequence.")
    return row


def _lock(ctx: Context, enrollment_id: int) -> Enrollment:
    _reachable(ctx, enrollment_id)
    row = Enrollment.objects.select_for_update(of=("self",)).get(pk=enrollment_id)
    if row.finished_at is not None:
        raise Conflict("The contact is no longer in this sequence.")
    return row


def _change(ctx: Context, row: Enrollment, state: str) -> None:
    ctx.audit("enrollment", row.pk, {"state": [row.state, state]})
    row.state = state
    row.version += 1
    row.save()
