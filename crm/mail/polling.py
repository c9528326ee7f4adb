"""Background work: looking into the members' mailboxes, each at its own turns.

The mails are fetched outside any transaction and taken in together with the cursor: a worker that dies in between
leaves the cursor where it was, and Message-IDs keep what comes twice from being stored twice.
"""

from base64 import b64encode
from datetime import date, timedelta

import structlog
from django.conf import settings
from django.db.models.functions import Now
from django.utils.translation import gettext

from accounts.actor import system_context
from accounts.languages import speaking_to
from crm.mail import imap
from crm.mail.models import Mailbox
from crm.mail.secrets import Unreadable, decrypt
from crm.notifications.sending import notify
from realtime.functions import Context, FunctionError
from realtime.functions.call import call
from realtime.schema import current_schema
from workflows.kinds import Again, Settle, due_outside

#: Longer than a turn takes: connecting, and a batch of mails.
LEASE = timedelta(minutes=5)
#: The longest pause of a server that is away, and of one that does not let us in.
MOST_AWAY, MOST_REFUSED = timedelta(hours=1), timedelta(days=1)
log = structlog.get_logger()


@due_outside("mail.mailbox", lease=LEASE)
def read_mailbox(mailbox_id: int) -> Settle:
    """Fetch what is new in one mailbox, and come again; a mailbox that is gone, or whose member is, ends it."""
    row = Mailbox.objects.select_related("member").filter(pk=mailbox_id, member__is_active=True).first()
    if row is None:
        return lambda: None
    try:
        found = imap.fetch_new(_way(row), row.uid_validity, row.last_uid, _since(row))
    except (imap.Refused, Unreadable) as error:
        words = str(error)
        return lambda: _note_refused(row, words)
    except imap.Unreachable as error:
        words = str(error)
        return lambda: _note_unreachable(row, words)
    return lambda: _take_in(row, found)


def _way(row: Mailbox) -> imap.Way:
    return imap.Way(row.host, row.port, row.security, row.username, decrypt(row.password_encrypted))


def _since(row: Mailbox) -> date | None:
    return row.checked_at.date() - timedelta(days=1) if row.checked_at else None


def _take_in(row: Mailbox, found: imap.Found) -> Again:
    """Store what came and move the cursor; a mail that cannot be stored is left out, and said in the log."""
    # Somebody may have changed or removed the mailbox meanwhile: its new cursor stands.
    still = Mailbox.objects.filter(pk=row.pk, last_uid=row.last_uid, uid_validity=row.uid_validity)
    is_current = still.update(
        uid_validity=found.uid_validity, last_uid=found.last_uid, state=Mailbox.State.WORKING, error="",
        failures=0, checked_at=Now(),
    )  # fmt: skip
    if not is_current:
        return timedelta(0) if Mailbox.objects.filter(pk=row.pk).exists() else None
    ctx = system_context(current_schema())
    for raw in found.raws:
        _take_one(ctx, row, raw)
    return timedelta(0) if found.has_more else timedelta(seconds=settings.MAILBOX_SECONDS)


def _take_one(ctx: Context, row: Mailbox, raw: bytes) -> None:
    try:
        call("mail.receive_message", ctx, {"raw": b64encode(raw).decode(), "mailbox_id": row.pk})
    except FunctionError as error:
        log.warning("mail.not_taken_in", mailbox=row.pk, reason=error.code)


def _note_unreachable(row: Mailbox, words: str) -> Again:
    _note(row, Mailbox.State.UNREACHABLE, words)
    pause: timedelta = timedelta(seconds=settings.MAILBOX_SECONDS) * 2 ** min(row.failures, 10)
    return min(pause, MOST_AWAY)


def _note_refused(row: Mailbox, words: str) -> Again:
    """Tell the member once; ask seldom, as a server locks out who comes with a wrong password again and again."""
    if row.state != Mailbox.State.REFUSED:
        with speaking_to(row.member.email):
            title = gettext("The mailbox %(address)s does not let us in") % {"address": row.address}
        notify(system_context(current_schema()), row.member_id, "mail", title, "/settings/mailbox/")
    _note(row, Mailbox.State.REFUSED, words)
    pause: timedelta = timedelta(hours=1) * 2 ** min(row.failures, 10)
    return min(pause, MOST_REFUSED)


def _note(row: Mailbox, state: str, words: str) -> None:
    Mailbox.objects.filter(pk=row.pk).update(
        state=state, error=words[:400], failures=row.failures + 1, checked_at=Now()
    )
