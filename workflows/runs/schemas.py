"""What goes into and comes out of the functions on runs."""

from datetime import datetime
from typing import Annotated, Any, Literal, NotRequired

from pydantic import StringConstraints
from typing_extensions import TypedDict

from realtime.functions import pattern, shape

RunStatus = Literal[
    "running", "waiting", "paused", "cancelling", "blocked", "completed", "failed", "cancelled"
]
WorkflowName = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Position = Annotated[
    str,
    StringConstraints(
        pattern=pattern(
            r"^[a-z0-9/]{1,80}$", "Give the position of a step as the journal shows it, like 3 or 2/1."
        )
    ),
]


@shape
class RunRow(TypedDict):
    """A run in a list."""

    id: int
    workflow: str
    version: int
    key: str
    status: RunStatus
    note: str
    subject: str
    subject_id: int | None
    parent_id: int | None
    created_at: datetime
    finished_at: datetime | None


@shape
class AttemptRow(TypedDict):
    """A try of a step that did not succeed."""

    position: str
    number: int
    error: dict[str, Any]
    at: datetime


@shape
class StepRow(TypedDict):
    """A step in a run's timeline."""

    seq: int
    position: str
    key: str
    kind: str
    name: str
    args: NotRequired[Any]
    status: Literal["waiting", "started", "done", "failed", "skipped"]
    attempts: int
    due_at: datetime | None
    started_at: datetime
    finished_at: datetime | None
    result: Any
    error: dict[str, Any] | None
    child_id: int | None


@shape
class EventRow(TypedDict):
    """An event in a run's mailbox."""

    id: int
    name: str
    payload: Any
    created_at: datetime
    taken_at: datetime | None


@shape
class RunTimeline(TypedDict):
    """A run with everything that happened in it, in order."""

    id: int
    workflow: str
    version: int
    key: str
    status: RunStatus
    note: str
    subject: str
    subject_id: int | None
    parent_id: int | None
    created_at: datetime
    finished_at: datetime | None
    args: Any
    round: int
    result: Any
    error: dict[str, Any] | None
    steps: list[StepRow]
    attempts: list[AttemptRow]
    events: list[EventRow]
    children: list[int]


@shape
class RunRef(TypedDict):
    """A run's id."""

    id: int
