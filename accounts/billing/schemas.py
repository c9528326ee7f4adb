"""What goes into and comes out of the functions of billing."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

from accounts.models import Tenant
from realtime.functions import pattern, shape

StandingWord = Literal["trialing", "active", "past_due", "locked", "cancelled"]
PlanKey = Annotated[
    str,
    StringConstraints(
        pattern=pattern(r"^[a-z0-9-]{1,30}$", "Give the key of a plan: small letters, digits and hyphens.")
    ),
]
Seats = Annotated[int, Field(ge=1, le=100_000, description="Members and open invitations together.")]
Days = Annotated[int, Field(ge=1, le=365)]
Key120 = Annotated[str, StringConstraints(max_length=120)]
TrialAction = Literal["welcome", "check_in", "remind", "expire", "tell_grace", "lock", "tell_locked", "thank"]


@shape
class PlanRow(TypedDict):
    """A plan that is offered; the price is for a seat and month."""

    key: str
    name: str
    description: str
    price: Decimal
    currency: str
    max_seats: int | None


@shape
class BillingState(TypedDict):
    """How the firm's subscription stands. Without a plan the deployment asks for no money."""

    state: StandingWord
    plan: PlanRow | None
    seats: int | None
    used_seats: int
    trial_ends_at: datetime | None
    grace_ends_at: datetime | None
    period_ends_at: datetime | None
    days_left: int | None
    can_pay: bool


@shape
class InvoiceRow(TypedDict):
    """A bill."""

    id: int
    number: str
    amount: Decimal
    currency: str
    state: Literal["open", "paid", "void"]
    issued_at: datetime
    paid_at: datetime | None
    url: str


@shape
class CheckoutLink(TypedDict):
    """The provider's page on which the chosen plan is paid for."""

    url: str
    plan: str
    seats: int


@shape
class StandingRow(TypedDict):
    """A tenant's standing after a change."""

    state: Tenant.Standing
    trial_ends_at: datetime | None
    grace_ends_at: datetime | None


@shape
class NextAction(TypedDict):
    """What the trial's run does next, and when; no action: it waits for somebody, or it is over."""

    action: TrialAction | None
    at: datetime | None
    is_over: bool


class PaymentAnswer(StrEnum):
    """What became of a provider's event: ``PaymentEvent.Outcome``, or that it had come before."""

    APPLIED = "applied"
    REPEATED = "repeated"
    STALE = "stale"
    IGNORED = "ignored"


@shape
class PaymentOutcome(TypedDict):
    """What became of a provider's event."""

    outcome: PaymentAnswer


@shape
class SeatUsage(TypedDict):
    """Seats that are taken by members and open invitations, and how many there are; null: as many as wanted."""

    used: int
    limit: int | None


@shape
class RequestBudget(TypedDict):
    """Requests in ``window_seconds`` for each key and for the firm; each answer's RateLimit says what is left."""

    per_key: int
    per_tenant: int
    window_seconds: int


@shape
class Usage(TypedDict):
    """What the firm uses of what it has."""

    plan: str | None
    seats: SeatUsage
    requests: RequestBudget


class BillOf(BaseModel):
    """An invoice, as a provider's event tells of it."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    id: Key120
    number: Annotated[str, StringConstraints(max_length=60)] = ""
    amount: Decimal
    currency: Annotated[
        str,
        StringConstraints(
            pattern=pattern(r"^[A-Z]{3}$", "Give the three capital letters of a currency, like EUR.")
        ),
    ]
    is_paid: bool
    issued_at: datetime
    url: Annotated[str, StringConstraints(max_length=500)] = ""


class PaymentNotice(BaseModel):
    """A provider's event in our words; what it does not say stays as it is."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    provider: Annotated[str, StringConstraints(max_length=20)]
    id: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    #: What it means here; the provider's own word is ``kind``.
    means: Literal["paid", "failed", "changed", "ended", "nothing"]
    kind: Annotated[str, StringConstraints(max_length=60)]
    occurred_at: datetime
    #: The tenant's slug, where the event carries what the checkout was given.
    tenant: Annotated[str, StringConstraints(max_length=40)] = ""
    customer: Key120 = ""
    subscription: Key120 = ""
    #: A plan's key, or the provider's name of its price.
    plan: Key120 = ""
    seats: Seats | None = None
    period_ends_at: datetime | None = None
    invoice: BillOf | None = None
