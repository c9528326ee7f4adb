"""Reading the actor's notifications."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.policy import acting_member_id
from crm.notifications.models import Notification
from crm.notifications.preferences import preferences_of
from crm.notifications.schemas import NotificationRow, PreferenceRow, UnreadCount
from realtime.functions import Context, Cursor, Limit, Page, query, take_page
from realtime.reads.fixed import FixedQuery

#: A badge says no more than "99+", so no more rows are looked at.
MOST_COUNTED = 100


@query(permission=Permission.PROFILE_VIEW)
def list_notifications(
    ctx: Context, *, unread: bool = False, cursor: Cursor | None = None, limit: Limit = 50
) -> Page[NotificationRow]:
    """List what you were told, newest first; ``unread`` leaves out what you have seen."""
    found = Notification.objects.filter(member_id=acting_member_id(ctx))
    if unread:
        found = found.filter(read_at=None)
    rows, next_cursor = take_page(
        found.values("id", "kind", "title", "link", "actor_id", "actor__name", "created_at", "read_at"),
        order=("-id",),
        cursor=cursor,
        limit=limit,
    )
    data: Any = [{**_without_path(row), "actor_name": row["actor__name"]} for row in rows]
    return {"data": data, "next_cursor": next_cursor}


def _without_path(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "actor__name"}


@query(permission=Permission.PROFILE_VIEW)
def count_unread(ctx: Context) -> UnreadCount:
    """Count what you have not seen yet, up to 100."""
    return {"unread": len(UNREAD.rows(acting_member_id(ctx)))}


UNREAD = FixedQuery(
    lambda member_id: (
        Notification.objects.filter(member_id=member_id, read_at=None)
        .order_by("-id")
        .values_list("id")[:MOST_COUNTED]
    )
)


@query(permission=Permission.PROFILE_VIEW)
def list_preferences(ctx: Context) -> list[PreferenceRow]:
    """List which notifications reach you by email, too."""
    chosen: Any = preferences_of(acting_member_id(ctx))
    return [{"kind": kind, "by_email": by_email} for kind, by_email in chosen.items()]
