"""Live regions of notifications."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.notifications.queries import count_unread, list_notifications, list_preferences
from crm.web.pages import ask, trail_pages
from realtime.functions import Context, Cursor
from realtime.live.fragments import fragment


@fragment("shell/unread", template="components/_unread.html")
def unread(ctx: Context) -> dict[str, Any]:
    """How many notifications wait; nothing where none do."""
    if not scope_of(ctx).allows(Permission.PROFILE_VIEW):
        return {"unread": 0}
    return {"unread": ask(ctx, count_unread)["unread"]}


@fragment("notifications/list", template="notifications/_list.html")
def notification_list(ctx: Context, *, cursor: Cursor | None = None, trail: str = "") -> dict[str, Any]:
    """What one was told, newest first."""
    found = ask(ctx, list_notifications, cursor=cursor, limit=PAGE)
    pages = trail_pages({"cursor": cursor}, found["next_cursor"], trail)
    return {
        "rows": found["data"],
        "has_unread": any(row["read_at"] is None for row in found["data"]),
        "pages": {**pages, "newer_label": _("Newer"), "older_label": _("Older")},
    }


@fragment("notifications/preferences", template="notifications/_preferences.html")
def preferences(ctx: Context) -> dict[str, Any]:
    """Which kinds come by email, too."""
    labels = {
        "mention": _("Somebody mentions you"),
        "assigned": _("Somebody gives you a record or a task"),
        "reminder": _("A task's reminder"),
        "automation": _("An automation tells you something"),
        "mail": _("A contact answers an email"),
        "trouble": _("A workflow run failed and needs somebody"),
    }
    rows = ask(ctx, list_preferences)
    return {"rows": [{**row, "label": labels[row["kind"]]} for row in rows]}


PAGE = 50
