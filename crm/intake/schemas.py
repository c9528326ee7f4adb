"""What goes into and comes out of taking somebody in."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

from crm.contacts.part_schemas import Country, GivenEmail, GivenPhone, Place, PostalCode, Street
from crm.contacts.schemas import ExternalId, JobTitle, PersonName, Price, TagNames, TimeFrame
from crm.deals.schemas import Amount, Currency, Title
from crm.fields.schemas import CustomValues
from realtime.functions import Id, OneLine, Prose, Word, pattern, shape

EventType = Annotated[
    str,
    StringConstraints(
        pattern=pattern(
            r"^[a-z][a-z0-9_]{0,39}$",
            "Begin with a small letter; small letters, digits and _ may follow, 40 in all.",
        )
    ),
    Field(
        description="inquiry, registration, viewing, callback, open_house, valuation, ..., or a word of yours."
    ),
]
EventId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200),
    Field(description="The event's id at the source: a second one of the same source is not taken in again."),
]
FullName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=161), OneLine]
Link = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=2000,
        pattern=pattern(r"^(https?://\S+)?$", "Give an address that begins with http:// or https://."),
    ),
]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120), OneLine]
How = Literal["kept", "owner", "rule", "pool", "key"]
MatchedBy = Literal["external_id", "email", "phone"]


class Strict(BaseModel):
    """Unknown members are refused, types are taken at their word."""

    model_config = ConfigDict(strict=True, extra="forbid")

    def told(self) -> dict[str, Any]:
        """The members that were sent and say something."""
        return {name: value for name, value in self if value not in ("", None, [], {})}


class EventPerson(Strict):
    """Whom the event is about: at least an email address, a phone number or an external id."""

    #: In one piece, where first and last name are not known apart.
    name: FullName = ""
    first_name: PersonName = ""
    last_name: PersonName = ""
    emails: Annotated[list[GivenEmail], Field(max_length=10)] = []
    phones: Annotated[list[GivenPhone], Field(max_length=10)] = []
    external_id: ExternalId = ""
    job_title: JobTitle = ""
    background: Prose = ""
    price: Price | None = None
    time_frame: TimeFrame = ""
    tags: TagNames = []
    custom: CustomValues = {}


class Property(Strict):
    """What the person asks about; it stands on the timeline."""

    street: Street = ""
    city: Place = ""
    region: Place = ""
    postal_code: PostalCode = ""
    country: Country = ""
    price: Price | None = None
    kind: Word = ""
    reference: Short = ""
    url: Link = ""


class Campaign(Strict):
    """What brought them: the usual five words of a link, and the page."""

    name: Short = ""
    source: Short = ""
    medium: Short = ""
    term: Short = ""
    content: Short = ""
    url: Link = ""


class EventDeal(Strict):
    """A deal to open with the person, unless an open one of theirs has this title."""

    title: Title
    amount: Amount = Decimal(0)
    currency: Currency | None = None
    stage_id: Id | None = None


class EventRoute(Strict):
    """Who gets a person whom nobody has yet: one of a member, a routing rule, or a pool (a team's, or everyone's)."""

    owner_id: Id | None = None
    rule_id: Id | None = None
    pool: Literal["everyone"] | Id | None = None


@shape
class Routed(TypedDict):
    """Whose the contact is now, and why. ``rule_id`` is the rule whose turn it was."""

    how: How
    owner_id: int | None
    team_id: int | None
    rule_id: int | None


@shape
class Opened(TypedDict):
    """A deal: made just now, there already, or refused with a reason."""

    id: int | None
    created: bool
    refusal: str | None


@shape
class EventEnrolled(TypedDict):
    """The place in the sequence, or why there is none."""

    sequence_id: int
    enrollment_id: int | None
    refusal: str | None


@shape
class EventTaken(TypedDict):
    """What was done, in this order. ``repeated``: the event was known, this was done then, and now nothing."""

    repeated: bool
    contact_id: int
    created: bool
    #: By what a contact was known again; null for a new one.
    matched_by: MatchedBy | None
    #: Fields of a known contact that were empty, and addresses, numbers and tags that they did not have.
    filled: list[str]
    #: Fields of a known contact that say something else and were left alone.
    left: list[str]
    routed: Routed
    deal: Opened | None
    activity_id: int
    #: The members who were told.
    notified: list[int]
    enrolled: EventEnrolled | None
