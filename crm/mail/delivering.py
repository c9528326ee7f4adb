"""Background work: handing a mail to the mail server, as often as it takes, always as the same mail.

Before every attempt the delivery is taken in a transaction that asks again whether the contact may be written to:
who unsubscribes in the meantime gets nothing. A worker that dies after that leaves "sending"; the next one sends
the same Message-ID again, which mail servers and programs take for the one mail that it is.
"""

import smtplib

from django.db import transaction
from django.db.models.functions import Now

from accounts.actor import system_context
from accounts.jobs import LEASE, PAUSES, refusal
from crm.mail.bounces import is_gone
from crm.mail.composing import compose
from crm.mail.copying import mailbox_for_copy
from crm.mail.models import MailDelivery
from crm.mail.refusals import refusal_of
from realtime.functions.call import call
from realtime.schema import current_schema
from workflows.kinds import Again, Settle, due_outside
from workflows.schedule import schedule_due

State = MailDelivery.State


@due_outside("mail.delivery", lease=LEASE)
def deliver(delivery_id: int) -> Settle:
    """Hand one mail to the mail server. At least once: all copies of one carry the same Message-ID."""
    delivery = _take(delivery_id)
    if delivery is None:
        return lambda: None
    if delivery.attempts > len(PAUSES) + 1:
        return lambda: _note_failure(delivery, "given up", final=True)
    try:
        compose(current_schema(), delivery.message).send()
    except smtplib.SMTPRecipientsRefused as error:
        reason = refusal(error)
        return lambda: _note_refusal(delivery, reason)
    except (OSError, smtplib.SMTPException) as error:
        reason = f"{type(error).__name__}: {error}"
        return lambda: _note_failure(delivery, reason, final=delivery.attempts > len(PAUSES))
    return lambda: _note_success(delivery)


@transaction.atomic
def _take(delivery_id: int) -> MailDelivery | None:
    """The delivery, its attempt counted; None if it is over, or if the contact may not be written to any more."""
    rows = MailDelivery.objects.select_for_update(of=("self",)).select_related("message__contact")
    delivery = rows.filter(pk=delivery_id, state__in=[State.QUEUED, State.SENDING]).first()
    if delivery is None:
        return None
    refused = refusal_of(delivery.message.contact, delivery.address)
    if refused is not None:
        delivery.state, delivery.error = State.SUPPRESSED, refused
    else:
        # The start is counted before the delivery: one that kills its worker is given up as well.
        delivery.state, delivery.attempts = State.SENDING, delivery.attempts + 1
    delivery.save(update_fields=["state", "error", "attempts"])
    return delivery if refused is None else None


def _note_success(delivery: MailDelivery) -> Again:
    sent = MailDelivery.objects.filter(pk=delivery.pk, state=State.SENDING)
    if sent.update(state=State.SENT, sent_at=Now(), error="") and mailbox_for_copy(delivery.message):
        schedule_due("mail.copy", delivery.pk)
    return None


def _note_failure(delivery: MailDelivery, reason: str, *, final: bool) -> Again:
    """Keep the reason; answers when to try again, None when the mail is given up."""
    state = State.FAILED if final else State.QUEUED
    MailDelivery.objects.filter(pk=delivery.pk).update(state=state, error=reason[:400])
    return None if final else PAUSES[min(delivery.attempts, len(PAUSES)) - 1]


def _note_refusal(delivery: MailDelivery, reason: str) -> Again:
    """The recipient was refused: for now, for good, or because there is no such address."""
    if reason[:1] != "5":
        return _note_failure(delivery, reason, final=delivery.attempts > len(PAUSES))
    if not is_gone(reason):
        return _note_failure(delivery, reason, final=True)
    call(
        "mail.record_bounce", system_context(current_schema()), {"delivery_id": delivery.pk, "reason": reason}
    )
    return None
