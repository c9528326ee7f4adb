"""Places in a column of the board: texts that are compared byte by byte.

A card that is dropped between two others gets a text between theirs, so nobody else's row is written. Read a rank
as the digits of a fraction: between two different fractions there is always another, found where they first
differ. A random tail keeps apart two cards that are dropped at the same place at the same time; both stay, in an
order that everybody sees, as equal ranks (which only a clock that stands still makes) are ordered by id.

Ends do not grow longer: the top is a time that counts down, the bottom one that counts up. The trigger on deals
writes the same top for rows that come without a rank (migrations/0002).
"""

import secrets
from datetime import UTC, datetime

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE = len(DIGITS)
LAST_MICROSECOND = 2**52 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def top(now: datetime, deal_id: int) -> str:
    """Above everything that was put on top before."""
    return f"M{LAST_MICROSECOND - _microseconds(now):014x}{deal_id:010x}1"


def bottom(now: datetime, deal_id: int) -> str:
    """Below everything that was put at the bottom before."""
    return f"V{_microseconds(now):014x}{deal_id:010x}1"


def between(above: str, below: str | None) -> str:
    """A rank after ``above`` ("" is the start) and before ``below`` (None is the end); the two differ."""
    return _middle(above, below) + secrets.choice(DIGITS) + secrets.choice(DIGITS[1:])


def _middle(above: str, below: str | None) -> str:
    """The shortest text between, which no text of ``below`` begins with. No rank ends in the zero digit."""
    place = 0
    while True:
        low = DIGITS.index(above[place]) if place < len(above) else 0
        high = BASE if below is None else DIGITS.index(below[place])
        if high - low > 1:
            return _digits(above, place) + DIGITS[(low + high) // 2]
        if high > low:
            below = None
        place += 1


def _digits(text: str, count: int) -> str:
    """The first digits of the fraction."""
    return text[:count].ljust(count, DIGITS[0])


def _microseconds(now: datetime) -> int:
    since = now - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
