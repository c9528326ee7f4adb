"""Reading attachments."""

from collections.abc import Collection
from typing import Annotated, Any, cast

from django.db.models import F, Q, QuerySet
from pydantic import Field

from accounts.permissions import Permission
from crm.activities.access import SUBJECTS, visible_activities
from crm.activities.queries import require_in_sight
from crm.files.models import Attachment
from crm.files.schemas import AttachmentRow, StoredFile
from crm.records.fields import shows
from crm.records.reading import read_page
from realtime.functions import Context, Cursor, Id, Limit, NotFound, Page, query

ActivityIds = Annotated[list[Id], Field(max_length=200)]
ROW = (
    "id", "subject", "contact_id", "deal_id", "company_id", "activity_id", "filename", "size", "sha256",
    "content_type", "actor_id", "owner_id", "team_id", "created_at", "archived_at", "version",
)  # fmt: skip


def visible_attachments(
    ctx: Context, found: QuerySet[Attachment, Any], subjects: tuple[str, ...] = tuple(SUBJECTS)
) -> QuerySet[Attachment, Any]:
    """Those that stand on records in sight: the same rule as for activities."""
    seen: Any = visible_activities(ctx, cast("Any", found), subjects)
    return cast("QuerySet[Attachment, Any]", seen)


@query(permission=Permission.ACTIVITY_VIEW)
def list_attachments(
    ctx: Context,
    *,
    contact_id: Id | None = None,
    deal_id: Id | None = None,
    company_id: Id | None = None,
    archived: bool = False,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[AttachmentRow]:
    """List the files on one contact, deal or company, the newest first; ``archived`` lists the bin instead.

    A contact's also are those of its deals that you may see. InvalidInput unless exactly one record is named.
    """
    subject, pk = require_in_sight(ctx, contact_id, deal_id, company_id)
    subjects = ("contact", "deal") if subject == "contact" else (subject,)

    def build(record_id: int) -> Any:
        found = Attachment.objects.filter(**{f"{subject}_id": record_id}, archived_at__isnull=not archived)
        found = found.filter(Q(activity=None) | Q(activity__archived_at=None))
        if subject == "contact" and not shows(ctx, "deal", "contact_id"):
            found = found.filter(subject="contact")
        return visible_attachments(ctx, found, subjects).values(*ROW, actor_name=F("actor__name"))

    shape = ("attachments", subject, archived)
    rows, next_cursor = read_page(ctx, shape, build, [pk], order=("-id",), cursor=cursor, limit=limit)
    return {"data": rows, "next_cursor": next_cursor}


@query(permission=Permission.ACTIVITY_VIEW)
def list_activity_files(ctx: Context, *, activity_ids: ActivityIds) -> list[AttachmentRow]:
    """List the files that came with some activities, as far as you may see these."""
    found = Attachment.objects.filter(activity_id__in=activity_ids, archived_at=None)
    rows: Any = visible_attachments(ctx, found).order_by("id").values(*ROW, actor_name=F("actor__name"))
    return list(rows)


def list_files_by_id(ctx: Context, file_ids: Collection[int]) -> list[dict[str, Any]]:
    """Of these files those in sight and not in the bin: id, filename, size, content_type. No function of its own."""
    found = Attachment.objects.filter(pk__in=file_ids, archived_at=None)
    rows = visible_attachments(ctx, found).values("id", "filename", "size", "content_type")
    return cast("list[dict[str, Any]]", list(rows))


@query(permission=Permission.ACTIVITY_VIEW)
def get_attachment(ctx: Context, *, file_id: Id) -> AttachmentRow:
    """Read what is known of one file, in the bin or not."""
    found = visible_attachments(ctx, Attachment.objects.filter(pk=file_id))
    row: Any = found.values(*ROW, actor_name=F("actor__name")).first()
    if row is None:
        raise NotFound("There is no file with this id.")
    if row["subject"] == "deal" and not shows(ctx, "deal", "contact_id"):
        row["contact_id"] = None
    return cast("AttachmentRow", row)


@query(permission=Permission.ACTIVITY_VIEW)
def open_attachment(ctx: Context, *, file_id: Id) -> StoredFile:
    """Find a file's bytes in the storage, for the transport that sends them; not out of the bin."""
    found = visible_attachments(ctx, Attachment.objects.filter(pk=file_id, archived_at=None))
    row: Any = found.values("id", "key", "filename", "size", "sha256", "content_type").first()
    if row is None:
        raise NotFound("There is no file with this id.")
    return cast("StoredFile", row)
