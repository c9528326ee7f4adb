"""Reading mail: threads and their messages, seen with their contact."""

from typing import Any, cast

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Left

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.activities.access import visible_activities
from crm.activities.queries import require_in_sight
from crm.mail import templates
from crm.mail.models import MailMessage, MailThread
from crm.mail.rows import as_allowed, as_values, finished
from crm.mail.schemas import ActivityIds, ActivityMailRow, MessageDetail, MessageRow, ThreadRow
from crm.records.fields import linked_name, shows
from crm.records.reading import Build, read_page
from realtime.functions import Context, Cursor, Id, Limit, NotFound, Page, query

#: Registered with these.
__all__ = ["templates"]
THREAD = (
    "id", "contact_id", "title", "last_message_at", "unread", "owner_id", "team_id", "created_at", "updated_at",
)  # fmt: skip
NEWEST = ("-last_message_at", "-id")
#: So much of a mail is enough for its line in the inbox.
SNIPPET = 200


def visible_threads(ctx: Context) -> QuerySet[MailThread, Any]:
    """Those of contacts in sight: the same rule as for activities."""
    found: Any = visible_activities(
        ctx, cast("Any", MailThread.objects.filter(archived_at=None)), ("contact",)
    )
    return cast("QuerySet[MailThread, Any]", found)


@query(permission=Permission.ACTIVITY_VIEW)
def list_threads(
    ctx: Context,
    *,
    contact_id: Id | None = None,
    owner_id: Id | None = None,
    unread: bool | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[ThreadRow]:
    """List the email threads with the contacts that you may see, the last one first."""
    given = {"contact_id": contact_id, "owner_id": owner_id}
    wanted = {name: value for name, value in given.items() if value is not None}

    def build(*values: int) -> Any:
        found = visible_threads(ctx).filter(**dict(zip(wanted, values, strict=True)))
        return _values(ctx, found if unread is None else found.filter(unread=unread))

    shape = ("threads", unread, *wanted)
    rows, next_cursor = read_page(
        ctx, shape, build, [*wanted.values()], order=NEWEST, cursor=cursor, limit=limit
    )
    return {"data": _titled(ctx, rows), "next_cursor": next_cursor}


@query(permission=Permission.ACTIVITY_VIEW)
def get_thread(ctx: Context, *, thread_id: Id) -> ThreadRow:
    """Read one email thread; its mails are a list of their own."""
    row: Any = _values(ctx, visible_threads(ctx).filter(pk=thread_id)).first()
    if row is None:
        raise NotFound("There is no email thread with this id.")
    return cast("ThreadRow", _titled(ctx, [row])[0])


@query(permission=Permission.ACTIVITY_VIEW)
def list_thread_messages(
    ctx: Context, *, thread_id: Id, cursor: Cursor | None = None, limit: Limit = 50
) -> Page[MessageRow]:
    """List the mails of a thread, the newest first."""
    _require_thread(ctx, thread_id)

    def build(pk: int) -> Any:
        return as_values(MailMessage.objects.filter(thread_id=pk))

    return _page(ctx, "thread", build, thread_id, cursor, limit)


@query(permission=Permission.ACTIVITY_VIEW)
def list_messages(
    ctx: Context, *, contact_id: Id, cursor: Cursor | None = None, limit: Limit = 50
) -> Page[MessageRow]:
    """List the mails to and from a contact, the newest first."""
    require_in_sight(ctx, contact_id, None, None)

    def build(pk: int) -> Any:
        allowed = visible_to(ctx, Permission.ACTIVITY_VIEW, MailThread.objects.filter(contact_id=pk))
        return as_values(MailMessage.objects.filter(contact_id=pk, thread__in=allowed.values("pk")))

    return _page(ctx, "mails", build, contact_id, cursor, limit)


@query(permission=Permission.ACTIVITY_VIEW)
def get_message(ctx: Context, *, message_id: Id) -> MessageDetail:
    """Read one mail, its cleaned HTML included."""
    rows: Any = list(as_values(MailMessage.objects.filter(pk=message_id), "html", "reference_ids"))
    if not rows or not visible_threads(ctx).filter(pk=rows[0]["thread_id"]).exists():
        raise NotFound("There is no email with this id.")
    return cast("MessageDetail", finished(ctx, rows)[0])


@query(permission=Permission.ACTIVITY_VIEW)
def list_activity_mail(ctx: Context, *, activity_ids: ActivityIds) -> list[ActivityMailRow]:
    """List how the mails behind some activities fare, as far as you may see these."""
    found = MailMessage.objects.filter(activity_id__in=activity_ids)
    rows: Any = found.filter(thread__in=visible_threads(ctx).values("pk")).order_by("id").values(
        "id", "activity_id", "thread_id", "subject",
        state=F("delivery__state"), error=F("delivery__error"),
        opened_at=F("delivery__opened_at"), clicked_at=F("delivery__clicked_at"),
    )  # fmt: skip
    return as_allowed(ctx, list(rows))


def _page(
    ctx: Context, shape: str, build: Build, pk: int, cursor: str | None, limit: int
) -> Page[MessageRow]:
    order = ("-occurred_at", "-id")
    rows, next_cursor = read_page(ctx, shape, build, [pk], order=order, cursor=cursor, limit=limit)
    return {"data": finished(ctx, rows), "next_cursor": next_cursor}


def _values(ctx: Context, threads: QuerySet[MailThread, Any]) -> Any:
    """The threads' columns, with the contact's name and how the newest mail begins: a probe of an index a thread."""
    newest = MailMessage.objects.filter(thread=OuterRef("pk")).order_by("-occurred_at", "-id")
    begins = Subquery(newest.values(start=Left("text", SNIPPET))[:1])
    name = linked_name(ctx, Permission.CONTACT_VIEW, "contact", "full_name")
    return threads.values(*THREAD, contact_name=name, snippet=begins)


def _titled(ctx: Context, rows: list[Any]) -> list[Any]:
    """The threads without their subjects and beginnings where the role hides what activities say."""
    shown = shows(ctx, "activity", "body")
    for row in rows:
        row["snippet"] = " ".join((row["snippet"] or "").split()) if shown else ""
        if not shown:
            row["title"] = ""
    return rows


def _require_thread(ctx: Context, thread_id: int) -> None:
    if not visible_threads(ctx).filter(Q(pk=thread_id)).exists():
        raise NotFound("There is no email thread with this id.")
