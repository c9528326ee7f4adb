"""Putting files into the storage and taking them out; the database knows them by a key.

An upload is noted, with the time at which it is given up, before its first byte is stored; the mutation that
attaches the file takes the note away in its own transaction. So whatever dies between the two, nothing is left
in the storage that nobody knows of. The mutation takes a signed token, not a key: nobody can attach what is
somebody else's.
"""

import hashlib
import mimetypes
import secrets
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from typing import IO, Any, Protocol

from django.conf import settings
from django.core import signing
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils import timezone

from crm.files.models import Upload
from realtime.functions import Context, Phrase, TooLarge, invalid
from workflows.schedule import schedule_due

BLOCK = 64 * 1024
IN_MEMORY = 1024 * 1024
#: A token holds for an hour; a good while later the file that it was for is deleted.
TOKEN_HOLDS = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(hours=3)
SALT = "crm.files.upload"


class Readable(Protocol):
    """Where the bytes of an upload come from."""

    def read(self, size: int, /) -> bytes: ...


def storage() -> Storage:
    """The storage of attachments (``STORAGES["attachments"]``)."""
    return storages["attachments"]


def store(ctx: Context, source: Readable, filename: str) -> str:
    """Store an upload; returns the token that ``create_attachment`` takes.

    TooLarge as soon as more than ``FILES_MAX_BYTES`` have come; InvalidInput for an empty file.
    """
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as spool:
        size, digest = _measure(source, spool)
        spool.seek(0)
        key = _note_upload(ctx.schema)
        storage().save(key, File(spool, name=key))
    kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    return signing.dumps(
        {
            "schema": ctx.schema,
            "by": str(ctx.actor),
            "key": key,
            "size": size,
            "sha256": digest,
            "kind": kind,
        },
        salt=SALT,
    )


def _measure(source: Readable, spool: Any) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while block := source.read(BLOCK):
        size += len(block)
        if size > settings.FILES_MAX_BYTES:
            raise too_large()
        digest.update(block)
        spool.write(block)
    if not size:
        raise invalid("file", "The file is empty.", "required")
    return size, digest.hexdigest()


def too_large() -> TooLarge:
    """The refusal of a file above the limit."""
    return TooLarge(Phrase("A file may hold up to %(most)s MB.", most=settings.FILES_MAX_BYTES // 1_000_000))


def _note_upload(schema: str) -> str:
    """A new key of the tenant's, committed with the work that gives it up."""
    now = timezone.now()
    key = f"{schema}/{now:%Y/%m}/{secrets.token_hex(20)}"
    with transaction.atomic():
        upload = Upload.objects.create(key=key, created_at=now)
        schedule_due("files.upload", upload.pk, delay=GIVEN_UP_AFTER)
    return key


def stored_file(ctx: Context, token: str) -> dict[str, Any]:
    """What the token says of the file; InvalidInput if it is not the caller's own, or too old."""
    refusal = invalid("upload", "Upload the file first, and attach it within the hour.", "unknown_upload")
    try:
        found: dict[str, Any] = signing.loads(token, salt=SALT, max_age=TOKEN_HOLDS)
    except signing.BadSignature:
        raise refusal from None
    if found["schema"] != ctx.schema or found["by"] != str(ctx.actor):
        raise refusal
    return found


def blocks_of(schema: str, key: str) -> Iterator[bytes]:
    """The file in pieces. A key of another tenant is never opened, whatever a row says."""
    if not key.startswith(f"{schema}/"):
        raise ValueError(f"{key} is not {schema}'s.")
    opened: IO[bytes] = storage().open(key)
    return _pieces(opened)


def _pieces(opened: IO[bytes]) -> Iterator[bytes]:
    with opened:
        while block := opened.read(BLOCK):
            yield block
