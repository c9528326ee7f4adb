"""Mails as the functions answer them."""

from typing import Any, cast

from django.db.models import F, QuerySet

from crm.mail.models import MailMessage
from crm.mail.schemas import MessageRow
from crm.records.fields import shows
from realtime.functions import Context

COLUMNS = (
    "id", "thread_id", "contact_id", "member_id", "template_id", "enrollment_id", "message_id", "in_reply_to",
    "direction", "from_address", "from_name", "to_address", "subject", "text", "is_automatic", "occurred_at",
)  # fmt: skip


def as_values(found: QuerySet[MailMessage, Any], *more: str) -> QuerySet[MailMessage, Any]:
    """The queryset as dicts of a MessageRow's members."""
    values: Any = found.values(
        *COLUMNS,
        *more,
        member_name=F("member__name"),
        state=F("delivery__state"),
        error=F("delivery__error"),
        attempts=F("delivery__attempts"),
        sent_at=F("delivery__sent_at"),
        bounced_at=F("delivery__bounced_at"),
    )
    return cast("QuerySet[MailMessage, Any]", values)


def as_allowed(ctx: Context, rows: list[Any]) -> list[Any]:
    """The rows without what the role hides: the contact's address, what activities say."""
    if not shows(ctx, "activity", "body"):
        for row in rows:
            row.update({name: "" for name in ("subject", "text", "html") if name in row})
    if not shows(ctx, "contact", "email"):
        for row in rows:
            row.update({name: "" for name in _theirs(row) if name in row})
    return rows


def _theirs(row: Any) -> tuple[str, ...]:
    """The member of the row that holds the contact's address."""
    return ("from_address",) if row.get("direction") == "in" else ("to_address",)


def message_row(ctx: Context, pk: int) -> MessageRow:
    """One mail that the actor is known to see."""
    rows = list(as_values(MailMessage.objects.filter(pk=pk)))
    return cast("MessageRow", as_allowed(ctx, rows)[0])
