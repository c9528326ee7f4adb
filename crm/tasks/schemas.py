"""What goes into and comes out of the tasks' functions."""

from datetime import date, datetime
from typing import Annotated, Literal, NotRequired

from pydantic import AwareDatetime, Field, StringConstraints
from typing_extensions import TypedDict

from crm.fields.schemas import CustomValue, CustomValues
from crm.tasks.recurrence import Recurrence
from realtime.functions import Changes, Id, OneLine, shape

TaskTitle = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), OneLine]
TaskKind = Literal["todo", "call", "email", "text", "meeting", "followup"]
#: Open ones, all of them or one section of the page; or those that are done.
TaskOrder = Literal["due_at", "-done_at", "-created_at", "-updated_at"]
TaskWhen = Literal["open", "overdue", "today", "upcoming", "undated", "done"]
MinutesBefore = Annotated[
    int, Field(ge=0, le=525_600, description="Minutes before it is due; 0 reminds when it is due.")
]


@shape
class Reminder(TypedDict):
    """When to remind the owner: a number of minutes before the task is due, or at a time of its own.

    A task with a date and no time counts as due at nine in the morning.
    """

    minutes_before: NotRequired[MinutesBefore]
    at: NotRequired[AwareDatetime]


Reminders = Annotated[list[Reminder], Field(max_length=5)]


@shape
class ReminderRow(TypedDict):
    """A reminder: its moment (null if it has none any more), and when it was sent."""

    id: int
    minutes_before: int | None
    remind_at: datetime | None
    sent_at: datetime | None


@shape
class TaskRow(TypedDict):
    """A task in a list. Fields that the role hides are absent.

    It is overdue from ``due_at`` on; with ``due_date`` it has no time, and ``due_at`` is the end of that day.
    """

    id: int
    title: str
    kind: NotRequired[TaskKind]
    due_at: NotRequired[datetime | None]
    due_date: NotRequired[date | None]
    remind_at: NotRequired[datetime | None]
    recurrence: NotRequired[Recurrence | None]
    contact_id: NotRequired[int | None]
    contact_name: NotRequired[str | None]
    deal_id: NotRequired[int | None]
    deal_title: NotRequired[str | None]
    done_at: datetime | None
    done_by_id: int | None
    done_by_name: str | None
    owner_id: int | None
    owner_name: str | None
    team_id: int | None
    custom: dict[str, CustomValue]
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    version: int


@shape
class TaskDetail(TaskRow):
    """A task with its reminders; ``followed_by_id`` is the one that its completion made, if you may see it."""

    reminders: NotRequired[list[ReminderRow]]
    followed_by_id: int | None


class TaskChanges(Changes):
    """Fields of a task to change; those not sent stay. ``due_at`` and ``due_date`` replace each other."""

    title: TaskTitle = "-"
    kind: TaskKind = "todo"
    due_at: AwareDatetime | None = None
    due_date: date | None = None
    recurrence: Recurrence | None = None
    reminders: Reminders = []
    contact_id: Id | None = None
    deal_id: Id | None = None
    custom: CustomValues = {}


@shape
class ReminderOutcome(TypedDict):
    """Whether the owner was reminded: not of a task that is done, nor of one whose reminder was moved."""

    sent: bool
