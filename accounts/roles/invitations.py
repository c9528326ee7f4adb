"""Invitations: the link's secret, and what makes one still good."""

import hashlib
import secrets
from datetime import datetime, timedelta

from accounts.roles.models import Invitation
from realtime.functions import NotFound

VALID_FOR = timedelta(days=7)


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
