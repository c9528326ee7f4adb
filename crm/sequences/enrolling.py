"""Enrolling contacts: the row and its run, in one transaction."""

import re

from accounts.permissions import Permission
from accounts.roles.policy import get_visible, member_id_of, require
from crm.contacts.models import Contact
from crm.mail.refusals import REFUSALS, refusal_of
from crm.sequences.doing import ENDING
from crm.sequences.hearing import begin_to_hear
from crm.sequences.models import Enrollment, Sequence
from crm.sequences.turns import enter_first
from realtime.functions import Conflict, Context, NotFound, Phrase
from workflows import start

#: How a run's steps sign what they do.
_RUN = re.compile(r"^run-(\d+)-")
NOT_ACTIVE = {
    Sequence.State.DRAFT: "The sequence is a draft: publish it first.",
    Sequence.State.PAUSED: "The sequence is paused: resume it first.",
    Sequence.State.ARCHIVED: "The sequence is archived.",
}


def active_sequence(sequence_id: int) -> Sequence:
    """The sequence, if contacts may begin it; NotFound or Conflict."""
    row = Sequence.objects.filter(pk=sequence_id).first()
    if row is None:
        raise NotFound("There is no sequence with this id.")
    if row.state != Sequence.State.ACTIVE:
        raise Conflict(NOT_ACTIVE[Sequence.State(row.state)])
    return row


def editable_contact(ctx: Context, contact_id: int) -> Contact:
    """The contact that the actor may enrol, locked; NotFound out of sight, Forbidden if they may only look."""
    live = Contact.objects.select_for_update(of=("self",), no_key=True).filter(archived_at=None)
    try:
        contact: Contact = get_visible(ctx, Permission.CONTACT_VIEW, live, contact_id)
    except NotFound:
        raise NotFound("There is no contact with this id.") from None
    require(ctx, Permission.CONTACT_EDIT, contact)
    return contact


def _run_of(ctx: Context) -> int | None:
    """The run whose step this is, by its request id."""
    found = _RUN.match(ctx.request_id or "")
    return int(found[1]) if found else None


def origin_of(run_id: int) -> int:
    """The automation's run that enrolled the contact whom a run is about; other runs are their own origin."""
    found = Enrollment.objects.filter(run_id=run_id).values_list("origin_run_id", flat=True).first()
    return found or run_id


def enroll(ctx: Context, sequence: Sequence, contact: Contact, origin: str) -> Enrollment:
    """Enrol a locked contact. Conflict if they are in the sequence, or want no emails."""
    if Enrollment.objects.filter(sequence=sequence, contact=contact, finished_at__isnull=True).exists():
        raise Conflict(Phrase("The contact is in %(sequence)s already.", sequence=sequence.name))
    refusal = refusal_of(contact, contact.email.strip().lower())
    if refusal in ENDING:
        raise Conflict(str(REFUSALS[refusal]))
    row = Enrollment.objects.create(
        subject="contact",
        contact=contact,
        sequence=sequence,
        owner_id=contact.owner_id,
        team_id=contact.team_id,
        origin=origin,
        first_stage_id=contact.stage_id,
        origin_run_id=_run_of(ctx),
        enrolled_by_id=member_id_of(ctx),
    )
    args = {"enrollment_id": row.pk, "contact_id": contact.pk}
    row.run_id = start("sequences.enrollment", args, key=str(row.pk))
    enter_first(ctx, row, contact)
    begin_to_hear()
    ctx.audit("enrollment", row.pk, {"contact_id": [None, contact.pk], "sequence_id": [None, sequence.pk]})
    return row
