"""Telling a member something: a row that their open pages show at once, and an email if they want one."""

from typing import Any

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.outbox import queue_email
from accounts.roles.models import Member
from accounts.roles.policy import member_id_of
from crm.notifications.models import Notification
from crm.notifications.preferences import preferences_of
from realtime.functions import Context

#: What an email about each kind says first.
SUBJECTS: dict[str, Any] = {
    "mention": _("{actor} mentioned you"),
    "assigned": _("{actor} gave you something"),
    "reminder": _("Reminder: {title}"),
    "automation": _("{title}"),
    "mail": _("Email: {title}"),
    "trouble": _("A workflow run needs you: {title}"),
}


def notify(ctx: Context, member_id: int, kind: str, title: str, link: str) -> None:
    """Tell the member, in the caller's transaction. ``title`` is a record's name, ``link`` the path of its page."""
    actor_id = member_id_of(ctx)
    Notification.objects.create(
        member_id=member_id,
        kind=kind,
        title=title[:200],
        link=link,
        actor_id=actor_id,
        created_at=ctx.now,
    )
    if preferences_of(member_id)[kind]:
        _send_email(ctx, member_id, actor_id, kind, title, link)


def _send_email(ctx: Context, member_id: int, actor_id: int | None, kind: str, title: str, link: str) -> None:
    people = Member.objects.in_bulk([pk for pk in (member_id, actor_id) if pk is not None])
    actor = people[actor_id].name if actor_id in people else ""
    values: dict[str, object] = {
        "kind": kind,
        "actor": actor,
        "title": title,
        "link": f"{settings.SITE_URL}{link}",
        "preferences": f"{settings.SITE_URL}/notifications/",
    }
    subject = format_lazy(SUBJECTS[kind], actor=actor or _("Somebody"), title=title)
    queue_email(ctx.schema, people[member_id].email, subject, "notification", values)
