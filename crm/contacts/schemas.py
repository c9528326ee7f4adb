"""What goes into and comes out of the contacts' functions."""

from datetime import datetime
from typing import Annotated, Literal, NotRequired

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from crm.fields.schemas import CustomValue, CustomValues
from realtime.functions import Changes, Id, Prose, Word, shape

PersonName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^$|^[^@\s]+@[^@\s]+\.[^@\s.]+$"),
    Field(description="An email address, or nothing."),
]
Phone = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=32, pattern=r"^[0-9+().\-/ ext#x]*$"),
    Field(description="A phone number as people write it; kept also in E.164 for look-ups."),
]
JobTitle = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
ContactOrder = Literal["-last_activity_at", "full_name", "-created_at", "next_task_due_at"]


@shape
class ContactRow(TypedDict):
    """A contact in a list. Fields that the role hides are absent."""

    id: int
    full_name: str
    first_name: NotRequired[str]
    last_name: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]
    job_title: NotRequired[str]
    stage_id: NotRequired[int]
    stage_name: NotRequired[str]
    source: NotRequired[str]
    company_id: NotRequired[int | None]
    company_name: NotRequired[str]
    owner_id: int | None
    owner_name: str | None
    team_id: int | None
    custom: dict[str, CustomValue]
    next_task: NotRequired[str | None]
    next_task_due_at: NotRequired[datetime | None]
    last_activity_at: datetime
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    version: int


@shape
class ContactDetail(ContactRow):
    """A contact with everything that its page shows."""

    background: NotRequired[str]
    phone_e164: NotRequired[str]
    team_name: str | None


class ContactChanges(Changes):
    """Fields of a contact to change; those not sent stay."""

    first_name: PersonName = ""
    last_name: PersonName = ""
    email: Email = ""
    phone: Phone = ""
    job_title: JobTitle = ""
    stage_id: Id = 0
    source: Word = ""
    company_id: Id | None = None
    background: Prose = ""
    custom: CustomValues = {}
