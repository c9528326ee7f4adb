"""What goes into and comes out of the files' functions."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from typing_extensions import TypedDict

from realtime.functions import shape


def _plain_name(name: str) -> str:
    """The last part of a path, without what would break a header or a page."""
    kept = "".join(character for character in name if character.isprintable())
    return kept.replace("\\", "/").rpartition("/")[2].strip(". ")[:200] or "file"


FileName = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_plain_name)]
UploadToken = Annotated[
    str, StringConstraints(max_length=1000), Field(description="What storing the file answered.")
]


@shape
class AttachmentRow(TypedDict):
    """A file on a record: what it is called, its size in bytes, its digest, and who attached it."""

    id: int
    subject: Literal["contact", "deal", "company"]
    contact_id: int | None
    deal_id: int | None
    company_id: int | None
    activity_id: int | None
    filename: str
    size: int
    sha256: str
    content_type: str
    actor_id: int | None
    actor_name: str | None
    owner_id: int | None
    team_id: int | None
    created_at: datetime
    archived_at: datetime | None
    version: int


@shape
class StoredFile(TypedDict):
    """Where a file's bytes are, for the transports that send them."""

    id: int
    key: str
    filename: str
    size: int
    sha256: str
    content_type: str
