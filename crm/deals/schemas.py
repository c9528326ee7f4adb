"""What goes into and comes out of the deals' functions."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, NotRequired

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from realtime.functions import Changes, Id, shape

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=160)]
Amount = Annotated[
    Decimal,
    Field(
        ge=0, le=Decimal("999999999999.99"), max_digits=14, decimal_places=2, description="Money, as text."
    ),
]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(description="ISO 4217 code.")]
DealStatus = Literal["open", "won", "lost"]


@shape
class DealRow(TypedDict):
    """A deal in a list. Fields that the role hides are absent."""

    id: int
    title: str
    amount: NotRequired[Decimal]
    currency: NotRequired[str]
    pipeline_id: int
    stage_id: int
    stage_name: str
    status: DealStatus
    contact_id: NotRequired[int | None]
    contact_name: NotRequired[str | None]
    company_id: NotRequired[int | None]
    company_name: NotRequired[str | None]
    close_date: NotRequired[date | None]
    stage_entered_at: datetime
    closed_at: datetime | None
    owner_id: int | None
    owner_name: str | None
    team_id: int | None
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    version: int


class DealChanges(Changes):
    """Fields of a deal to change; those not sent stay. The stage is changed by moving the deal."""

    title: Title = "-"
    amount: Amount = Decimal(0)
    currency: Currency = "USD"
    contact_id: Id | None = None
    company_id: Id | None = None
    close_date: date | None = None


@shape
class StageRow(TypedDict):
    """A step of a pipeline."""

    id: int
    name: str
    kind: DealStatus
    probability: int


@shape
class PipelineRow(TypedDict):
    """A pipeline and its stages, in order."""

    id: int
    name: str
    stages: list[StageRow]
