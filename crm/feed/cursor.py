"""A reader's position in the feed, opaque outside.

It says which transactions the reader has seen (a snapshot, in which history), under which rules each table was
read, and how far tables that are being read from the beginning have come.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Any

import orjson

from realtime.changes.change import Snapshot
from realtime.functions import invalid
from realtime.functions.encoding import encode_json

VERSION = 1
_SNAPSHOT = re.compile(r"\d{1,19}:\d{1,19}:(\d{1,19}(,\d{1,19})*)?")


@dataclass(slots=True)
class FeedCursor:
    """``rules`` is a digest for each table, ``loading`` the last id read of each table that is not read to its end."""

    epoch: str
    position: Snapshot
    rules: dict[str, str] = field(default_factory=dict)
    loading: dict[str, int] = field(default_factory=dict)

    def encode(self) -> str:
        """The text for the reader."""
        values = [VERSION, self.epoch, self.position.text(), self.rules, self.loading]
        return base64.urlsafe_b64encode(encode_json(values)).rstrip(b"=").decode()


def decode_cursor(text: str) -> FeedCursor:
    """The position that a reader sent back; InvalidInput unless it is one."""
    try:
        found = orjson.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
        version, epoch, snapshot, rules, loading = found
    except (binascii.Error, UnicodeEncodeError, ValueError, TypeError):
        raise _broken() from None
    if version != VERSION or not _is_sound(epoch, snapshot, rules, loading):
        raise _broken()
    return FeedCursor(epoch, Snapshot.parse(snapshot), rules, loading)


def _is_sound(epoch: Any, snapshot: Any, rules: Any, loading: Any) -> bool:
    return (
        isinstance(epoch, str)
        and isinstance(snapshot, str)
        and _SNAPSHOT.fullmatch(snapshot) is not None
        and isinstance(rules, dict)
        and isinstance(loading, dict)
        and all(type(last) is int and 0 <= last < 2**63 for last in loading.values())
    )


def _broken() -> Exception:
    return invalid("after", "This cursor is broken: take it from a page as it is, or begin without one.")
