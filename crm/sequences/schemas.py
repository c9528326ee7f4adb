"""What goes into and comes out of the sequences' functions."""

import re
from datetime import datetime, time
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema
from typing_extensions import TypedDict

from crm.records.schemas import BatchResult
from realtime.functions import Changes, Name, pattern, shape
from workflows.runs.schemas import RunStatus

Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
SequenceState = Literal["draft", "active", "paused", "archived"]
EnrollmentState = Literal["active", "paused", "finished", "stopped"]
#: How a step ended for one contact.
VisitState = Literal["here", "sent", "done", "skipped", "stopped", "failed"]
StopReason = Literal["", "replied", "unsubscribed", "stage", "binned", "by_hand", "automation", "sequence"]
StageIds = Annotated[list[Annotated[int, Field(ge=1)]], Field(max_length=50)]
Days = Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(min_length=1, max_length=7)]
DailyLimit = Annotated[int, Field(ge=1, le=10_000, description="Emails a day, at most.")]
Pace = Annotated[int, Field(ge=0, le=3600, description="Seconds between two emails, at least.")]
CLOCK = pattern(r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$", "Give a time of day from 00:00 to 23:59.")


def _on_the_clock(value: object) -> object:
    """The time that a text says. An offset is refused: the hours are those of each contact's own clock."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(CLOCK, value, re.ASCII):
        raise ValueError("Write hours and minutes as HH:MM, without a time zone.")
    return time.fromisoformat(value)


#: JSON Schema's "time" wants an offset (RFC 3339), which a time on a clock has not.
ClockTime = Annotated[
    time,
    BeforeValidator(_on_the_clock),
    WithJsonSchema(
        {"type": "string", "pattern": CLOCK, "description": "HH:MM or HH:MM:SS on the contact's clock."}
    ),
]


class SequenceChanges(Changes):
    """What may be changed of a sequence."""

    name: Name = ""
    description: Description = ""
    stop_on_reply: bool = True
    stop_on_contact_stages: StageIds = []
    stop_on_deal_stages: StageIds = []
    opens_at: ClockTime = time(9)
    closes_at: ClockTime = time(17)
    days: Days = [0, 1, 2, 3, 4]
    daily_limit: DailyLimit = 200
    pace_seconds: Pace = 20
    sender_id: Annotated[int, Field(ge=1)] | None = None


@shape
class SequenceFigures(TypedDict):
    """How many contacts began, are under way, came to the end, answered, were stopped; and emails sent."""

    enrolled: int
    active: int
    finished: int
    replied: int
    stopped: int
    sent: int


@shape
class StepFigures(TypedDict):
    """How many contacts came to a step, are at it, and how it ended for the others; of its emails how many were opened
    and how many led to a click, where the firm has that noted."""

    entered: int
    here: int
    sent: int
    done: int
    skipped: int
    replied: int
    stopped: int
    failed: int
    opened: int
    clicked: int


@shape
class SequenceRow(TypedDict):
    """A sequence in a list, with its figures."""

    id: int
    name: str
    description: str
    state: SequenceState
    step_count: int
    updated_at: datetime
    version: int
    figures: SequenceFigures


@shape
class StepRow(TypedDict):
    """A step with what it says and its figures. A deleted one is listed while contacts are at it."""

    id: int
    position: int
    kind: str
    params: dict[str, Any]
    template_id: int | None
    template_name: str | None
    is_removed: bool
    figures: StepFigures


@shape
class SequenceDetail(TypedDict):
    """A sequence with its rules and steps, and what keeps it from being published."""

    id: int
    name: str
    description: str
    state: SequenceState
    stop_on_reply: bool
    stop_on_contact_stages: list[int]
    stop_on_deal_stages: list[int]
    opens_at: ClockTime
    closes_at: ClockTime
    days: list[int]
    daily_limit: int
    pace_seconds: int
    sender_id: int | None
    sender_name: str | None
    updated_at: datetime
    version: int
    figures: SequenceFigures
    steps: list[StepRow]
    problems: list[str]


@shape
class SequenceRef(TypedDict):
    """A sequence's id and version."""

    id: int
    version: int


@shape
class EnrollmentRow(TypedDict):
    """Where a contact stands in a sequence; ``run_id`` and ``run_status`` are for those who may see runs."""

    id: int
    contact_id: int
    contact_name: str
    sequence_id: int
    sequence_name: str
    state: EnrollmentState
    stop_reason: StopReason
    origin: str
    step_id: int | None
    step_kind: str | None
    step_position: int | None
    next_at: datetime | None
    enrolled_by_name: str | None
    created_at: datetime
    finished_at: datetime | None
    version: int
    run_id: int | None
    run_status: RunStatus | None


@shape
class VisitRow(TypedDict):
    """A step that an enrollment came to, and how it ended."""

    step_id: int
    kind: str
    position: int
    state: VisitState
    replied: bool
    message_id: int | None
    note: str
    entered_at: datetime
    left_at: datetime | None


@shape
class EnrollmentDetail(EnrollmentRow):
    """An enrollment with the steps that it came to, in their order."""

    visits: list[VisitRow]


@shape
class Enrolled(TypedDict):
    """A result for each contact that was named; or the intake that enrolls those of a filter in the background.

    ``expected`` is how many the filter chooses now, null for more than 10,000.
    """

    results: list[BatchResult]
    intake_id: int | None
    expected: int | None


@shape
class IntakeRow(TypedDict):
    """How far the enrollment of a filter's contacts is: ``found`` of the ``expected`` were looked at.

    ``passed_over`` were in the sequence already, or want no emails. ``expected`` is null for more than 10,000.
    """

    id: int
    sequence_id: int
    member_name: str
    expected: int | None
    found: int
    enrolled: int
    passed_over: int
    created_at: datetime
    finished_at: datetime | None
    error: str


@shape
class SlotWanted(TypedDict):
    """A turn at something that is throttled: its name, and how many seconds apart turns are."""

    resource: str
    seconds: float
    burst: int


@shape
class Turn(TypedDict):
    """What a run has to wait for before its next turn: a number of seconds, free places, or somebody; or nothing."""

    is_over: bool
    outcome: str
    seconds: float
    is_held: bool
    slots: list[SlotWanted]
    #: The next turn in words, for the timeline.
    coming: str


@shape
class Chunk(TypedDict):
    """Whether there is more to do."""

    more: bool


@shape
class Followed(TypedDict):
    """Up to which enrollment a sequence's state was followed; null if it was the last one."""

    after_id: int | None


@shape
class Unenrolled(TypedDict):
    """How many enrollments were stopped."""

    stopped: int
