"""What goes into and comes out of the companies' functions."""

from datetime import datetime
from typing import Annotated, Literal, NotRequired

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from crm.fields.schemas import CustomValue, CustomValues
from realtime.functions import Changes, Id, OneLine, Prose, pattern, shape

CompanyName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=160), OneLine]
WebDomain = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=253,
        pattern=pattern(
            r"^$|^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]{2,63}$",
            "Give a domain without http:// and path, like example.com.",
        ),
    ),
    Field(description="A bare domain such as example.com, or nothing."),
]
CompanyOrder = Literal["name", "-name", "-created_at", "-updated_at"]
ShortLine = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), OneLine]
PhoneLine = Annotated[str, StringConstraints(strip_whitespace=True, max_length=32)]


@shape
class CompanyRow(TypedDict):
    """A company in a list. Fields that the role hides are absent.

    ``contact_count`` is there for actors who may see all contacts, ``open_deal_count`` and ``open_deal_value`` (by
    currency) for those who may see all deals.
    """

    id: int
    name: str
    domain: NotRequired[str]
    phone: NotRequired[str]
    city: NotRequired[str]
    industry: NotRequired[str]
    contact_count: NotRequired[int]
    open_deal_count: NotRequired[int]
    open_deal_value: NotRequired[dict[str, str]]
    owner_id: int | None
    owner_name: str | None
    team_id: int | None
    custom: dict[str, CustomValue]
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    version: int


@shape
class CompanyDetail(CompanyRow):
    """A company with everything that its page shows."""

    notes: NotRequired[str]
    team_name: str | None


class CompanyChanges(Changes):
    """Fields of a company to change; those not sent stay."""

    name: CompanyName = "-"
    domain: WebDomain = ""
    phone: PhoneLine = ""
    city: ShortLine = ""
    industry: ShortLine = ""
    notes: Prose = ""
    custom: CustomValues = {}


class CompanyValues(CompanyChanges):
    """Fields of a company to create or change; those not sent stay, or are empty for a new one."""

    owner_id: Id = 0


@shape
class CompanyUpserted(CompanyDetail):
    """A company, and whether it was created just now."""

    created: bool
