"""What goes into and comes out of the functions about oneself, the tenant and API keys."""

from datetime import datetime
from functools import cache
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints
from typing_extensions import TypedDict

from accounts.roles.schemas import AccessWord, FieldRule, TeamPlace
from realtime.functions import Changes, OneLine, pattern, shape


@cache
def _zone_names() -> set[str]:
    """All known time zones; reading them from the disk takes a while."""
    return available_timezones()


def _known_zone(name: str) -> str:
    if name not in _zone_names():
        raise ValueError("is no time zone: write one such as Europe/Berlin")
    return name


TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
Locale = Literal["en", "de"]
PersonName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), OneLine]
Color = Annotated[
    str,
    StringConstraints(
        pattern=pattern(
            r"^#[0-9a-fA-F]{6}$", "Give a colour as # and six digits or letters a to f, like #1a73e8."
        )
    ),
    Field(description="As #rrggbb."),
]
CurrencyCode = Annotated[
    str,
    StringConstraints(
        pattern=pattern(r"^[A-Z]{3}$", "Give the three capital letters of a currency, like EUR.")
    ),
    Field(description="ISO 4217 code."),
]
CountryCode = Annotated[
    str,
    StringConstraints(pattern=pattern(r"^[A-Z]{2}$", "Give the two capital letters of a country, like DE.")),
    Field(description="ISO 3166-1 code of two letters."),
]
KeyName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), OneLine]
ScopeWord = Annotated[
    str, StringConstraints(max_length=40), Field(description="read, write or a permission.")
]


@shape
class TenantRow(TypedDict):
    """The firm."""

    id: int
    slug: str
    name: str
    locale: str
    time_zone: str
    currency: str
    country: str
    brand_color: str
    logo_url: str | None
    tracks_mail: bool


class TenantChanges(Changes):
    """The firm's settings to change; those not sent stay."""

    name: PersonName = "-"
    locale: Locale = "en"
    time_zone: TimeZone = "UTC"
    currency: CurrencyCode = "USD"
    country: CountryCode = "US"
    brand_color: Color = "#000000"
    tracks_mail: bool = False


@shape
class Me(TypedDict):
    """Who is acting, and what they may do."""

    member_id: int
    name: str
    email: str
    locale: str
    time_zone: str
    role_id: int
    role_name: str
    teams: list[TeamPlace]
    permissions: dict[str, AccessWord]
    fields: list[FieldRule]
    scopes: list[str] | None
    tenant: TenantRow


class ProfileChanges(Changes):
    """One's own profile to change; what is not sent stays."""

    name: PersonName = "-"
    locale: Locale = "en"
    time_zone: TimeZone = "UTC"


@shape
class ApiKeyRow(TypedDict):
    """An API key, without its secret."""

    id: int
    name: str
    prefix: str
    member_id: int
    member_name: str | None
    scopes: list[str]
    allowed_addresses: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@shape
class NewApiKey(ApiKeyRow):
    """A key just made; ``key`` is shown this once."""

    key: str


@shape
class DeviceRow(TypedDict):
    """A browser in which one is logged in."""

    id: int
    user_agent: str
    address: str | None
    created_at: datetime
    last_seen_at: datetime
    is_current: bool


@shape
class LiveTicket(TypedDict):
    """A one-time ticket for a socket's ``hello``."""

    ticket: str
    expires_at: datetime
