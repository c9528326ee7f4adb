"""Mails as the functions answer them."""

from typing import Any, cast

from django.db.models import F, QuerySet

from crm.files.queries import list_files_by_id
from crm.mail.models import MailMessage
from crm.mail.schemas import MessageRow
from crm.records.fields import shows
from realtime.functions import Context

COLUMNS = (
    "id", "thread_id", "contact_id", "member_id", "template_id", "enrollment_id", "message_id", "in_reply_to",
    "direction", "from_address", "from_name", "to_address", "subject", "text", "is_automatic", "occurred_at",
    "file_ids", "left_out",
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
        opened_at=F("delivery__opened_at"),
        clicked_at=F("delivery__clicked_at"),
    )
    return cast("QuerySet[MailMessage, Any]", values)


def as_allowed(ctx: Context, rows: list[Any]) -> list[Any]:
    """The rows without what the role hides: the contact's address, what activities say."""
    if not shows(ctx, "activity", "body"):
        for row in rows:
            row.update({name: "" for name in ("subject", "text", "html") if name in row})
            row.update({"left_out": []} if "left_out" in row else {})
    if not shows(ctx, "contact", "email"):
        for row in rows:
            row.update({name: "" for name in _theirs(row) if name in row})
    return rows


def finished(ctx: Context, rows: list[Any]) -> list[Any]:
    """The rows of messages as they are answered: with their files, and without what the role hides."""
    wanted = {pk for row in rows for pk in row["file_ids"]} if shows(ctx, "activity", "body") else set()
    files = {each["id"]: each for each in list_files_by_id(ctx, wanted)} if wanted else {}
    for row in rows:
        row["files"] = [files[pk] for pk in row.pop("file_ids") if pk in files]
    return as_allowed(ctx, rows)


def _theirs(row: Any) -> tuple[str, ...]:
    """The member of the row that holds the contact's address."""
    return ("from_address",) if row.get("direction") == "in" else ("to_address",)


def message_row(ctx: Context, pk: int) -> MessageRow:
    """One mail that the actor is known to see."""
    rows = list(as_values(MailMessage.objects.filter(pk=pk)))
    return cast("MessageRow", finished(ctx, rows)[0])
