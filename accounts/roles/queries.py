"""Reading members, teams, roles and invitations."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, cast

from django.db.models import F, QuerySet

from accounts.permissions import Permission
from accounts.roles.invitations import find_open
from accounts.roles.models import FieldPermission, Invitation, Member, Role, RolePermission, Team, TeamMember
from accounts.roles.schemas import (
    InvitationOffer,
    InvitationRow,
    MemberChoice,
    MemberRow,
    RoleRow,
    TeamPlace,
    TeamRow,
)
from realtime.functions import Context, Cursor, Id, Limit, NotFound, Page, Search, query, take_page
from realtime.reads.fixed import FixedQuery

MEMBER = ("id", "name", "email", "role_id", "is_active", "created_at")


@query(permission=Permission.MEMBER_VIEW)
def list_members(
    ctx: Context,
    *,
    search: Search = "",
    active: bool | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[MemberRow]:
    """List the members of the firm by name, the deactivated ones too unless you ask for active ones."""
    found = Member.objects.all()
    for word in search.split()[:6]:
        found = found.filter(name__icontains=word)
    if active is not None:
        found = found.filter(is_active=active)
    rows, next_cursor = take_page(
        found.values(*MEMBER, role_name=F("role__name")), order=("name", "id"), cursor=cursor, limit=limit
    )
    return {"data": _with_teams(rows), "next_cursor": next_cursor}


@query(permission=Permission.MEMBER_VIEW)
def get_member(ctx: Context, *, member_id: Id) -> MemberRow:
    """Read one member."""
    rows = ONE.dicts(member_id)
    if not rows:
        raise NotFound("There is no member with this id.")
    teams = [_place(row) for row in TEAMS_OF_ONE.dicts(member_id)]
    return cast("MemberRow", {**rows[0], "teams": teams})


@query(permission=Permission.MEMBER_VIEW)
def list_member_choices(ctx: Context, *, search: Search = "") -> list[MemberChoice]:
    """List up to 100 active members to choose from, by name."""
    if not search:
        return cast("list[MemberChoice]", CHOICES.dicts())
    found = Member.objects.filter(is_active=True, name__icontains=search)
    rows: Any = list(found.order_by("name", "id").values("id", "name")[:100])
    return cast("list[MemberChoice]", rows)


@query(permission=Permission.MEMBER_VIEW)
def list_teams(ctx: Context) -> list[TeamRow]:
    """List the teams by name, each with its members, leaders first."""
    seats: defaultdict[int, list[Any]] = defaultdict(list)
    found = TeamMember.objects.order_by("-is_leader", "member__name", "id").values(
        "team_id", "is_leader", name=F("member__name"), seat=F("member_id")
    )
    for row in found:
        seats[row["team_id"]].append({"id": row["seat"], "name": row["name"], "is_leader": row["is_leader"]})
    teams = Team.objects.order_by("name", "id").values("id", "name")
    return [{"id": team["id"], "name": team["name"], "members": seats[team["id"]]} for team in teams]


@query(permission=Permission.MEMBER_VIEW)
def list_role_choices(ctx: Context) -> list[MemberChoice]:
    """List the roles' names, in order."""
    rows: Any = list(Role.objects.order_by("position", "id").values("id", "name"))
    return cast("list[MemberChoice]", rows)


@query(permission=Permission.ROLE_VIEW)
def list_roles(ctx: Context) -> list[RoleRow]:
    """List the roles with their permissions and field rules, built-in ones first."""
    return _roles(Role.objects.order_by("position", "id").values("id", "key", "name", "description"))


@query(permission=Permission.ROLE_VIEW)
def get_role(ctx: Context, *, role_id: Id) -> RoleRow:
    """Read one role with its permissions and field rules."""
    rows = _roles(Role.objects.filter(pk=role_id).values("id", "key", "name", "description"))
    if not rows:
        raise NotFound("There is no role with this id.")
    return rows[0]


@query(permission=Permission.MEMBER_MANAGE)
def list_invitations(ctx: Context, *, cursor: Cursor | None = None, limit: Limit = 50) -> Page[InvitationRow]:
    """List the open invitations, the newest first."""
    found = Invitation.objects.filter(state=Invitation.State.OPEN).values(
        "id", "email", "role_id", "team_ids", "state", "created_at", "expires_at",
        role_name=F("role__name"), invited_by_name=F("invited_by__name"),
    )  # fmt: skip
    rows, next_cursor = take_page(found, order=("-id",), cursor=cursor, limit=limit)
    return {"data": rows, "next_cursor": next_cursor}


@query(permission=Permission.SYSTEM)
def get_invitation_offer(ctx: Context, *, token: str) -> InvitationOffer:
    """Read what an invitation's link offers; NotFound once it is used, revoked or too old."""
    found = find_open(token, ctx.now)
    return {
        "email": found.email,
        "role_name": found.role.name,
        "invited_by_name": found.invited_by.name if found.invited_by else None,
    }


def _with_teams(rows: list[Any]) -> list[MemberRow]:
    """Add each member's teams, in one more query for all of them."""
    places: defaultdict[int, list[TeamPlace]] = defaultdict(list)
    for row in _teams(member_id__in=[row["id"] for row in rows]):
        places[row["member_id"]].append(_place(row))
    members: list[Any] = [{**row, "teams": places[row["id"]]} for row in rows]
    return members


def _teams(**whose: Any) -> QuerySet[TeamMember, Any]:
    found = TeamMember.objects.filter(**whose).order_by("team__name", "id")
    return found.values("member_id", "team_id", "is_leader", name=F("team__name"))


def _place(row: Any) -> TeamPlace:
    return {"id": row["team_id"], "name": row["name"], "is_leader": row["is_leader"]}


ONE = FixedQuery(lambda pk: Member.objects.filter(pk=pk).values(*MEMBER, role_name=F("role__name")))
TEAMS_OF_ONE = FixedQuery(lambda member_id: _teams(member_id=member_id))
CHOICES = FixedQuery(
    lambda: Member.objects.filter(is_active=True).order_by("name", "id").values("id", "name")[:100],
    parameters=0,
)


def _roles(rows: Iterable[Any]) -> list[RoleRow]:
    found = list(rows)
    ids = [row["id"] for row in found]
    permissions: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for role_id, word, access in RolePermission.objects.filter(role_id__in=ids).values_list(
        "role_id", "permission", "access"
    ):
        permissions[role_id][word] = access
    fields: defaultdict[int, list[Any]] = defaultdict(list)
    for rule in FieldPermission.objects.filter(role_id__in=ids).order_by("object", "field").values():
        fields[rule["role_id"]].append({key: rule[key] for key in ("object", "field", "level")})
    roles: list[Any] = [
        {**row, "permissions": dict(sorted(permissions[row["id"]].items())), "fields": fields[row["id"]]}
        for row in found
    ]
    return roles
