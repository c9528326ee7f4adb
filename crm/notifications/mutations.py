"""Having seen one's notifications, and how one wants to be told."""

from typing import Annotated

from pydantic import Field

from accounts.permissions import Permission
from accounts.roles.policy import acting_member_id
from crm.notifications.models import Notification, NotificationPreference
from crm.notifications.queries import count_unread, list_preferences
from crm.notifications.schemas import NotificationKind, PreferenceRow, UnreadCount
from realtime.functions import Context, Id, mutation

Ids = Annotated[list[Id], Field(max_length=200, description="None for all of them.")]


@mutation(permission=Permission.PROFILE_EDIT)
def mark_read(ctx: Context, *, ids: Ids | None = None) -> UnreadCount:
    """Mark notifications of yours as read, all of them unless you say which; returns how many are still unread."""
    found = Notification.objects.filter(member_id=acting_member_id(ctx), read_at=None)
    if ids is not None:
        found = found.filter(pk__in=ids)
    found.update(read_at=ctx.now)
    return count_unread(ctx)


@mutation(permission=Permission.PROFILE_EDIT)
def set_preference(ctx: Context, *, kind: NotificationKind, by_email: bool) -> list[PreferenceRow]:
    """Choose whether notifications of a kind reach you by email, too."""
    NotificationPreference.objects.update_or_create(
        member_id=acting_member_id(ctx), kind=kind, defaults={"by_email": by_email}
    )
    return list_preferences(ctx)
