"""Reading new mails of an INBOX over IMAP (RFC 3501): nothing is changed there, not even what is marked as read.

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
from datetime import date
from typing import Any

from django.conf import settings
from imap_tools import AND, BaseMailBox, U
from imap_tools.errors import ImapToolsError, MailboxLoginError

from accounts.addressing import InsideHost, NoSuchHost, public_address
from crm.mail.parsing import MOST_BYTES

SECONDS = 20.0
#: Mails of one turn: so many, and so many bytes of them, as all are held until they are stored.
BATCH, BATCH_BYTES = 50, 20_000_000
#: Of a mailbox that is read again, the latest ones.
AGAIN = 500


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
class Found:
    """What was new, and the cursor after it."""

    raws: list[bytes]
    uid_validity: int
    last_uid: int
    has_more: bool


def fetch_new(way: Way, uid_validity: int | None, last_uid: int, since: date | None) -> Found:
    """The mails after the cursor, a batch of them. Refused or Unreachable if there is no getting at them."""
    with _opened(way) as mailbox:
        status = mailbox.folder.status("INBOX", ["UIDVALIDITY", "UIDNEXT"])
        valid, following = status["UIDVALIDITY"], status["UIDNEXT"]
        if uid_validity is None:
            return Found([], valid, following - 1, False)
        mailbox.folder.set("INBOX", readonly=True)
        is_known = valid == uid_validity
        uids = _uids_after(mailbox, last_uid) if is_known else _uids_since(mailbox, since)[-AGAIN:]
        raws = _batch(mailbox, uids)
        last = uids[len(raws) - 1] if raws else last_uid if is_known else following - 1
        return Found([raw for raw in raws if raw], valid, last, len(raws) < len(uids))


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
    _status, answer = mailbox.client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
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
        raise Unreachable(f"{type(error).__name__}: {error}"[:400]) from None
    try:
        yield mailbox
    except _TROUBLES as error:
        raise Unreachable(f"{type(error).__name__}: {error}"[:400]) from None
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
