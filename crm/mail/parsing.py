"""A mail that came, read with care: whoever sends it decides what is in it, and nothing of it may raise.

Sizes are bounded: of the text, the HTML, the ids and the parts that are looked at. What is broken is left out.
"""

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from typing import Any

import nh3

MOST_BYTES = 5_000_000
MOST_TEXT = 100_000
MOST_HTML = 200_000
MOST_PARTS = 100
MOST_IDS = 50
_ID = re.compile(r"<([^<>\s]{1,255})>")
#: Where an answer begins to quote what it answers, as mail programs write it in English and German.
_QUOTES = re.compile(
    r"^(On\b.{5,200}\bwrote:|Am\b.{5,200}\bschrieb\b.{0,200}:|-{3,} ?(Original Message|Ursprüngliche Nachricht) ?-{3,}"
    r"|_{20,})\s*$",
    re.MULTILINE,
)
_TAGS = nh3.ALLOWED_TAGS - {"img"}


@dataclass(frozen=True, slots=True)
class Failure:
    """What a delivery status notification (RFC 3464) says of one recipient: the status ("5.1.1") and the words."""

    status: str
    words: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail that came. Ids are without angle brackets; ``failure`` is set if it is a bounce for good."""

    message_id: str
    in_reply_to: str
    reference_ids: list[str]
    from_name: str
    from_address: str
    to_address: str
    subject: str
    text: str
    html: str
    is_automatic: bool
    sent_at: datetime | None
    is_report: bool = False
    failure: Failure | None = None
    #: The ids of mails that a report is about.
    about: list[str] = field(default_factory=list)
    #: Whom it was written to, copies included, in small letters.
    recipients: list[str] = field(default_factory=list)
    #: The token of a mail that a program sent to unsubscribe (RFC 2369), "" in all others.
    unsubscribing: str = ""

    @property
    def said(self) -> str:
        """The text without what it quotes; the whole of it if nothing else is left."""
        found = _QUOTES.search(self.text)
        own = self.text[: found.start()] if found else self.text
        lines = own.rstrip().split("\n")
        while lines and (lines[-1].startswith(">") or not lines[-1].strip()):
            lines.pop()
        return "\n".join(lines).strip() or self.text


def parse(raw: bytes) -> Incoming:
    """Read a mail; never raises, whatever it is."""
    mail: Any = message_from_bytes(raw[:MOST_BYTES], policy=policy.default)
    name, address = parseaddr(_header(mail, "From"))
    references = _ids(_header(mail, "References"))
    parts = list(_parts(mail))
    text, markup = _texts(parts)
    is_report = _is_report(mail)
    return Incoming(
        message_id=next(iter(_ids(_header(mail, "Message-ID"))), "")
        or f"{hashlib.sha256(raw).hexdigest()}@no-id",
        in_reply_to=next(iter(_ids(_header(mail, "In-Reply-To"))), ""),
        reference_ids=references[-MOST_IDS:],
        from_name=name[:160],
        from_address=address.lower()[:254],
        to_address=parseaddr(_header(mail, "To"))[1].lower()[:254],
        subject=" ".join(_header(mail, "Subject").split())[:200],
        text=text,
        html=markup,
        is_automatic=_is_automatic(mail),
        sent_at=_date(mail),
        is_report=is_report,
        failure=_failure(parts) if is_report else None,
        about=_about(parts) if is_report else [],
        recipients=_recipients(mail),
        unsubscribing=_unsubscribing(mail),
    )


def _recipients(mail: Any) -> list[str]:
    """The addresses of To and Cc."""
    try:
        pairs = getaddresses([_header(mail, "To"), _header(mail, "Cc")])
    except ValueError:
        return []
    return list(dict.fromkeys(address.lower()[:254] for _name, address in pairs if "@" in address))[:MOST_IDS]


def _unsubscribing(mail: Any) -> str:
    """The token of the subject that our List-Unsubscribe asks for; long ones come in several lines."""
    word, _space, token = _header(mail, "Subject").strip().partition(" ")
    return "".join(token.split()) if word.lower() == "unsubscribe" else ""


def _header(mail: Any, name: str) -> str:
    """A header as text, "" if it is absent or cannot be read."""
    try:
        return storable(str(mail.get(name) or ""))
    except Exception:  # noqa: BLE001  (the parser raises many things on headers that are made to break it)
        return ""


def storable(text: str) -> str:
    """The text without what PostgreSQL does not take: NUL, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _ids(text: str) -> list[str]:
    return _ID.findall(text)[:MOST_IDS] or (
        [text.strip()[:255]] if re.fullmatch(r"\s*\S+@\S+\s*", text) else []
    )


def _date(mail: Any) -> datetime | None:
    """When it says that it was written; None if it says nothing, or a time that cannot be."""
    try:
        found = parsedate_to_datetime(_header(mail, "Date"))
    except (ValueError, TypeError, OverflowError):
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    now = datetime.now(UTC)
    return found if now - timedelta(days=3650) < found <= now + timedelta(days=1) else None


def _is_automatic(mail: Any) -> bool:
    """Whether a machine wrote it (RFC 3834), or it went to a list."""
    submitted = _header(mail, "Auto-Submitted").split(";")[0].strip().lower()
    precedence = _header(mail, "Precedence").strip().lower()
    if submitted not in ("", "no") or precedence in ("bulk", "junk", "list", "auto_reply"):
        return True
    return any(_header(mail, name) for name in ("X-Autoreply", "X-Autorespond", "List-Id")) or _is_report(
        mail
    )


def _is_report(mail: Any) -> bool:
    try:
        kind = mail.get_param("report-type", "")
        return mail.get_content_type() == "multipart/report" and str(kind).lower() == "delivery-status"
    except Exception:  # noqa: BLE001  (see _header)
        return False


def _parts(mail: Any) -> Iterator[Any]:
    """The parts, outermost first; not what lies in an attached mail, save for reports."""
    try:
        for number, part in enumerate(mail.walk()):
            if number >= MOST_PARTS:
                return
            yield part
    except Exception:  # noqa: BLE001  (see _header; the parts until here count)
        return


def _texts(parts: list[Any]) -> tuple[str, str]:
    """The plain text, made of the HTML if there is none, and the cleaned HTML."""
    plain = _first(parts, "text/plain", MOST_TEXT)
    markup = _first(parts, "text/html", MOST_HTML)
    cleaned = nh3.clean(markup, tags=_TAGS, link_rel="noopener noreferrer nofollow") if markup else ""
    return (plain or _plain(cleaned))[:MOST_TEXT].strip(), cleaned[:MOST_HTML]


def _first(parts: list[Any], kind: str, most: int) -> str:
    for part in parts:
        if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
            return storable(_content(part))[:most].replace("\r\n", "\n")
    return ""


def _content(part: EmailMessage) -> str:
    """A text part's text, by its charset or else as what it looks like."""
    try:
        return str(part.get_content(errors="replace"))
    except Exception:  # noqa: BLE001  (an unknown charset, a broken encoding, a parser's own defect)
        found = part.get_payload(decode=True)
        return found.decode("utf-8", "replace") if isinstance(found, bytes) else ""


def _plain(markup: str) -> str:
    """HTML as text: line ends where paragraphs end, no tags."""
    text = re.sub(r"<(br|/p|/div|/tr|/li|/h\d)\b[^>]*>", "\n", markup, flags=re.IGNORECASE)
    text = html.unescape(nh3.clean(text, tags=set()))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.split("\n")))


def _failure(parts: list[Any]) -> Failure | None:
    """What a report says went wrong for good; None for one about a delay or a success."""
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            for block in _blocks(part):
                status = _header(block, "Status").strip()
                if _header(block, "Action").strip().lower() == "failed" and status.startswith("5"):
                    words = _header(block, "Diagnostic-Code").partition(";")[2] or status
                    return Failure(status[:20], " ".join(words.split())[:400])
    return None


def _blocks(part: Any) -> list[Any]:
    payload = part.get_payload()
    return [block for block in payload if hasattr(block, "get")] if isinstance(payload, list) else []


def _about(parts: list[Any]) -> list[str]:
    """The Message-IDs of the mails that came back with a report, whole or only their headers."""
    found: list[str] = []
    for part in parts:
        if part.get_content_type() == "text/rfc822-headers":
            found += _ids_in(_content(part))
        elif part.get_content_type() == "message/rfc822":
            for block in _blocks(part):
                found += _ids(_header(block, "Message-ID"))
    return found[:MOST_IDS]


def _ids_in(headers: str) -> list[str]:
    written = re.search(r"^Message-ID:\s*(\S.*)$", headers, re.IGNORECASE | re.MULTILINE)
    return _ids(written[1]) if written else []
