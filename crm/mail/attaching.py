"""Files that go out with a mail, and those that came with one: attachments of its entry on the timeline.

A mail names them (``MailMessage.file_ids``): what somebody attaches to the entry later does not go out with it.
"""

from collections.abc import Sequence

from django.db.models import Sum

from crm.contacts.models import Contact
from crm.files.models import Attachment
from crm.files.mutations import keep_file
from crm.files.queries import visible_attachments
from crm.files.storing import blocks_of
from crm.mail.models import MailMessage
from crm.mail.schemas import NewFile
from realtime.functions import Context, NotFound, Phrase, invalid

#: Bytes of a mail's files together: most mail servers take 25 MB, of which base64 needs a third.
MOST_BYTES = 18_000_000


def keep_files(ctx: Context, message: MailMessage, uploads: Sequence[NewFile]) -> list[int]:
    """Attach stored files to the mail's entry on the timeline; answers their ids."""
    if message.activity is None:
        return []
    return [
        keep_file(ctx, message.contact, message.activity, upload=each.upload, filename=each.filename).pk
        for each in uploads
    ]


def known_files(ctx: Context, contact: Contact, file_ids: Sequence[int]) -> list[int]:
    """The ids, if all are files of the contact that the actor may see; NotFound else."""
    wanted = list(dict.fromkeys(file_ids))
    if not wanted:
        return []
    found = Attachment.objects.filter(pk__in=wanted, contact=contact, archived_at=None)
    if visible_attachments(ctx, found).count() != len(wanted):
        raise NotFound("The contact has no file with this id.")
    return wanted


def check_size(file_ids: Sequence[int]) -> None:
    """InvalidInput for files that no mail server would take together."""
    if not file_ids:
        return
    size = Attachment.objects.filter(pk__in=file_ids).aggregate(size=Sum("size"))["size"] or 0
    if size > MOST_BYTES:
        words = Phrase(
            "The files of an email may hold up to %(most)s MB together.", most=MOST_BYTES // 1_000_000
        )
        raise invalid("uploads", words, "too_large")


def files_for(schema: str, file_ids: Sequence[int]) -> list[tuple[str, bytes, str]]:
    """Name, bytes and type of each file that still is there, in the mail's order."""
    rows = {row.pk: row for row in Attachment.objects.filter(pk__in=file_ids, archived_at=None)}
    found = [rows[pk] for pk in file_ids if pk in rows]
    return [(row.filename, b"".join(blocks_of(schema, row.key)), row.content_type) for row in found]
