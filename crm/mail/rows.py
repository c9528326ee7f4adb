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
    """The rows without the contact's address where the role hides that."""
    if not shows(ctx, "contact", "email"):
        for row in rows:
            row["from_address" if row["direction"] == "in" else "to_address"] = ""
    return rows


def message_row(ctx: Context, pk: int) -> MessageRow:
    """One mail that the actor is known to see."""
    rows = list(as_values(MailMessage.objects.filter(pk=pk)))
    return cast("MessageRow", as_allowed(ctx, rows)[0])
