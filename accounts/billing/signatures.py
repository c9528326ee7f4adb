"""Whether a message comes from whom it says: HMAC-SHA256 over the raw bytes, with a time that must be recent.

Two schemes. Stripe's (docs.stripe.com/webhooks/signature): ``t=<unix seconds>,v1=<hex>`` over ``<t>.<body>``.
That of standardwebhooks.com: ``v1,<base64>`` over ``<id>.<timestamp>.<body>``, with a secret ``whsec_<base64>``. Either
may carry several signatures, and we may hold several secrets, while one replaces another.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from realtime.functions import Unauthenticated

WRONG = "The signature is wrong: check the secret, and sign the body's bytes as they are sent."
OLD = "The signature's time is too far from ours: sign each message when it is sent."
MISSING = "The signature is missing or can't be read."


def check_stripe(
    header: str, body: bytes, secrets: Sequence[str], now: datetime, tolerance: timedelta
) -> None:
    """Unauthenticated unless a ``v1`` of a ``Stripe-Signature`` header is ours."""
    parts = [part.partition("=")[::2] for part in header.split(",")]
    stamp = next((value.strip() for name, value in parts if name.strip() == "t"), "")
    given = [value.strip() for name, value in parts if name.strip() == "v1"]
    if not given:
        raise Unauthenticated(MISSING)
    signed = f"{stamp}.".encode() + body
    ours = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    _compare(ours, given)
    _check_time(stamp, now, tolerance)


def check_standard(
    id: str, stamp: str, header: str, body: bytes, secrets: Sequence[str], now: datetime, tolerance: timedelta
) -> None:
    """Unauthenticated unless a ``v1`` of a ``webhook-signature`` header is ours."""
    given = [part.removeprefix("v1,") for part in header.split() if part.startswith("v1,")]
    if not given or not id:
        raise Unauthenticated(MISSING)
    _compare([sign_standard(id, stamp, body, secret) for secret in secrets], given)
    _check_time(stamp, now, tolerance)


def sign_standard(id: str, stamp: str, body: bytes, secret: str) -> str:
    """What a ``webhook-signature`` header says behind its ``v1,`` (standardwebhooks.com)."""
    signed = f"{id}.{stamp}.".encode() + body
    return base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()


def key_of(secret: str) -> bytes:
    """The bytes of a secret, which is written as base64 after ``whsec_``."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return secret.encode()


def _compare(ours: Iterable[str], given: Iterable[str]) -> None:
    """Every pair, each in constant time."""
    theirs = [text.encode() for text in given]
    matches = [hmac.compare_digest(one.encode(), text) for one in ours for text in theirs]
    if not any(matches):
        raise Unauthenticated(WRONG)


def _check_time(stamp: str, now: datetime, tolerance: timedelta) -> None:
    """Checked after the signature, so that whoever can't sign learns nothing about our clock."""
    if not stamp.isdecimal() or len(stamp) > 12:
        raise Unauthenticated(MISSING)
    if abs(now.timestamp() - int(stamp)) > tolerance.total_seconds():
        raise Unauthenticated(OLD)
