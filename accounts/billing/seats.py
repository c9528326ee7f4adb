"""Seats: members who are active, and invitations that may still be accepted."""

from datetime import datetime

from accounts.models import Tenant
from accounts.roles.models import Invitation, Member
from realtime.functions import Conflict, Phrase


def used_seats(now: datetime) -> int:
    """Seats that are taken in the current tenant; a firm's people are few, so they are counted."""
    invited = Invitation.objects.filter(state=Invitation.State.OPEN, expires_at__gt=now)
    return Member.objects.filter(is_active=True).count() + invited.count()


def refuse_beyond_seats(tenant: Tenant, now: datetime, *, joins_by_invitation: bool = False) -> None:
    """Conflict if one more person would be more than the tenant's seats. Nothing is counted without a limit."""
    if tenant.seats is None:
        return
    taken = used_seats(now) - (1 if joins_by_invitation else 0)
    if taken >= tenant.seats:
        raise Conflict(
            Phrase(
                "All %(seats)s seats are taken: add seats under Settings > Billing, or deactivate a member or take"
                " back an invitation.",
                seats=tenant.seats,
            )
        )
