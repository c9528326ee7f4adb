"""Wanting a mail to a contact: ``queue_mail`` writes it into the caller's transaction, due work delivers it.

The mail and its Message-ID are fixed here, so that however often a delivery is tried, it is the same mail. All
mails of one enrollment, and those that answer others, share a thread by In-Reply-To and References (RFC 5322,
3.6.4).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.html import escape, linebreaks, urlize

from accounts.permissions import Permission
from accounts.roles.models import Member
from accounts.roles.policy import get_visible, member_id_of
from crm.activities import last_activity
from crm.activities.models import Activity
from crm.activities.subjects import standing_on
from crm.contacts.models import Contact
from crm.mail.attaching import check_size, keep_files, known_files
from crm.mail.merging import check_places, merge, values_for
from crm.mail.models import Mailbox, MailDelivery, MailMessage, MailTemplate, MailThread
from crm.mail.refusals import refusal_of
from crm.mail.rows import message_row
from crm.mail.schemas import MessageRow, NewFile
from realtime.functions import Context, NotFound, invalid
from realtime.functions.inserts import insert
from workflows.schedule import schedule_due

#: How many of the latest ids a References header keeps; the first one stays, too (RFC 5322 lets a reader shorten it).
MOST_REFERENCES = 20
#: A mailbox that was away so many times in a row is not being read.
OFTEN = 3
#: Of a mail, what stands on the timeline; the whole of it is in the thread.
MOST_ON_TIMELINE = 10_000


@dataclass(frozen=True, slots=True)
class Text:
    """What a mail says, merge fields filled in."""

    subject: str
    body: str


def queue_mail(
    ctx: Context,
    *,
    contact_id: int,
    subject: str = "",
    body: str = "",
    template_id: int | None = None,
    sender_member_id: int | None = None,
    reply_to_message_id: int | None = None,
    enrollment_id: int | None = None,
    key: str,
    is_merged: bool = False,
    uploads: Sequence[NewFile] = (),
    file_ids: Sequence[int] = (),
) -> MessageRow:
    """Write a mail to a contact's primary address and let it be delivered; part of the caller's transaction.

    ``key`` names the mail: a second call with it answers the first one's row. An empty subject or body is the
    template's; an empty subject in a thread is "Re: " and the thread's. Answers go to the sender, who is the acting
    member if none is named. ``is_merged`` leaves the text as it is. ``uploads`` are stored files, which become
    attachments of the mail's entry on the timeline; ``file_ids`` attachments that the contact has.

    A contact who must not be written to (``crm.mail.refusals``) gets nothing: the row's ``state`` is "suppressed"
    and its ``error`` says why. NotFound for a contact, template or earlier mail that is not there or out of sight;
    InvalidInput for an unknown merge field or a mail that says nothing.
    """
    contact = _lock_contact(ctx, contact_id)
    known = MailMessage.objects.filter(key=key).values_list("pk", flat=True).first()
    if known is not None:
        return message_row(ctx, known)
    sender = sender_of(ctx, sender_member_id, contact)
    before = _message_before(contact, reply_to_message_id, enrollment_id)
    template = _template(template_id)
    text = _text(ctx, contact, sender, before, subject, body, template, is_merged)
    message = _new_message(contact, sender, text, key=key, template=template, enrollment_id=enrollment_id)
    message.occurred_at = ctx.now
    _join_thread(ctx, message, contact, before)
    _deliver(ctx, message, contact, uploads, file_ids)
    return message_row(ctx, message.pk)


def contact_in_sight(ctx: Context, contact_id: int, found: Any = None) -> Contact:
    """The contact, if the actor sees it, else NotFound."""
    try:
        contact: Contact = get_visible(
            ctx, Permission.CONTACT_VIEW, Contact.objects.all() if found is None else found, contact_id
        )
    except NotFound:
        raise NotFound("There is no contact with this id.") from None
    return contact


def _lock_contact(ctx: Context, contact_id: int) -> Contact:
    """The same, locked, so that two mails to them do not begin one thread each."""
    rows = Contact.objects.select_for_update(of=("self",), no_key=True)
    return contact_in_sight(ctx, contact_id, rows)


def refusal_in_sight(ctx: Context, contact_id: int) -> str | None:
    """Why a contact gets no mail (``crm.mail.refusals``), None if nothing stands against it; NotFound out of sight."""
    contact = contact_in_sight(ctx, contact_id)
    return refusal_of(contact, contact.email.strip().lower())


def sender_of(ctx: Context, sender_member_id: int | None, contact: Contact) -> Member | None:
    """The member who writes: the named one, else who acts, else the contact's owner."""
    wanted = sender_member_id or member_id_of(ctx) or contact.owner_id
    return Member.objects.filter(pk=wanted, is_active=True).first() if wanted else None


def _message_before(
    contact: Contact, reply_to_message_id: int | None, enrollment_id: int | None
) -> MailMessage | None:
    """The mail that the new one follows in its thread."""
    found = MailMessage.objects.select_related("thread").filter(contact=contact)
    if reply_to_message_id is not None:
        message = found.filter(pk=reply_to_message_id).first()
        if message is None:
            raise NotFound("There is no email with this id in the contact's threads.")
        return message
    if enrollment_id is None:
        return None
    # What was never sent is in nobody's mailbox: the thread goes on from what was.
    sent = found.filter(enrollment_id=enrollment_id).exclude(delivery__state="suppressed")
    return sent.order_by("-pk").first()


def _template(template_id: int | None) -> MailTemplate | None:
    if template_id is None:
        return None
    found = MailTemplate.objects.filter(pk=template_id).first()
    if found is None:
        raise NotFound("There is no email template with this id.")
    return found


def _text(
    ctx: Context, contact: Contact, sender: Member | None, before: MailMessage | None, subject: str, body: str,
    template: MailTemplate | None, is_merged: bool,
) -> Text:  # fmt: skip
    """The finished subject and body."""
    if template is not None:
        subject, body = subject or template.subject, body or template.body
    if not is_merged:
        check_places("subject", subject)
        check_places("body", body)
        values = values_for(ctx, contact, sender)
        subject, body = merge(subject, values).text, merge(body, values).text
    subject = " ".join(subject.split()) or _subject_again(before)
    if not subject:
        raise invalid("subject", "Write a subject.", "required")
    if not body.strip():
        raise invalid("body", "Write something.", "required")
    return Text(subject[:200], body.replace("\r\n", "\n").strip())


def _subject_again(before: MailMessage | None) -> str:
    title = before.thread.title if before is not None else ""
    return title if not title or title.lower().startswith("re:") else f"Re: {title}"


def _new_message(
    contact: Contact, sender: Member | None, text: Text, *, key: str, template: MailTemplate | None,
    enrollment_id: int | None,
) -> MailMessage:  # fmt: skip
    name, address = sender_address(sender)
    return MailMessage(
        contact=contact,
        member=sender,
        template=template,
        enrollment_id=enrollment_id,
        key=key[:200],
        message_id=f"{uuid.uuid4().hex}@{address.rpartition('@')[2]}",
        direction=MailMessage.Direction.OUT,
        from_address=address,
        from_name=name,
        to_address=contact.email,
        reply_to=reply_address(sender),
        subject=text.subject,
        text=text.body,
        html=as_html(text.body),
    )


def sender_address(sender: Member | None) -> tuple[str, str]:
    """Name and address that mails come from: the member's name, the deployment's address (which alone may send)."""
    name, _at, rest = settings.DEFAULT_FROM_EMAIL.rpartition("<")
    return (sender.name if sender else name.strip().strip('"')), rest.rstrip(">").strip()


def reply_address(sender: Member | None) -> str:
    """Where answers go: the mailbox that the member connected, so that they come back here, else their own address."""
    if sender is None:
        return ""
    return _answers_to(sender.pk).values_list("address", flat=True).first() or sender.email


def unread_mailbox(sender_id: int | None) -> str:
    """The mailbox that answers to a member come to, if it does not let us in any more, or was away several times:
    until it is read again nobody knows who has answered. Empty if it works, and for who has connected none."""
    found = _answers_to(sender_id).values_list("address", "state", "failures").first()
    if found is None:
        return ""
    address, state, failures = found
    is_away = state == Mailbox.State.UNREACHABLE and failures >= OFTEN
    return address if state == Mailbox.State.REFUSED or is_away else ""


def _answers_to(member_id: int | None) -> Any:
    return Mailbox.objects.filter(member=member_id).order_by("pk")


def as_html(text: str) -> str:
    """A plain text as HTML: paragraphs, line ends and links, and nothing that the text brings along."""
    return linebreaks(urlize(escape(text), nofollow=False), autoescape=False)


def _join_thread(ctx: Context, message: MailMessage, contact: Contact, before: MailMessage | None) -> None:
    """Give the mail its thread, and the headers that say so."""
    if before is None:
        thread = MailThread(**standing_on(contact), title=message.subject, last_message_at=ctx.now, version=1)
        insert(thread)
        message.thread = thread
        return
    message.thread = before.thread
    message.in_reply_to = before.message_id
    message.reference_ids = references_after(before)
    MailThread.objects.filter(pk=before.thread_id).update(last_message_at=ctx.now, updated_at=ctx.now)


def references_after(before: MailMessage) -> list[str]:
    """The References of a mail that answers another: the other's references, and its id."""
    found = [*before.reference_ids, before.message_id]
    return found if len(found) <= MOST_REFERENCES else [found[0], *found[1 - MOST_REFERENCES :]]


def _deliver(
    ctx: Context, message: MailMessage, contact: Contact, uploads: Sequence[NewFile], file_ids: Sequence[int]
) -> None:
    """Write the mail with its delivery and its entry on the timeline; a refused one has no entry and no work."""
    address = contact.email.strip().lower()
    refusal = refusal_of(contact, address)
    if refusal is None:
        message.activity = write_activity(ctx, message, contact)
        message.file_ids = [*known_files(ctx, contact, file_ids), *keep_files(ctx, message, uploads)]
        check_size(message.file_ids)
    insert(message)
    delivery = MailDelivery(
        message=message,
        address=address,
        state=MailDelivery.State.QUEUED if refusal is None else MailDelivery.State.SUPPRESSED,
        error=refusal or "",
        queued_at=ctx.now,
    )
    insert(delivery)
    ctx.audit("mail_message", message.pk, {"contact_id": [None, contact.pk], "state": [None, delivery.state]})
    if refusal is None:
        schedule_due("mail.delivery", delivery.pk)


def write_activity(ctx: Context, message: MailMessage, contact: Contact, said: str | None = None) -> Activity:
    """The mail's entry on the contact's timeline: what it said, without what it quotes."""
    entry = Activity(
        kind=Activity.Kind.EMAIL,
        **standing_on(contact),
        actor_id=message.member_id,
        direction=message.direction,
        occurred_at=message.occurred_at,
        body=(message.text if said is None else said)[:MOST_ON_TIMELINE],
        payload={"subject": message.subject, "thread_id": message.thread_id},
        source="mail",
        external_id=message.message_id[:200],
    )
    insert(entry)
    last_activity.touch(contact.pk, min(message.occurred_at, ctx.now))
    return entry
