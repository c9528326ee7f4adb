"""What goes into and comes out of the tasks' functions."""

from datetime import datetime
from typing import Annotated, Literal, NotRequired

from pydantic import AwareDatetime, StringConstraints
from typing_extensions import TypedDict

from crm.fields.schemas import CustomValue, CustomValues
from realtime.functions import Changes, Id, shape

TaskTitle = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
TaskKind = Literal["todo", "call", "email", "meeting"]
TaskWhen = Literal["open", "overdue", "done"]


@shape
class TaskRow(TypedDict):
    """A task in a list. Fields that the role hides are absent."""

    id: int
    title: str
    kind: NotRequired[TaskKind]
    due_at: NotRequired[datetime | None]
    contact_id: NotRequired[int | None]
    contact_name: NotRequired[str | None]
    deal_id: NotRequired[int | None]
    done_at: datetime | None
    owner_id: int | None
    owner_name: str | None
    team_id: int | None
    custom: dict[str, CustomValue]
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    version: int


class TaskChanges(Changes):
    """Fields of a task to change; those not sent stay."""

    title: TaskTitle = "-"
    kind: TaskKind = "todo"
    due_at: AwareDatetime | None = None
    contact_id: Id | None = None
    deal_id: Id | None = None
    custom: CustomValues = {}
