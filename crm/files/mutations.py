"""Attaching files, and their way into the bin and back."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.policy import member_id_of
from crm.activities.access import may_change
from crm.activities.models import Activity
from crm.activities.queries import get_activity, subject_in_sight
from crm.activities.subjects import standing_on
from crm.activities.system import note_event
from crm.files.models import Attachment, Upload
from crm.files.queries import get_attachment, visible_attachments
from crm.files.schemas import AttachmentRow, FileName, UploadToken
from crm.files.storing import stored_file
from crm.records import writes
from crm.records.conflicts import binned
from crm.records.results import ref
from crm.records.schemas import RecordRef
from realtime.functions import (
    Context,
    Forbidden,
    Id,
    NotFound,
    PreconditionFailed,
    Version,
    invalid,
    mutation,
)

WORD = "attachment"


@mutation(permission=Permission.ACTIVITY_CREATE)
def create_attachment(
    ctx: Context,
    *,
    upload: UploadToken,
    filename: FileName,
    contact_id: Id | None = None,
    deal_id: Id | None = None,
    company_id: Id | None = None,
    activity_id: Id | None = None,
) -> AttachmentRow:
    """Attach a stored file to one contact, deal or company, or to an activity on one of them.

    InvalidInput for a file that was not uploaded by you within the hour, or was attached already; Conflict if the
    record is in the bin.
    """
    activity = None
    if activity_id is not None:
        activity = Activity.objects.get(pk=get_activity(ctx, activity_id=activity_id)["id"])
        named = {f"{activity.subject}_id": getattr(activity, f"{activity.subject}_id")}
        contact_id, deal_id, company_id = (named.get(f"{word}_id") for word in ("contact", "deal", "company"))
    subject, record = subject_in_sight(ctx, contact_id, deal_id, company_id)
    if record.archived_at is not None:
        raise binned(ctx, record, subject)
    attachment = keep_file(ctx, record, activity, upload=upload, filename=filename)
    if activity is None:
        note_event(ctx, record, {"event": "file_added", "name": filename})
    return get_attachment(ctx, file_id=attachment.pk)


def keep_file(
    ctx: Context, record: Any, activity: Activity | None, *, upload: str, filename: str
) -> Attachment:
    """Attach a stored file to a record that the caller has looked at, as part of the caller's transaction."""
    stored = stored_file(ctx, upload)
    if not Upload.objects.filter(key=stored["key"]).delete()[0]:
        raise invalid("upload", "This upload was attached already, or given up.", "unknown_upload")
    attachment = Attachment(
        **standing_on(record), activity=activity, actor_id=member_id_of(ctx), filename=filename,
        key=stored["key"], size=stored["size"], sha256=stored["sha256"], content_type=stored["kind"],
    )  # fmt: skip
    writes.create(ctx, attachment, WORD, {"filename": filename})
    return attachment


@mutation(permission=Permission.ACTIVITY_DELETE)
def archive_attachment(ctx: Context, *, file_id: Id, version: Version | None = None) -> RecordRef:
    """Put a file into the bin; it can't be downloaded from there."""
    attachment = _lock(ctx, file_id, version)
    writes.archive(ctx, attachment, WORD)
    return ref(attachment)


@mutation(permission=Permission.ACTIVITY_DELETE)
def restore_attachment(ctx: Context, *, file_id: Id) -> AttachmentRow:
    """Take a file out of the bin."""
    writes.restore(ctx, _lock(ctx, file_id, None), WORD)
    return get_attachment(ctx, file_id=file_id)


def _lock(ctx: Context, file_id: int, version: int | None) -> Attachment:
    """The attachment, locked; NotFound out of sight, Forbidden for another's that the role does not reach."""
    rows = Attachment.objects.select_for_update(of=("self",)).filter(pk=file_id)
    attachment: Attachment | None = visible_attachments(ctx, rows).first()
    if attachment is None:
        raise NotFound("There is no file with this id.")
    whose = {"actor_id": attachment.actor_id, "team_id": attachment.team_id}
    if not may_change(ctx, Permission.ACTIVITY_DELETE, **whose):
        raise Forbidden("You may see this file but not delete it.")
    if version is not None and attachment.version != version:
        raise PreconditionFailed("Somebody changed this file meanwhile.")
    return attachment
