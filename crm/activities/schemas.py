"""What goes into and comes out of the activities' functions."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NotRequired

from pydantic import AwareDatetime, Field, StringConstraints
from typing_extensions import TypedDict

from realtime.functions import Changes, Prose, shape

#: What somebody may write; "system" is what the product notes itself.
WrittenKind = Literal["note", "call", "text", "email", "meeting"]
ActivityKind = Literal["note", "call", "text", "email", "meeting", "system"]
ActivityOrder = Literal["-occurred_at", "occurred_at", "-created_at", "-updated_at"]
Direction = Literal["", "in", "out"]
Outcome = Literal["", "connected", "voicemail", "no_answer", "busy", "wrong_number"]
Seconds = Annotated[int, Field(ge=0, le=86_400, description="A call's length.")]
ExternalId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200),
    Field(description="Its id at the source: a second one of the same source is not created again."),
]
Payload = Annotated[dict[str, Any], Field(description="Anything else, as JSON of up to 16 KB.")]


@shape
class ActivityRow(TypedDict):
    """An entry of a timeline. Fields that the role hides are absent; names are null for what is out of sight."""

    id: int
    kind: ActivityKind
    subject: Literal["contact", "deal", "company"]
    contact_id: NotRequired[int | None]
    contact_name: NotRequired[str | None]
    deal_id: int | None
    deal_title: str | None
    company_id: int | None
    company_name: str | None
    actor_id: int | None
    actor_name: str | None
    direction: NotRequired[Direction]
    occurred_at: datetime
    pinned_at: NotRequired[datetime | None]
    body: NotRequired[str]
    mentioned: NotRequired[list[str]]
    outcome: Outcome | None
    seconds: int | None
    payload: NotRequired[dict[str, Any]]
    source: str
    external_id: str
    owner_id: int | None
    team_id: int | None
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    version: int


class ActivityChanges(Changes):
    """Fields of an activity to change; those not sent stay. Outcome and seconds are those of calls."""

    body: Prose = ""
    direction: Direction = ""
    occurred_at: AwareDatetime = datetime.max.replace(tzinfo=UTC)
    outcome: Outcome = ""
    seconds: Seconds | None = None
