"""Whether the credential behind an actor still works: a tracked read, so that revoking one ends open screens."""

from django.utils import timezone

from accounts.models import ApiKey, Device
from realtime.functions import Actor, Unauthenticated


def check_credential(schema: str, actor: Actor) -> tuple[str, ...] | None:
    """The key's scopes for an API key, None for a session; Unauthenticated once it is revoked.

    ``actor.credential`` is "key:<id>", "session:<id of the device>" or "" (tests, jobs on a member's behalf).
    """
    kind, _, number = actor.credential.partition(":")
    if kind == "key":
        return _check_key(int(number))
    if kind == "session":
        _check_device(int(number))
    return None


def _check_key(key_id: int) -> tuple[str, ...]:
    key = ApiKey.objects.filter(pk=key_id).values("revoked_at", "expires_at", "scopes").first()
    if key is None or key["revoked_at"] is not None:
        raise Unauthenticated("This API key has been revoked.")
    if key["expires_at"] is not None and key["expires_at"] <= timezone.now():
        raise Unauthenticated("This API key has expired.")
    return tuple(sorted(key["scopes"]))


def _check_device(device_id: int) -> None:
    device = Device.objects.filter(pk=device_id).values("revoked_at").first()
    if device is None or device["revoked_at"] is not None:
        raise Unauthenticated("You have been logged out on this device.")
