"""What goes into and comes out of the deals' functions."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, NotRequired

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from crm.fields.schemas import CustomValue, CustomValues
from realtime.functions import Changes, Id, Name, OneLine, pattern, shape

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=160), OneLine]
Amount = Annotated[
    Decimal,
    Field(
        ge=0, le=Decimal("999999999999.99"), max_digits=14, decimal_places=2, description="Money, as text."
    ),
]
Currency = Annotated[
    str,
    StringConstraints(
        pattern=pattern(r"^[A-Z]{3}$", "Give the three capital letters of a currency, like EUR.")
    ),
    Field(description="ISO 4217 code."),
]
DealOrder = Literal["-stage_entered_at", "title", "-amount", "close_date", "-created_at", "-updated_at"]
DealStatus = Literal["open", "won", "lost"]
RequiredField = Literal["amount", "commission", "close_date", "contact_id", "company_id"]
Split = Annotated[
    Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2, description="Per cent of the commission.")
]
Probability = Annotated[int, Field(ge=0, le=100, description="Per cent of the amount that is expected.")]
RotDays = Annotated[int, Field(ge=1, le=3650, description="Days after which a deal looks forgotten.")]


@shape
class DealRow(TypedDict):
    """A deal in a list. Fields that the role hides are absent.

    ``weighted`` is what the stage's probability leaves of the amount.
    """

    id: int
    title: str
    amount: NotRequired[Decimal]
    weighted: NotRequired[Decimal]
    currency: NotRequired[str]
    commission: NotRequired[Decimal | None]
    pipeline_id: int
    stage_id: int
    stage_name: str
    probability: int
    status: DealStatus
    contact_id: NotRequired[int | None]
    contact_name: NotRequired[str | None]
    company_id: NotRequired[int | None]
    company_name: NotRequired[str | None]
    close_date: NotRequired[date | None]
    stage_entered_at: datetime
    closed_at: datetime | None
    lost_reason_id: int | None
    lost_reason_name: str | None
    rots_at: datetime | None
    owner_id: int | None
    owner_name: str | None
    team_id: int | None
    custom: dict[str, CustomValue]
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    version: int


class DealChanges(Changes):
    """Fields of a deal to change; those not sent stay. The stage is changed by moving the deal."""

    title: Title = "-"
    amount: Amount = Decimal(0)
    currency: Currency = "USD"
    commission: Amount | None = None
    contact_id: Id | None = None
    company_id: Id | None = None
    close_date: date | None = None
    custom: CustomValues = {}


@shape
class DealContactRow(TypedDict):
    """A person with a part in a deal; one of them is the primary one, the deal's ``contact_id``."""

    contact_id: int
    contact_name: str
    role: str
    is_primary: bool


@shape
class DealMemberRow(TypedDict):
    """A colleague on a deal: the split in per cent, and what it makes of the commission."""

    member_id: int
    member_name: str
    role: str
    split: Decimal | None
    share: NotRequired[Decimal | None]


@shape
class StageRow(TypedDict):
    """A step of a pipeline. A deal rots there after rot_days, and enters with its required fields filled in."""

    id: int
    name: str
    kind: DealStatus
    probability: int
    rot_days: int | None
    required_fields: list[RequiredField]


@shape
class PipelineRow(TypedDict):
    """A pipeline and its stages, in order."""

    id: int
    name: str
    stages: list[StageRow]


class StageChanges(Changes):
    """Fields of a stage to change; those not sent stay."""

    name: Name = "-"
    kind: DealStatus = "open"
    probability: Probability = 0
    rot_days: RotDays | None = None
    required_fields: list[RequiredField] = []


class PipelineChanges(Changes):
    """Fields of a pipeline to change."""

    name: Name = "-"
    position: Annotated[int, Field(ge=0, le=32_767)] = 0


@shape
class StageChangeRow(TypedDict):
    """A deal's way from one stage to another. The stages' ids are null when the stages are gone."""

    id: int
    from_stage_id: int | None
    from_name: str
    to_stage_id: int | None
    to_name: str
    at: datetime
    by_id: int | None
    by_name: str | None
    seconds: int
