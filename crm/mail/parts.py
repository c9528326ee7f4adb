"""The files that a mail brought along, out of its bytes; whatever is in them, nothing of it raises.

A picture that the text shows in place and that is small is a signature's, and no file to keep. Of a mail that was too
large to be fetched whole the last part is cut off, and left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any

from django.conf import settings

from crm.mail.imap import MOST_FETCHED
from crm.mail.parsing import MOST_PARTS, storable

#: Files of one mail, and bytes of a picture in place that is kept.
MOST_FILES, SMALL = 20, 30_000
EXTENSIONS = {"message/rfc822": "eml", "text/calendar": "ics"}


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with a mail."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Files:
    """What a mail brought along, and the names of what was too large, too much, or cut off."""

    kept: list[File] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def files_of(raw: bytes) -> Files:
    """The files of a mail; never raises."""
    try:
        leaves = list(_leaves(message_from_bytes(raw, policy=policy.default)))[:MOST_PARTS]
    except Exception:  # noqa: BLE001  (the parser raises many things on mails that are made to break it)
        return Files()
    found = Files()
    for part in leaves:
        is_cut = part is leaves[-1] and len(raw) >= MOST_FETCHED
        _sort(found, part, is_cut)
    return found


def _leaves(part: Any) -> Iterator[Any]:
    """The parts that hold something; an attached mail is one of them."""
    if part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), list):
        for each in part.get_payload():
            yield from _leaves(each)
    else:
        yield part


def _sort(found: Files, part: Any, is_cut: bool) -> None:
    try:
        name, content = _name(part), _content(part)
    except Exception:  # noqa: BLE001  (see files_of; the other files are kept)
        return
    if not name or not content or (_is_in_place(part) and len(content) < SMALL):
        return
    if is_cut or len(content) > settings.FILES_MAX_BYTES or len(found.kept) >= MOST_FILES:
        found.left_out.append(name)
    else:
        found.kept.append(File(name, content))


def _name(part: Any) -> str:
    """What the file is called; "" for a part that is none."""
    kind = part.get_content_type()
    name = storable(str(part.get_filename() or ""))[:200]
    is_attached = part.get_content_disposition() == "attachment"
    if name or not (is_attached or kind == "message/rfc822"):
        return name
    return f"attachment.{EXTENSIONS.get(kind, part.get_content_subtype())}"[:200]


def _is_in_place(part: Any) -> bool:
    return part.get_content_maintype() == "image" and bool(part.get("Content-ID"))


def _content(part: Any) -> bytes:
    if part.get_content_type() == "message/rfc822":
        return bytes(part.get_payload()[0].as_bytes())
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""
