"""Writing to contacts, and keeping threads."""

import uuid

from accounts.permissions import Permission
from crm.mail import bounces, mailboxes, receiving, seeing, suppressions, unsubscribing
from crm.mail.models import MailThread
from crm.mail.queries import get_thread, visible_threads
from crm.mail.refusals import REFUSALS
from crm.mail.schemas import Body, FileIds, MessageRow, NewFiles, Subject, ThreadRow
from crm.mail.sending import queue_mail, refusal_in_sight
from realtime.functions import Conflict, Context, Id, NotFound, mutation

#: Registered with these.
__all__ = ["bounces", "mailboxes", "receiving", "seeing", "suppressions", "unsubscribing"]


@mutation(permission=Permission.MAIL_SEND)
def send_message(
    ctx: Context,
    *,
    contact_id: Id,
    subject: Subject = "",
    body: Body = "",
    template_id: Id | None = None,
    reply_to_message_id: Id | None = None,
    file_ids: FileIds | None = None,
    uploads: NewFiles | None = None,
) -> MessageRow:
    """Write an email to a contact's primary address; answers come to you. Merge fields are filled in.

    An empty subject or body is the template's; without a subject an answer keeps the thread's. ``file_ids``
    are files of the contact that go with it, ``uploads`` others, 18 MB together at most. Conflict with the reason if
    the contact must not be written to.
    """
    refusal = refusal_in_sight(ctx, contact_id)
    if refusal is not None:
        raise Conflict(REFUSALS[refusal])
    return queue_mail(
        ctx, contact_id=contact_id, subject=subject, body=body, template_id=template_id,
        reply_to_message_id=reply_to_message_id, key=f"send-{uuid.uuid4().hex}",
        uploads=uploads or (), file_ids=file_ids or (),
    )  # fmt: skip


@mutation(permission=Permission.ACTIVITY_VIEW)
def mark_thread_read(ctx: Context, *, thread_id: Id) -> ThreadRow:
    """Note that somebody looked at a thread: it is not unread any more, for anybody."""
    if not visible_threads(ctx).filter(pk=thread_id).exists():
        raise NotFound("There is no email thread with this id.")
    MailThread.objects.filter(pk=thread_id, unread=True).update(unread=False, updated_at=ctx.now)
    return get_thread(ctx, thread_id=thread_id)
