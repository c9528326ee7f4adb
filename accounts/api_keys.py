"""API keys: ``crm_<prefix>_<secret>``. The prefix finds the row; only a SHA-256 of the secret is kept.

The secret is random and long, so a plain hash is as good as a slow one and costs a request nothing.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from accounts import tenancy
from accounts.hosts import canonical_address
from accounts.models import ApiKey, Tenant
from accounts.permissions import Permission
from realtime.functions import NotFound, Unauthenticated
from realtime.reads.fixed import FixedQuery

MARK = "crm"
#: A scope is a permission word, or one of these for many.
WIDE_SCOPES = ("read", "write")
LAST_USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Key:
    """A key that proved itself."""

    id: int
    member_id: int
    tenant: Tenant
    scopes: tuple[str, ...]


def hash_secret(secret: str) -> str:
    """SHA-256 in hexadecimal."""
    return sha256(secret.encode()).hexdigest()


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """The scopes without repeats; ValidationError naming the first that does not exist."""
    known = {*WIDE_SCOPES, *Permission}
    for scope in scopes:
        if scope not in known:
            raise ValidationError(f"{scope!r} is not a scope: use read, write or a permission word.")
    return list(dict.fromkeys(scopes))


def create_api_key(
    *, tenant_id: int, member_id: int, name: str, scopes: Iterable[str], **fields: Any
) -> tuple[ApiKey, str]:
    """Create a key that acts as the member; returns the row and the key itself, which is not kept anywhere.

    ``fields``: ``expires_at``, ``allowed_addresses``.
    """
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        tenant_id=tenant_id,
        member_id=member_id,
        name=name,
        prefix=prefix,
        hash=hash_secret(secret),
        scopes=check_scopes(scopes),
        **fields,
    )
    return row, f"{MARK}_{prefix}_{secret}"


def find_key(text: str, *, address: str | None = None, now: datetime | None = None) -> Key:
    """The key with this text; Unauthenticated if it does not exist or no longer works, NotFound in a suspended tenant.

    Takes one query, and at most once a minute a second one that notes the use.
    """
    now = now or timezone.now()
    prefix, secret = _parse(text)
    row = _find_row(prefix)
    # Compared even without a row, so that the answer's time does not tell which prefixes exist.
    matches = secrets.compare_digest(row.hash if row else "0" * 64, hash_secret(secret))
    if row is None or not matches:
        raise Unauthenticated("This API key is not valid.")
    _refuse_unusable(row, address, now)
    _note_use(row, now)
    return Key(row.pk, row.member_id, row.tenant, tuple(row.scopes))


KEY_FIELDS = [field.attname for field in ApiKey._meta.concrete_fields]
TENANT_FIELDS = [field.attname for field in Tenant._meta.concrete_fields]
BY_PREFIX = FixedQuery(
    lambda prefix: ApiKey.objects.filter(prefix=prefix).values_list(
        *KEY_FIELDS, *(f"tenant__{name}" for name in TENANT_FIELDS)
    )
)


def _find_row(prefix: str) -> ApiKey | None:
    with tenancy.anywhere():
        rows = BY_PREFIX.rows(prefix)
    if not rows:
        return None
    row = ApiKey.from_db("default", KEY_FIELDS, rows[0][: len(KEY_FIELDS)])
    row.tenant = Tenant.from_db("default", TENANT_FIELDS, rows[0][len(KEY_FIELDS) :])
    return row


def _parse(text: str) -> tuple[str, str]:
    mark, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != MARK or not prefix.isalnum() or not secret or len(text) > 200 or not text.isascii():
        raise Unauthenticated("This is not an API key of this product.")
    return prefix, secret


def _refuse_unusable(row: ApiKey, address: str | None, now: datetime) -> None:
    if row.revoked_at is not None:
        raise Unauthenticated("This API key has been revoked.")
    if row.expires_at is not None and row.expires_at <= now:
        raise Unauthenticated("This API key has expired.")
    if row.allowed_addresses and canonical_address(address or "") not in row.allowed_addresses:
        raise Unauthenticated("This API key does not work from this address.")
    if row.tenant.state != Tenant.State.ACTIVE:
        raise NotFound("This workspace is suspended.")


def _note_use(row: ApiKey, now: datetime) -> None:
    if row.last_used_at is None or row.last_used_at <= now - LAST_USED_EVERY:
        old = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - LAST_USED_EVERY)
        with tenancy.public_context():
            ApiKey.objects.filter(old, pk=row.pk).update(last_used_at=now)
