"""Whether the credential behind an actor still works: tracked reads, so that ending one ends open screens.

One statement each. Besides the credential itself they look at what it stands on: the user, their place in the
tenant and the tenant, any of which an operator may suspend.
"""

from typing import Any

from accounts.models import ApiKey, Device, Tenant
from realtime.functions import Context, Unauthenticated

GONE = "You have been logged out on this device."


def check_credential(ctx: Context) -> tuple[str, ...] | None:
    """The key's scopes for an API key, None for a session; Unauthenticated once it works no more.

    ``ctx.actor.credential`` is "key:<id>", "session:<id of the device>" or "" (tests, jobs on a member's behalf).
    """
    kind, _, number = ctx.actor.credential.partition(":")
    if kind == "key":
        return _check_key(ctx, int(number))
    if kind == "session":
        _check_device(ctx, int(number))
    return None


def _check_key(ctx: Context, key_id: int) -> tuple[str, ...]:
    keys = ApiKey.objects.filter(pk=key_id, tenant__schema_name=ctx.schema)
    key: Any = keys.values("revoked_at", "expires_at", "scopes", "tenant__state").first()
    if key is None or key["revoked_at"] is not None:
        raise Unauthenticated("This API key has been revoked.")
    _check_tenant(key["tenant__state"])
    if key["expires_at"] is not None:
        if key["expires_at"] <= ctx.now:
            raise Unauthenticated("This API key has expired.")
        ctx.valid_until(key["expires_at"])
    return tuple(sorted(key["scopes"]))


def _check_device(ctx: Context, device_id: int) -> None:
    place = "user__tenant_users__"
    devices = Device.objects.filter(pk=device_id, **{f"{place}tenant__schema_name": ctx.schema})
    facts = ("revoked_at", "user__is_active", f"{place}is_active", f"{place}tenant__state")
    device: Any = devices.values(*facts).first()
    if device is None or device["revoked_at"] is not None:
        raise Unauthenticated(GONE)
    if not device["user__is_active"] or not device[f"{place}is_active"]:
        raise Unauthenticated("This membership is not active any more.")
    _check_tenant(device[f"{place}tenant__state"])


def _check_tenant(state: str) -> None:
    if state != Tenant.State.ACTIVE:
        raise Unauthenticated("This workspace is suspended.")
