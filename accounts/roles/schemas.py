"""What goes into and comes out of the functions about members, teams, roles and invitations."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from realtime.functions import Changes, Name, pattern, shape

AccessWord = Literal["none", "own", "team", "all"]
FieldLevelWord = Literal["hidden", "read", "write"]
ObjectWord = Literal["contact", "company", "deal", "task", "activity"]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
InviteEmail = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=254,
        pattern=pattern(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$", "Give an email address, like ada@example.com."),
    ),
    Field(description="An email address."),
]


@shape
class TeamPlace(TypedDict):
    """A member's place in one team."""

    id: int
    name: str
    is_leader: bool


@shape
class MemberRow(TypedDict):
    """A member of the tenant."""

    id: int
    name: str
    email: str
    role_id: int
    role_name: str
    is_active: bool
    teams: list[TeamPlace]
    created_at: datetime


@shape
class MemberChoice(TypedDict):
    """A member to choose from."""

    id: int
    name: str


@shape
class TeamSeat(TypedDict):
    """A member in a team's list."""

    id: int
    name: str
    is_leader: bool


@shape
class TeamRow(TypedDict):
    """A team and its members."""

    id: int
    name: str
    members: list[TeamSeat]


@shape
class FieldRule(TypedDict):
    """What a role may do with one field."""

    object: str
    field: str
    level: FieldLevelWord


@shape
class RoleRow(TypedDict):
    """A role: how far it reaches with each permission word that it has, and its field rules."""

    id: int
    key: str | None
    name: str
    description: str
    permissions: dict[str, AccessWord]
    fields: list[FieldRule]


@shape
class InvitationRow(TypedDict):
    """An invitation that was sent."""

    id: int
    email: str
    role_id: int
    role_name: str
    team_ids: list[int]
    state: str
    invited_by_name: str | None
    created_at: datetime
    expires_at: datetime


@shape
class InvitationOffer(TypedDict):
    """What the holder of an invitation's link may know."""

    email: str
    role_name: str
    invited_by_name: str | None


@shape
class Deleted(TypedDict):
    """The id of what is gone."""

    id: int


class RoleChanges(Changes):
    """A role's words to change; those not sent stay."""

    name: Name = "-"
    description: Description = ""


@shape
class EditableField(TypedDict):
    """A field that a role may be kept from."""

    object: str
    field: str
