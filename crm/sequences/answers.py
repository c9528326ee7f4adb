"""What a contact's answer means for the sequences that they are in; called in the transaction that writes it down."""

from typing import Any

from crm.mail.models import MailMessage
from crm.sequences.ending import stop_all
from crm.sequences.models import Enrollment, Visit
from realtime.functions import Context


def stop_by_reply(ctx: Context, message: MailMessage) -> None:
    """End the contact's sequences that end by a reply; the step whose mail was answered counts it.

    A mail that answers none of a sequence's still ends it: who writes does not want to be written to by a machine.
    """
    if message.enrollment_id is not None:
        _count_reply(message)
    of_contact = Enrollment.objects.filter(contact=message.contact_id, sequence__stop_on_reply=True)
    stop_all(ctx, of_contact, Enrollment.StopReason.REPLIED)


def _count_reply(message: MailMessage) -> None:
    """Note a reply at the step whose mail it answers, or at the latest one that sent a mail."""
    sent = Visit.objects.filter(enrollment=message.enrollment_id, message_id__isnull=False)
    answered: Any = MailMessage.objects.filter(message_id=message.in_reply_to or None).values("pk")
    visit = sent.filter(message_id__in=answered).first() or sent.order_by("-id").first()
    if visit is not None and not visit.replied:
        visit.replied = True
        visit.save(update_fields=["replied"])


def stop_by_unsubscribing(ctx: Context, contact_id: int | None, email: str) -> None:
    """End all sequences of a contact who wants no more emails."""
    if contact_id is not None:
        stop_all(ctx, Enrollment.objects.filter(contact=contact_id), Enrollment.StopReason.UNSUBSCRIBED)


def count_seen(ctx: Context, message_id: int, how: str) -> None:
    """Note at the step whose mail it was that it was "opened" or "clicked"."""
    sent = MailMessage.objects.filter(pk=message_id, enrollment_id__isnull=False)
    enrollment_id = sent.values_list("enrollment_id", flat=True).first()
    if enrollment_id is not None:
        visits = Visit.objects.filter(enrollment=enrollment_id, message_id=message_id)
        visits.update(**{how: True})
