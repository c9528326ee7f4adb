"""A mail that came to a mailbox: put into its thread, onto the timeline and before the owner's eyes; once.

The same for what the member sent in another program, so that a thread has both sides.
"""

from collections.abc import Sequence
from typing import Annotated

from django.conf import settings
from django.utils.text import Truncator
from pydantic import Base64Bytes, Field

from accounts.permissions import Permission
from crm.activities.subjects import standing_on, title_of
from crm.contacts.models import Contact, EmailAddress
from crm.mail.attaching import keep_files
from crm.mail.bounces import is_gone, record_bounce
from crm.mail.listeners import tell_replied
from crm.mail.models import Mailbox, MailDelivery, MailMessage, MailThread
from crm.mail.parsing import Incoming, parse
from crm.mail.schemas import LeftOut, NewFile, NewFiles, Received
from crm.mail.sending import write_activity
from crm.mail.tokens import read_token
from crm.mail.unsubscribing import unsubscribe
from crm.notifications.sending import notify
from realtime.functions import Context, Id, mutation
from realtime.functions.inserts import insert

#: The bytes of a mail; as base64 on the way, as arguments are JSON.
Raw = Annotated[Base64Bytes, Field(max_length=10_000_000)]


@mutation(permission=Permission.SYSTEM)
def receive_message(
    ctx: Context,
    *,
    raw: Raw,
    mailbox_id: Id | None = None,
    uploads: NewFiles | None = None,
    left_out: LeftOut | None = None,
) -> Received:
    """Take in a mail (RFC 5322) that came to a mailbox: into the thread that it answers, else to whom it is from.

    The same Message-ID is stored once. A bounce marks what came back, and what a mail program sends to unsubscribe is
    honoured. A mail of nobody whom the firm knows is not kept: the mailbox is a person's own. ``uploads`` are the
    files that it brought along, stored already, ``left_out`` the names of those that were too large.
    """
    mail = parse(raw)
    if mail.is_report:
        return _bounced(ctx, mail)
    if mail.unsubscribing and _honoured(ctx, mail):
        return {"outcome": "unsubscribed", "message_id": None}
    known = _known(mail)
    if known is not None:
        return {"outcome": "known", "message_id": known}
    place = _place_of(mail, mailbox_id)
    if place is None:
        return {"outcome": "ignored", "message_id": None}
    contact, before = place
    message = _new(ctx, mail, contact, before)
    _store(ctx, message, mail, contact, before, uploads or (), left_out or ())
    if not message.is_automatic:
        _tell_owner(ctx, message, contact)
        tell_replied(ctx, message)
    return {"outcome": "stored", "message_id": message.pk}


@mutation(permission=Permission.SYSTEM)
def take_sent_message(
    ctx: Context,
    *,
    raw: Raw,
    mailbox_id: Id,
    uploads: NewFiles | None = None,
    left_out: LeftOut | None = None,
) -> Received:
    """Take in a mail that a member sent to a contact in another program.

    It goes into the thread that it goes on from, else a new one. What went out from here is known already; what is to
    nobody whom the firm knows is not kept.
    """
    mail = parse(raw)
    known = _known(mail)
    if known is not None:
        return {"outcome": "known", "message_id": known}
    place = None if mail.is_automatic else _place_of_sent(mail, mailbox_id)
    if place is None:
        return {"outcome": "ignored", "message_id": None}
    contact, before, address = place
    message = _new(ctx, mail, contact, before)
    message.direction, message.to_address = MailMessage.Direction.OUT, address
    message.member_id = _reader(mailbox_id)[0]
    _store(ctx, message, mail, contact, before, uploads or (), left_out or ())
    return {"outcome": "stored", "message_id": message.pk}


def is_wanted(mail: Incoming, mailbox_id: int, *, was_sent: bool) -> bool:
    """Whether a mail is one that would be kept: only then its files are worth storing."""
    if mail.is_report or mail.unsubscribing or _known(mail) is not None:
        return False
    place = _place_of_sent(mail, mailbox_id) if was_sent else _place_of(mail, mailbox_id)
    return place is not None


def _known(mail: Incoming) -> int | None:
    """The stored mail of this Message-ID."""
    return MailMessage.objects.filter(message_id=mail.message_id).values_list("pk", flat=True).first()


def _honoured(ctx: Context, mail: Incoming) -> bool:
    """Unsubscribe whom the subject's token names, whoever sent it: only mails of ours carry one."""
    found = read_token(mail.unsubscribing)
    if found is None or found.schema != ctx.schema:
        return False
    proof = f"Email {mail.message_id} from {mail.from_address}, for email {found.message}"
    unsubscribe(ctx, email=found.email, proof=proof[:500])
    return True


def _place_of(mail: Incoming, mailbox_id: int | None) -> tuple[Contact, MailMessage | None] | None:
    """Whose mail it is and what it answers; None for one that is not kept."""
    member_id, own = _reader(mailbox_id)
    before = _answered(mail)
    contact = before.contact if before is not None else _contact_of([mail.from_address], member_id)
    return None if contact is None or mail.from_address in own else (contact, before)


def _place_of_sent(mail: Incoming, mailbox_id: int) -> tuple[Contact, MailMessage | None, str] | None:
    """To which contact a sent mail went, what it goes on from, and the address; None for one that is not kept.

    A mail of a thread that was passed on to a colleague is none to the contact.
    """
    before = _answered(mail)
    if before is not None:
        known = EmailAddress.objects.filter(contact=before.contact).values_list("address", flat=True)
        theirs = {*known, before.from_address.lower(), before.to_address.lower()}
        address = next((each for each in mail.recipients if each in theirs), None)
        return (before.contact, before, address) if address else None
    contact = _contact_of(mail.recipients, _reader(mailbox_id)[0])
    if contact is None:
        return None
    own = EmailAddress.objects.filter(contact=contact, address__in=mail.recipients)
    return contact, None, str(own.values_list("address", flat=True)[0])


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


def _contact_of(addresses: Sequence[str], member_id: int | None) -> Contact | None:
    """The contact who has an address; of several the one whose owner's mailbox it is, else the oldest."""
    wanted = [each for each in addresses if each]
    if not wanted:
        return None
    rows = EmailAddress.objects.filter(address__in=wanted, contact__archived_at=None)
    found = [row.contact for row in rows.select_related("contact").order_by("contact_id")[:20]]
    return next((each for each in found if member_id and each.owner_id == member_id), next(iter(found), None))


def _new(ctx: Context, mail: Incoming, contact: Contact, before: MailMessage | None) -> MailMessage:
    """The mail as it is to be written."""
    moment = min(mail.sent_at or ctx.now, ctx.now)
    return MailMessage(
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


def _store(
    ctx: Context, message: MailMessage, mail: Incoming, contact: Contact, before: MailMessage | None,
    uploads: Sequence[NewFile], left_out: Sequence[str],
) -> None:  # fmt: skip
    """Write the mail, its thread, its entry on the timeline and its files."""
    message.thread = _thread(message, contact, before)
    message.activity = write_activity(ctx, message, contact, said=mail.said)
    message.file_ids, message.left_out = keep_files(ctx, message, uploads), list(left_out)
    insert(message)
    changes = {"contact_id": [None, contact.pk], "direction": [None, message.direction]}
    ctx.audit("mail_message", message.pk, changes)


def _thread(message: MailMessage, contact: Contact, before: MailMessage | None) -> MailThread:
    """The thread that it belongs to, with it at its end: unread if a person wrote it, read if the member answered."""
    has_come = message.direction == MailMessage.Direction.IN
    unread = has_come and not message.is_automatic
    if before is None:
        thread = MailThread(
            **standing_on(contact), title=message.subject, last_message_at=message.occurred_at, unread=unread
        )
        insert(thread)
        return thread
    thread = before.thread
    thread.last_message_at = max(thread.last_message_at, message.occurred_at)
    thread.unread = (thread.unread or unread) if has_come else False
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
