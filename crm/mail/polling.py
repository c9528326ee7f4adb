"""Background work: looking into the members' mailboxes, each at its own turns.

The mails are fetched outside any transaction and taken in together with the cursor: a worker that dies in between
leaves the cursor where it was, and Message-IDs keep what comes twice from being stored twice.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import structlog
from django.conf import settings
from django.db.models.functions import Now
from django.utils.translation import gettext

from accounts.actor import system_context
from accounts.languages import speaking_to
from crm.files.storing import store
from crm.mail import imap
from crm.mail.models import Mailbox
from crm.mail.parsing import MOST_BYTES, parse
from crm.mail.parts import File, files_of
from crm.mail.receiving import is_wanted
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


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a mailbox: its folders' cursors, and the calls that take the mails in."""

    inbox: imap.Found
    sent: imap.Found | None
    calls: list[tuple[str, dict[str, Any]]]


@due_outside("mail.mailbox", lease=LEASE)
def read_mailbox(mailbox_id: int) -> Settle:
    """Fetch what is new in one mailbox, and come again; a mailbox that is gone, or whose member is, ends it."""
    row = Mailbox.objects.select_related("member").filter(pk=mailbox_id, member__is_active=True).first()
    if row is None:
        return lambda: None
    try:
        inbox, sent = imap.fetch_new(way_of(row), *_cursors(row), _since(row))
    except (imap.Refused, Unreadable) as error:
        words = str(error)
        return lambda: _note_refused(row, words)
    except imap.Unreachable as error:
        words = str(error)
        return lambda: _note_unreachable(row, words)
    # Files go to the storage before the transaction that attaches them, as all files do.
    news = News(inbox, sent, [*_calls(row, inbox, False), *(_calls(row, sent, True) if sent else ())])
    return lambda: _take_in(row, news)


def _cursors(row: Mailbox) -> tuple[imap.Cursor, imap.Cursor | None]:
    sent = imap.Cursor(row.sent_uid_validity, row.sent_last_uid) if row.reads_sent else None
    return imap.Cursor(row.uid_validity, row.last_uid), sent


def _calls(row: Mailbox, found: imap.Found, was_sent: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """How each mail is taken in, its files stored if it is one to keep."""
    ctx = system_context(current_schema())
    function = "mail.take_sent_message" if was_sent else "mail.receive_message"
    for raw in found.raws:
        args: dict[str, Any] = {"raw": b64encode(raw[:MOST_BYTES]).decode(), "mailbox_id": row.pk}
        if is_wanted(parse(raw), row.pk, was_sent=was_sent):
            files = files_of(raw)
            args["uploads"] = [_stored(ctx, each) for each in files.kept]
            args["left_out"] = files.left_out
        yield function, args


def _stored(ctx: Context, file: File) -> dict[str, str]:
    return {"upload": store(ctx, BytesIO(file.content), file.filename), "filename": file.filename}


def way_of(row: Mailbox) -> imap.Way:
    """How to get to a mailbox; Unreadable if its password was encrypted with a key that is gone."""
    return imap.Way(row.host, row.port, row.security, row.username, decrypt(row.password_encrypted))


def _since(row: Mailbox) -> date | None:
    return row.checked_at.date() - timedelta(days=1) if row.checked_at else None


def _take_in(row: Mailbox, news: News) -> Again:
    """Store what came and move the cursors; a mail that cannot be stored is left out, and said in the log."""
    # Somebody may have changed or removed the mailbox meanwhile: its new cursor stands.
    still = Mailbox.objects.filter(pk=row.pk, last_uid=row.last_uid, uid_validity=row.uid_validity)
    inbox, sent = news.inbox, news.sent
    moved: dict[str, Any] = {"uid_validity": inbox.uid_validity, "last_uid": inbox.last_uid}
    if sent is not None:
        moved |= {"sent_uid_validity": sent.uid_validity, "sent_last_uid": sent.last_uid}
    is_current = still.update(**moved, state=Mailbox.State.WORKING, error="", failures=0, checked_at=Now())
    if not is_current:
        return timedelta(0) if Mailbox.objects.filter(pk=row.pk).exists() else None
    ctx = system_context(current_schema())
    for function, args in news.calls:
        _take_one(ctx, function, args)
    has_more = inbox.has_more or (sent is not None and sent.has_more)
    return timedelta(0) if has_more else timedelta(seconds=settings.MAILBOX_SECONDS)


def _take_one(ctx: Context, function: str, args: dict[str, Any]) -> None:
    try:
        call(function, ctx, args)
    except FunctionError as error:
        log.warning("mail.not_taken_in", mailbox=args["mailbox_id"], reason=error.code)


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
