"""Background work: a copy of what a member sent from here in the folder of sent mails of their own mailbox.

The folder is asked for the Message-ID first, so that a worker that dies after the copy was made makes no second one.
"""

from datetime import timedelta
from typing import Any

import structlog
from django.utils import timezone

from crm.mail import imap
from crm.mail.composing import compose
from crm.mail.models import Mailbox, MailDelivery, MailMessage
from crm.mail.polling import LEASE, way_of
from crm.mail.secrets import Unreadable
from realtime.schema import current_schema
from workflows.kinds import Again, Settle, due_outside

#: How often a mailbox that is away is asked again, and until when.
PAUSE, UNTIL = timedelta(minutes=15), timedelta(days=1)
log = structlog.get_logger()


def mailbox_for_copy(message: MailMessage) -> Mailbox | None:
    """The mailbox of the mail's sender that wants copies of what is sent."""
    wanted = Mailbox.objects.filter(member=message.member_id, member__is_active=True, keeps_sent=True)
    return wanted.order_by("pk").first() if message.member_id is not None else None


@due_outside("mail.copy", lease=LEASE)
def keep_copy(delivery_id: int) -> Settle:
    """Put a sent mail into its sender's mailbox; a mailbox that stays away for a day goes without."""
    delivery = MailDelivery.objects.select_related("message__contact").filter(pk=delivery_id).first()
    row = mailbox_for_copy(delivery.message) if delivery is not None else None
    if delivery is None or row is None or delivery.sent_at is None:
        return lambda: None
    again: Again = PAUSE if timezone.now() - delivery.sent_at < UNTIL else None
    message = delivery.message
    try:
        copy: Any = compose(current_schema(), message, is_copy=True).message()
        raw = copy.as_bytes(linesep="\r\n")
        imap.keep_copy(way_of(row), raw, message.message_id, message.occurred_at)
    except (imap.Refused, imap.Unreachable, Unreadable, OSError) as error:
        log.warning("mail.no_copy", mailbox=row.pk, reason=type(error).__name__)
        return lambda: again
    return lambda: None
