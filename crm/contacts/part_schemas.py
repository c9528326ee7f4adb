"""What goes into and comes out of the functions about how a contact is reached."""

from datetime import datetime
from typing import Annotated, Literal, NotRequired

from pydantic import AwareDatetime, Field, StringConstraints
from typing_extensions import TypedDict

from realtime.functions import Changes, OneLine, pattern, shape

GivenEmail = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=254,
        pattern=pattern(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$", "Give an email address, like ada@example.com."),
    ),
]
GivenPhone = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=32,
        pattern=pattern(
            r"^[0-9+().\-/ ext#x]*$",
            "Give a phone number of digits, blanks and + ( ) - . / only, like +49 30 123456.",
        ),
    ),
    Field(description="A phone number as people write it."),
]
PhoneKind = Literal["mobile", "work", "home", "fax", "other"]
PhoneStatus = Literal["unknown", "reached", "no_answer", "out_of_use", "do_not_call"]
AddressLabel = Literal["work", "home", "other"]
Street = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), OneLine]
Place = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), OneLine]
PostalCode = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20), OneLine]
Country = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        pattern=pattern(r"^([A-Z]{2})?$", "Give the two capital letters of a country, like DE."),
    ),
    Field(description="ISO 3166-1 code of two letters, or nothing."),
]
CompanyRole = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), OneLine]
Kinship = Literal[
    "spouse", "partner", "parent", "child", "sibling", "friend", "colleague", "referrer", "referral",
    "manager", "report", "assistant", "employer", "other",
]  # fmt: skip
ConsentChannel = Literal["email", "phone", "text", "mail"]
ConsentState = Literal["granted", "pending", "withdrawn"]
Proof = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


@shape
class EmailRow(TypedDict):
    """One of a contact's email addresses."""

    id: int
    address: str
    label: str
    is_primary: bool
    bounced_at: datetime | None


@shape
class PhoneRow(TypedDict):
    """One of a contact's phone numbers; ``e164`` is empty where it can't be one."""

    id: int
    raw: str
    e164: str
    kind: str
    status: str
    is_bad: bool
    is_primary: bool


@shape
class AddressRow(TypedDict):
    """One of a contact's postal addresses."""

    id: int
    label: str
    street: str
    city: str
    region: str
    postal_code: str
    country: str
    is_primary: bool


@shape
class PartDeleted(TypedDict):
    """What was taken away."""

    id: int


@shape
class ConsentRow(TypedDict):
    """What the contact said about one channel, and when."""

    id: int
    channel: str
    state: str
    proof: str
    at: datetime
    by_name: str | None


@shape
class RelationshipRow(TypedDict):
    """Another contact, and what they are to this one."""

    id: int
    kind: str
    contact_id: int
    full_name: str
    email: NotRequired[str]
    phone: NotRequired[str]


@shape
class CompanyPlaceRow(TypedDict):
    """A company that the contact belongs to."""

    company_id: int
    company_name: str
    role: str
    is_primary: bool


@shape
class CompanyRoleRow(TypedDict):
    """What a contact is in a company."""

    contact_id: int
    role: str
    is_primary: bool


@shape
class ContactProfile(TypedDict):
    """How a contact is reached, whom they know and what they agreed to. What the role hides is absent."""

    emails: NotRequired[list[EmailRow]]
    phones: NotRequired[list[PhoneRow]]
    addresses: list[AddressRow]
    companies: NotRequired[list[CompanyPlaceRow]]
    relationships: list[RelationshipRow]
    consents: list[ConsentRow]


class EmailChanges(Changes):
    """What to change about an email address."""

    address: GivenEmail = ""
    label: AddressLabel = "work"
    bounced_at: AwareDatetime | None = None
    is_primary: bool = True


class PhoneChanges(Changes):
    """What to change about a phone number."""

    number: GivenPhone = ""
    kind: PhoneKind = "mobile"
    status: PhoneStatus = "unknown"
    is_bad: bool = False
    is_primary: bool = True


class AddressChanges(Changes):
    """What to change about a postal address."""

    label: AddressLabel = "home"
    street: Street = ""
    city: Place = ""
    region: Place = ""
    postal_code: PostalCode = ""
    country: Country = ""
    is_primary: bool = True
