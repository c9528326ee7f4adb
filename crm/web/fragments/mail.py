"""Live regions of email: the inbox, a thread, templates, mailboxes, addresses that get none."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from accounts.roles.policy import member_id_of, scope_of
from crm.mail.mailboxes import list_mailboxes
from crm.mail.queries import get_thread, list_thread_messages, list_threads
from crm.mail.refusals import REFUSALS
from crm.mail.suppressions import list_suppressions
from crm.mail.templates import list_templates
from crm.web.forms.mail import REASONS
from crm.web.pages import ask, trail_pages
from realtime.functions import Context, Cursor, Id, Search, translated
from realtime.live.fragments import fragment

#: State of a delivery -> its badge's colour and words.
STATES = {
    "queued": ("", gettext_lazy("Queued")),
    "sending": ("", gettext_lazy("Sending")),
    "sent": ("good", gettext_lazy("Sent")),
    "bounced": ("bad", gettext_lazy("Came back")),
    "failed": ("bad", gettext_lazy("Not sent")),
    "suppressed": ("warn", gettext_lazy("Not sent")),
}
MAILBOX_STATES = {
    "new": ("", gettext_lazy("Being looked at")),
    "working": ("good", gettext_lazy("Working")),
    "unreachable": ("warn", gettext_lazy("Not reachable")),
    "refused": ("bad", gettext_lazy("Password refused")),
}


def badge_of(row: Any) -> dict[str, Any]:
    """How a delivery fares, in words: colour, label and, where something is wrong, why."""
    if not row.get("state"):
        return {}
    if row["state"] == "sent" and row.get("opened_at"):
        return {
            "colour": "good",
            "label": _("Link followed") if row.get("clicked_at") else _("Opened"),
            "why": "",
        }
    colour, label = STATES[row["state"]]
    error = row.get("error") or ""
    return {"colour": colour, "label": label, "why": translated(REFUSALS.get(error, error)) if error else ""}


@fragment("mail/inbox", template="mailing/_inbox.html")
def inbox(
    ctx: Context,
    *,
    unread: bool | None = None,
    mine: bool = False,
    cursor: Cursor | None = None,
    trail: str = "",
) -> dict[str, Any]:
    """A page of the threads."""
    may_connect = scope_of(ctx).allows(Permission.MAILBOX_MANAGE)
    if not scope_of(ctx).allows(Permission.ACTIVITY_VIEW):
        return {"rows": [], "is_filtered": False, "may_connect": may_connect}
    owner_id = member_id_of(ctx) if mine else None
    found = ask(ctx, list_threads, unread=unread, owner_id=owner_id, cursor=cursor)
    pages = trail_pages(
        {"unread": unread and "true", "mine": mine and "1", "cursor": cursor}, found["next_cursor"], trail
    )
    return {
        "rows": found["data"],
        "pages": pages,
        "is_filtered": bool(unread or mine),
        "may_connect": may_connect,
    }


@fragment("mail/thread", template="mailing/_thread.html")
def thread(ctx: Context, *, thread_id: Id) -> dict[str, Any]:
    """A thread's mails, the last hundred, the newest last."""
    row = ask(ctx, get_thread, thread_id=thread_id)
    messages = ask(ctx, list_thread_messages, thread_id=thread_id, limit=100)["data"]
    return {
        "thread": row,
        "rows": [_mail(each, row["title"]) for each in reversed(messages)],
        "last": messages[0] if messages else None,
        # Whoever the contact belongs to has read it by looking at it; others say so.
        "is_own": row["owner_id"] is not None and row["owner_id"] == member_id_of(ctx),
        "may_send": scope_of(ctx).allows(Permission.MAIL_SEND),
    }


def _mail(row: Any, title: str) -> dict[str, Any]:
    """A mail as its thread shows it: its subject only where that says something new."""
    plain = row["subject"].lower().removeprefix("re:").removeprefix("aw:").strip()
    return {
        **row,
        "badge": badge_of(row),
        "shows_subject": plain != title.lower().removeprefix("re:").strip(),
    }


@fragment("mail/templates", template="settings/_mail_templates.html")
def mail_templates(ctx: Context) -> dict[str, Any]:
    """The templates that the member may use."""
    manages = scope_of(ctx).allows(Permission.MAIL_TEMPLATE_MANAGE)
    rows = ask(ctx, list_templates) if scope_of(ctx).allows(Permission.MAIL_SEND) else []
    return {"rows": [{**row, "may_edit": manages or not row["shared"]} for row in rows]}


@fragment("mail/mailboxes", template="settings/_mailbox.html")
def mailbox_rows(ctx: Context) -> dict[str, Any]:
    """One's own mailboxes."""
    rows = ask(ctx, list_mailboxes) if scope_of(ctx).allows(Permission.MAILBOX_MANAGE) else []
    return {"rows": [{**row, "badge": MAILBOX_STATES[row["state"]]} for row in rows]}


@fragment("mail/suppressions", template="settings/_suppressions.html")
def suppressed(
    ctx: Context, *, search: Search = "", cursor: Cursor | None = None, trail: str = ""
) -> dict[str, Any]:
    """A page of the addresses that get no email."""
    found = ask(ctx, list_suppressions, search=search, cursor=cursor)
    return {
        "rows": [{**row, "why": REASONS[row["reason"]]} for row in found["data"]],
        "pages": {
            **trail_pages({"q": search, "cursor": cursor}, found["next_cursor"], trail),
            "newer_label": _("Newer"),
            "older_label": _("Older"),
        },
        "search": search,
    }
