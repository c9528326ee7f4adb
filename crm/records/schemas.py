"""Results that several areas share."""

from datetime import datetime

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
