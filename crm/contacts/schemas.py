"""What goes into and comes out of the contacts' functions."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, NotRequired

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from crm.fields.schemas import CustomValue, CustomValues
from crm.segments.schemas import TagName
from realtime.functions import Changes, Id, OneLine, Prose, Word, pattern, shape

PersonName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), OneLine]
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=254,
        pattern=pattern(r"^$|^[^@\s]+@[^@\s]+\.[^@\s.]+$", "Give an email address, like ada@example.com."),
    ),
    Field(description="An email address, or nothing."),
]
Phone = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=32,
        pattern=pattern(
            r"^[0-9+().\-/ ext#x]*$",
            "Give a phone number of digits, blanks and + ( ) - . / only, like +49 30 123456.",
        ),
    ),
    Field(description="A phone number as people write it; kept also in E.164 for look-ups."),
]
JobTitle = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120), OneLine]
Price = Annotated[
    Decimal,
    Field(
        ge=0,
        le=Decimal("999999999999.99"),
        max_digits=14,
        decimal_places=2,
        description="In the workspace's currency, as text.",
    ),
]
TimeFrame = Literal["", "now", "3_months", "6_months", "12_months", "later"]
ExternalId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=120),
    Field(description="The contact's id in the system that ``source`` names; unique there."),
]
SourceName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), OneLine]
TagNames = Annotated[list[TagName], Field(max_length=50)]
ContactOrder = Literal["-last_activity_at", "full_name", "-created_at", "-updated_at", "next_task_due_at"]


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
    tags: NotRequired[list[str]]
    price: NotRequired[Decimal | None]
    time_frame: NotRequired[str]
    external_id: NotRequired[str]
    owner_id: int | None
    owner_name: str | None
    team_id: int | None
    custom: dict[str, CustomValue]
    next_task: NotRequired[str | None]
    next_task_due_at: NotRequired[datetime | None]
    open_deal_count: NotRequired[int | None]
    open_deal_value: NotRequired[Decimal | None]
    open_deal_currency: NotRequired[str | None]
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
    price: Price | None = None
    time_frame: TimeFrame = ""
    external_id: ExternalId = ""
    custom: CustomValues = {}


class ContactValues(ContactChanges):
    """Fields of a contact to create or change; those not sent stay, or are empty for a new one."""

    tags: TagNames = []
    owner_id: Id = 0


@shape
class ContactUpserted(ContactDetail):
    """A contact, and whether it was created just now."""

    created: bool


@shape
class BatchError(TypedDict):
    """Why one item was refused, as the item's own request would have been."""

    status: int
    code: str
    title: str
    detail: str
    errors: list[dict[str, str]]


@shape
class BatchResult(TypedDict):
    """What became of one item, in the order of the request. ``error`` is null if it was done."""

    index: int
    id: int | None
    version: int | None
    created: bool
    error: BatchError | None
