"""Who is told by email, too: what a member chose, else the kind's default."""

from crm.notifications.models import Notification, NotificationPreference

DEFAULTS = {
    Notification.Kind.MENTION: True,
    Notification.Kind.ASSIGNED: False,
    Notification.Kind.REMINDER: True,
    Notification.Kind.AUTOMATION: False,
    Notification.Kind.TROUBLE: True,
    Notification.Kind.MAIL: False,
}


def preferences_of(member_id: int) -> dict[str, bool]:
    """Kind -> whether by email, every kind in order."""
    chosen = dict(NotificationPreference.objects.filter(member_id=member_id).values_list("kind", "by_email"))
    return {str(kind.value): chosen.get(kind.value, default) for kind, default in DEFAULTS.items()}
