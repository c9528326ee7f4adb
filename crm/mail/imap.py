"""Reading new mails over IMAP (RFC 3501), of INBOX and the folder of sent ones, and putting a copy into the latter.

Reading changes nothing there, not even what is marked as read.

The cursor is UIDVALIDITY and the last UID (RFC 3501, 2.3.1.1). A mailbox that is new begins with what comes from
now on; one whose UIDVALIDITY changed is read again since the day before it was last looked at, and Message-IDs tell
what is here already.
"""

import imaplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from imap_tools import AND, BaseMailBox, H, MailMessageFlags, U
from imap_tools.errors import ImapToolsError, MailboxLoginError

from accounts.addressing import InsideHost, NoSuchHost, public_address

SECONDS = 20.0
#: How many mails, and bytes of them, one turn takes: all are held in memory until they are stored.
BATCH, BATCH_BYTES = 50, 20_000_000
#: Of a mailbox that is read again, the latest ones.
AGAIN = 500
#: Of one mail: its files in base64, and what it says.
MOST_FETCHED = 40_000_000
#: What the folder of sent mails is called where the server does not mark it (RFC 6154), in small letters.
SENT_NAMES = (
    "sent", "sent items", "sent messages", "sent mail", "gesendet", "gesendete elemente", "gesendete objekte",
    "envoyés", "éléments envoyés", "enviados", "elementos enviados", "posta inviata", "verzonden items",
)  # fmt: skip


class Refused(Exception):
    """The server does not let us in: the password, or the name, is not right."""


class Unreachable(Exception):
    """The server is away, does not speak IMAP, or its certificate is not good; the message says what was seen."""


@dataclass(frozen=True, slots=True)
class Way:
    """How to get to a mailbox. ``password`` is never shown, in a log or a trace."""

    host: str
    port: int
    security: str
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder was read; a ``uid_validity`` of None begins with what comes from now on."""

    uid_validity: int | None
    last_uid: int


@dataclass(frozen=True, slots=True)
class Found:
    """What was new in a folder, and the cursor after it."""

    raws: list[bytes]
    uid_validity: int
    last_uid: int
    has_more: bool


def fetch_new(way: Way, inbox: Cursor, sent: Cursor | None, since: date | None) -> tuple[Found, Found | None]:
    """The mails of INBOX after its cursor, a batch of them, and if asked for those of the folder of sent mails.

    Refused or Unreachable if there is no getting at them. None for a mailbox that has no folder of sent mails.
    """
    with _opened(way) as mailbox:
        found = _read(mailbox, "INBOX", inbox, since)
        folder = _sent_folder(mailbox) if sent is not None else ""
        return found, _read(mailbox, folder, sent, since) if folder and sent is not None else None


def keep_copy(way: Way, raw: bytes, message_id: str, moment: datetime) -> bool:
    """Put a mail into the folder of sent ones, unless it is there; False if there is no such folder."""
    with _opened(way) as mailbox:
        folder = _sent_folder(mailbox)
        if not folder:
            return False
        mailbox.folder.set(folder, readonly=True)
        if not mailbox.uids(AND(header=H("Message-ID", f"<{message_id}>"))):
            mailbox.append(raw, folder, dt=moment, flag_set=[MailMessageFlags.SEEN])
        return True


def _read(mailbox: BaseMailBox, folder: str, cursor: Cursor, since: date | None) -> Found:
    status = mailbox.folder.status(folder, ["UIDVALIDITY", "UIDNEXT"])
    valid, following = status["UIDVALIDITY"], status["UIDNEXT"]
    if cursor.uid_validity is None:
        return Found([], valid, following - 1, False)
    mailbox.folder.set(folder, readonly=True)
    is_known = valid == cursor.uid_validity
    uids = _uids_after(mailbox, cursor.last_uid) if is_known else _uids_since(mailbox, since)[-AGAIN:]
    raws = _batch(mailbox, uids)
    last = uids[len(raws) - 1] if raws else cursor.last_uid if is_known else following - 1
    return Found([raw for raw in raws if raw], valid, last, len(raws) < len(uids))


def _sent_folder(mailbox: BaseMailBox) -> str:
    """The folder that is marked as the one of sent mails, else the one that is called so, else nothing."""
    folders = mailbox.folder.list()
    marked = (each.name for each in folders if "\\Sent" in each.flags)
    # A folder may lie below INBOX, as some servers have it.
    called = {each.name.rpartition(each.delim or "/")[2].lower(): each.name for each in reversed(folders)}
    return next(marked, "") or next((called[name] for name in SENT_NAMES if name in called), "")


def _batch(mailbox: BaseMailBox, uids: list[int]) -> list[bytes]:
    """The first mails, as many as one turn takes."""
    raws: list[bytes] = []
    for uid in uids[:BATCH]:
        raws.append(_raw(mailbox, uid))
        if sum(map(len, raws)) > BATCH_BYTES:
            break
    return raws


def _uids_after(mailbox: BaseMailBox, last_uid: int) -> list[int]:
    """UIDs beyond the last one: "n:*" also answers the last mail of all, however small its UID is."""
    found = (int(uid) for uid in mailbox.uids(AND(uid=U(str(last_uid + 1), "*"))))
    return sorted(uid for uid in found if uid > last_uid)


def _uids_since(mailbox: BaseMailBox, since: date | None) -> list[int]:
    criteria = AND(date_gte=since) if since else "ALL"
    return sorted(int(uid) for uid in mailbox.uids(criteria))


def _raw(mailbox: BaseMailBox, uid: int) -> bytes:
    """A mail's bytes, of a huge one its beginning; b"" if it is gone by now."""
    _status, answer = mailbox.client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MOST_FETCHED}>)")
    return next((part[1] for part in answer if isinstance(part, tuple)), b"")


@contextmanager
def _opened(way: Way) -> Iterator[BaseMailBox]:
    """A session, closed in the end; every trouble as Refused or Unreachable."""
    try:
        mailbox = _Session(way)
        mailbox.login(way.username, way.password, initial_folder=None)
    except MailboxLoginError as error:
        raise Refused(_words(error)) from None
    except _TROUBLES as error:
        raise Unreachable(_seen(error)) from None
    try:
        yield mailbox
    except _TROUBLES as error:
        raise Unreachable(_seen(error)) from None
    finally:
        _leave(mailbox)


_TROUBLES = (
    OSError,
    ssl.SSLError,
    imaplib.IMAP4.error,
    ImapToolsError,
    InsideHost,
    NoSuchHost,
    UnicodeError,
    ValueError,
)


def _seen(error: Exception) -> str:
    """What was seen of a server that is away, for whoever connected it."""
    if isinstance(error, InsideHost | NoSuchHost):
        return str(error)
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (words or type(error).__name__)[:400]


def _words(error: MailboxLoginError) -> str:
    """What the server said when it let nobody in."""
    said = error.command_result[1][0] if error.command_result and error.command_result[1] else b""
    return (said.decode(errors="replace") if isinstance(said, bytes) else str(said))[:400]


def _leave(mailbox: BaseMailBox) -> None:
    try:
        mailbox.logout()
    except _TROUBLES:
        mailbox.client.shutdown()


class _Session(BaseMailBox):
    """imap-tools' mailbox on a connection to the address that was looked at."""

    def __init__(self, way: Way) -> None:
        self.way = way
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        address = public_address(
            self.way.host, self.way.port, allow_inside=settings.MAILBOXES_AT_PRIVATE_ADDRESSES
        )
        if self.way.security == "tls":
            return _Tls(address, self.way.host, self.way.port)
        client = _Plain(address, self.way.host, self.way.port)
        if self.way.security == "starttls":
            client.starttls(ssl.create_default_context())
        return client


class _Plain(imaplib.IMAP4):
    def __init__(self, address: str, host: str, port: int) -> None:
        self._address = address
        super().__init__(host, port, SECONDS)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return socket.create_connection((self._address, self.port), timeout)


class _Tls(imaplib.IMAP4_SSL):
    def __init__(self, address: str, host: str, port: int) -> None:
        self._address = address
        super().__init__(host, port, ssl_context=ssl.create_default_context(), timeout=SECONDS)

    def _create_socket(self, timeout: float | None) -> Any:
        raw = socket.create_connection((self._address, self.port), timeout)
        return self.ssl_context.wrap_socket(raw, server_hostname=self.host)
