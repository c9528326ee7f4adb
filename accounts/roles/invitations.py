"""Invitations: the link's secret, and what makes one still good."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.roles.models import Invitation
from realtime.functions import Context, NotFound, Phrase, RateLimited

VALID_FOR = timedelta(days=7)
#: Whoever signs up could have our mail server write to anybody: so many within ``COUNTED_FOR``, revoked ones included.
MOST, MOST_TO_ONE = 50, 3
COUNTED_FOR = timedelta(days=1)


def new_token() -> str:
    """A secret for a link; only its hash is kept."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """SHA-256 in hexadecimal: the secret is random, so a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_open(token: str, now: datetime, *, lock: bool = False) -> Invitation:
    """The open invitation that the link's secret leads to; NotFound once it is used, revoked or too old."""
    rows = Invitation.objects.select_related("role", "invited_by")
    if lock:
        rows = Invitation.objects.select_for_update()
    found = rows.filter(token_hash=hash_token(token), state=Invitation.State.OPEN, expires_at__gt=now).first()
    if found is None:
        raise NotFound("This invitation is not open any more. Ask for a new one.")
    return found


def refuse_too_many(ctx: Context, email: str) -> None:
    """RateLimited once the workspace, or the address in it, has had all the invitations of a day."""
    rows = Invitation.objects.filter(created_at__gt=ctx.now - COUNTED_FOR).order_by("-created_at")
    said = Phrase(
        "This address was invited %(most)s times within a day: invite it again tomorrow.", most=MOST_TO_ONE
    )
    _refuse_at(ctx, rows.filter(email=email), MOST_TO_ONE, said)
    said = Phrase("%(most)s invitations were sent within a day: send further ones tomorrow.", most=MOST)
    _refuse_at(ctx, rows, MOST, said)


def _refuse_at(ctx: Context, rows: QuerySet[Invitation], most: int, said: Phrase) -> None:
    """RateLimited until the oldest of the latest ``most`` rows counts no more."""
    oldest = rows.values_list("created_at", flat=True)[most - 1 : most].first()
    if oldest is not None:
        wait = (oldest + COUNTED_FOR - ctx.now).total_seconds()
        raise RateLimited(said, retry_after=wait)
