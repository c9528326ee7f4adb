"""Results that several areas share."""

from datetime import datetime
from typing import Any

from typing_extensions import TypedDict

from realtime.functions import shape


@shape
class Choice(TypedDict):
    """Something to choose from: a member, a stage, a company."""

    id: int
    name: str


@shape
class RecordRef(TypedDict):
    """What a mutation answers when the record may be out of the actor's sight by now."""

    id: int
    version: int
    owner_id: int | None
    archived_at: datetime | None


@shape
class BatchResult(TypedDict):
    """What became of one item of a batch: the record's id and version, or the error as a problem's members."""

    index: int
    id: int | None
    version: int | None
    error: dict[str, Any] | None
