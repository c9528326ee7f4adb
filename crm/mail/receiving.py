"""A mail that came to a mailbox: put into its thread, onto the timeline and before the owner's eyes; once."""

from typing import Annotated

from django.conf import settings
from django.utils.text import Truncator
from pydantic import Base64Bytes, Field

from accounts.permissions import Permission
from crm.activities.subjects import standing_on, title_of
from crm.contacts.models import Contact, EmailAddress
from crm.mail.bounces import record_bounce
from crm.mail.delivering import is_gone
from crm.mail.listeners import tell_replied
from crm.mail.models import Mailbox, MailDelivery, MailMessage, MailThread
from crm.mail.parsing import Incoming, parse
from crm.mail.schemas import Received
from crm.mail.sending import write_activity
from crm.notifications.sending import notify
from realtime.functions import Context, Id, mutation
from realtime.functions.inserts import insert

#: The bytes of a mail; as base64 on the way, as arguments are JSON.
Raw = Annotated[Base64Bytes, Field(max_length=10_000_000)]


@mutation(permission=Permission.SYSTEM)
def receive_message(ctx: Context, *, raw: Raw, mailbox_id: Id | None = None) -> Received:
    """Take in a mail (RFC 5322) that came to a mailbox: into the thread that it answers, else to whom it is from.

    The same Message-ID is stored once. A bounce marks what came back. A mail of nobody whom the firm knows is not
    kept: the mailbox is a person's own.
    """
    mail = parse(raw)
    if mail.is_report:
        return _bounced(ctx, mail)
    known = MailMessage.objects.filter(message_id=mail.message_id).values_list("pk", flat=True).first()
    if known is not None:
        return {"outcome": "known", "message_id": known}
    member_id, own = _reader(mailbox_id)
    before = _answered(mail)
    contact = before.contact if before is not None else _contact_of(mail, member_id)
    if contact is None or mail.from_address in own:
        return {"outcome": "ignored", "message_id": None}
    message = _store(ctx, mail, contact, before)
    if not message.is_automatic:
        _tell_owner(ctx, message, contact)
        tell_replied(ctx, message)
    return {"outcome": "stored", "message_id": message.pk}


def _reader(mailbox_id: int | None) -> tuple[int | None, set[str]]:
    """Whose mailbox it came to, and the addresses that mails from here have."""
    own = {settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">").lower()}
    found = Mailbox.objects.none() if mailbox_id is None else Mailbox.objects.filter(pk=mailbox_id)
    row = found.values_list("member_id", "address").first()
    return (None, own) if row is None else (row[0], own | {row[1]})


def _answered(mail: Incoming) -> MailMessage | None:
    """The mail that this one answers: by In-Reply-To, else the latest that References name."""
    ids = list(dict.fromkeys([mail.in_reply_to, *reversed(mail.reference_ids)]))
    rows = MailMessage.objects.select_related("thread", "contact").filter(
        message_id__in=[i for i in ids if i]
    )
    found = {row.message_id: row for row in rows}
    return next((found[each] for each in ids if each in found), None)


def _contact_of(mail: Incoming, member_id: int | None) -> Contact | None:
    """The contact who has the sender's address; of several the one whose owner's mailbox it is, else the oldest."""
    if not mail.from_address:
        return None
    rows = EmailAddress.objects.filter(address=mail.from_address, contact__archived_at=None)
    found = [row.contact for row in rows.select_related("contact").order_by("contact_id")[:20]]
    return next((each for each in found if member_id and each.owner_id == member_id), next(iter(found), None))


def _store(ctx: Context, mail: Incoming, contact: Contact, before: MailMessage | None) -> MailMessage:
    """Write the mail, its thread and its entry on the timeline."""
    moment = min(mail.sent_at or ctx.now, ctx.now)
    message = MailMessage(
        contact=contact,
        enrollment_id=before.enrollment_id if before else None,
        message_id=mail.message_id,
        in_reply_to=mail.in_reply_to,
        reference_ids=mail.reference_ids,
        direction=MailMessage.Direction.IN,
        from_address=mail.from_address,
        from_name=mail.from_name,
        to_address=mail.to_address,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        is_automatic=mail.is_automatic,
        occurred_at=moment,
    )
    message.thread = _thread(ctx, message, contact, before)
    message.activity = write_activity(ctx, message, contact, said=mail.said)
    insert(message)
    ctx.audit("mail_message", message.pk, {"contact_id": [None, contact.pk], "direction": [None, "in"]})
    return message


def _thread(ctx: Context, message: MailMessage, contact: Contact, before: MailMessage | None) -> MailThread:
    """The thread that it belongs to, unread and at its end."""
    unread = not message.is_automatic
    if before is None:
        thread = MailThread(
            **standing_on(contact), title=message.subject, last_message_at=message.occurred_at, unread=unread
        )
        insert(thread)
        return thread
    thread = before.thread
    thread.last_message_at = max(thread.last_message_at, message.occurred_at)
    thread.unread = thread.unread or unread
    thread.save(update_fields=["last_message_at", "unread", "updated_at"])
    return thread


def _tell_owner(ctx: Context, message: MailMessage, contact: Contact) -> None:
    if contact.owner_id is not None and contact.archived_at is None:
        title = f"{title_of(contact) or message.from_address}: {message.subject}"
        notify(ctx, contact.owner_id, "mail", Truncator(title).chars(200), f"/mail/{message.thread_id}/")


def _bounced(ctx: Context, mail: Incoming) -> Received:
    """Note what came back; only mails that went out from here count, whatever a report says."""
    if mail.failure is None:
        return {"outcome": "bounce", "message_id": None}
    about = [*mail.about, mail.in_reply_to, *mail.reference_ids]
    found = MailDelivery.objects.filter(
        message__message_id__in=[each for each in about if each],
        state__in=[MailDelivery.State.SENT, MailDelivery.State.SENDING],
    )
    delivery = found.order_by("-pk").first()
    if delivery is None:
        return {"outcome": "bounce", "message_id": None}
    reason = f"{mail.failure.status} {mail.failure.words}"
    record_bounce(ctx, delivery_id=delivery.pk, reason=reason, is_gone=is_gone(reason))
    return {"outcome": "bounce", "message_id": delivery.message_id}
