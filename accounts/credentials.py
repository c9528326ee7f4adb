"""Whether the credential behind an actor still works: tracked reads, so that ending one ends open screens.

One statement each. Besides the credential itself they look at what it stands on: the user, their place in the
tenant and the tenant, any of which an operator may suspend, and how the tenant's subscription stands.
"""

from datetime import datetime
from typing import Any, NamedTuple

from accounts.models import ApiKey, Device, Tenant
from realtime.functions import Context, PaymentRequired, Unauthenticated
from realtime.reads.fixed import FixedQuery

GONE = "You have been logged out on this device."
LOCKED = (Tenant.Standing.LOCKED, Tenant.Standing.CANCELLED)


class Standing(NamedTuple):
    """How the tenant's subscription stands."""

    state: str = "active"
    trial_ends_at: datetime | None = None
    grace_ends_at: datetime | None = None

    @property
    def is_locked(self) -> bool:
        """Whether nothing is shown until somebody pays."""
        return self.state in LOCKED


class Proof(NamedTuple):
    """What a credential proved: an API key's scopes (None for a session), and how its tenant stands."""

    scopes: tuple[str, ...] | None = None
    standing: Standing = Standing()


def locked() -> PaymentRequired:
    """The refusal of a tenant that is locked."""
    return PaymentRequired(
        "This workspace is locked, as nothing is paid. Its owner can choose a plan under Settings > Billing."
    )


def standing_of(tenant: Tenant) -> Standing:
    """The standing in a tenant's row."""
    return Standing(tenant.standing, tenant.trial_ends_at, tenant.grace_ends_at)


def check_credential(ctx: Context) -> Proof:
    """What the credential proves; Unauthenticated once it no longer works.

    ``ctx.actor.credential`` is "key:<id>", "session:<id of the device>" or "" (tests, jobs on a member's behalf).
    """
    kind, _, number = ctx.actor.credential.partition(":")
    if kind == "key":
        return _check_key(ctx, int(number))
    if kind == "session":
        return _check_device(ctx, int(number))
    return Proof()


def _check_key(ctx: Context, key_id: int) -> Proof:
    keys = ApiKey.objects.filter(pk=key_id, tenant__schema_name=ctx.schema)
    key: Any = keys.values("revoked_at", "expires_at", "scopes", *_facts("tenant__")).first()
    if key is None or key["revoked_at"] is not None:
        raise Unauthenticated("This API key has been revoked.")
    _check_tenant(key["tenant__state"])
    if key["expires_at"] is not None:
        if key["expires_at"] <= ctx.now:
            raise Unauthenticated("This API key has expired.")
        ctx.valid_until(key["expires_at"])
    return Proof(tuple(sorted(key["scopes"])), _standing(key, "tenant__"))


def _check_device(ctx: Context, device_id: int) -> Proof:
    found = DEVICE.rows(device_id, ctx.schema)
    if not found:
        raise Unauthenticated(GONE)
    revoked_at, user_is_active, place_is_active, tenant_state, *standing = found[0]
    if revoked_at is not None:
        raise Unauthenticated(GONE)
    if not user_is_active or not place_is_active:
        raise Unauthenticated("This membership is not active any more.")
    _check_tenant(tenant_state)
    return Proof(None, Standing(*standing))


def _facts(prefix: str) -> list[str]:
    return [f"{prefix}{name}" for name in ("state", "standing", "trial_ends_at", "grace_ends_at")]


def _standing(row: dict[str, Any], prefix: str) -> Standing:
    return Standing(*(row[name] for name in _facts(prefix)[1:]))


#: What a session stands on: the device, its user, their place in the tenant, the tenant.
DEVICE = FixedQuery(
    lambda device_id, schema: Device.objects.filter(
        pk=device_id, user__tenant_users__tenant__schema_name=schema
    ).values_list(
        "revoked_at",
        "user__is_active",
        "user__tenant_users__is_active",
        *_facts("user__tenant_users__tenant__"),
    ),
    parameters=2,
)


def _check_tenant(state: str) -> None:
    if state != Tenant.State.ACTIVE:
        raise Unauthenticated("This workspace is suspended.")
