"""Devices: one row a log-in, so that a person can see where they are logged in and end it from elsewhere."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet
from django.utils import timezone

from accounts import tenancy
from accounts.api_keys import hash_secret
from accounts.hosts import is_address
from accounts.models import Device, User

SESSION_KEY = "device_id"
SEEN_EVERY = timedelta(minutes=5)


def start_device(request: Any, user: User) -> Device:
    """Note a log-in, in a row and in the request's session."""
    address = request.META.get("REMOTE_ADDR", "")  # not an address behind a socket file
    with tenancy.public_context():
        device = Device.objects.create(
            user=user,
            session_hash=hash_secret(request.session.session_key or str(timezone.now())),
            user_agent=request.headers.get("User-Agent", "")[:300],
            address=address if is_address(address) else None,
            last_seen_at=timezone.now(),
        )
    request.session[SESSION_KEY] = device.pk
    return device


def revoke_devices(devices: QuerySet[Device], now: datetime) -> int:
    """End the log-ins; their open pages close by themselves. Returns how many there were."""
    return devices.filter(revoked_at__isnull=True).update(revoked_at=now)


def note_visit(session: SessionBase, now: datetime) -> None:
    """Keep the device's last visit to a few minutes, without a write a request."""
    seen, device_id = session.get("device_seen", 0), session.get(SESSION_KEY)
    if device_id and now.timestamp() - seen >= SEEN_EVERY.total_seconds():
        session["device_seen"] = int(now.timestamp())
        with tenancy.public_context():
            Device.objects.filter(pk=device_id).update(last_seen_at=now)
