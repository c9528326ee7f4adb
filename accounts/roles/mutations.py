"""Changing members and teams. Roles and invitations have files of their own, imported here to be registered."""

from typing import Any

from accounts.billing.seats import refuse_beyond_seats
from accounts.joining import part_with
from accounts.models import Tenant, TenantUser
from accounts.permissions import Permission
from accounts.roles import invitation_mutations, role_mutations
from accounts.roles.guards import keep_an_owner, refuse_escalation
from accounts.roles.models import Member, Role, Team, TeamMember
from accounts.roles.queries import get_member, list_teams
from accounts.roles.schemas import Deleted, MemberRow, TeamRow
from accounts.roles.teams import reteam
from realtime.functions import Context, Id, Name, NotFound, invalid, mutation

__all__ = ["invitation_mutations", "role_mutations"]

TEAM_CONFLICTS = {
    "team_name_unique": ("name", "Another team already has this name."),
    "team_member_unique": ("member_id", "This member is in the team already."),
}


@mutation(permission=Permission.MEMBER_MANAGE)
def change_member_role(ctx: Context, *, member_id: Id, role_id: Id) -> MemberRow:
    """Give a member another role. You can't give more than you have, and one active owner must stay."""
    member = _lock_member(member_id)
    role = Role.objects.filter(pk=role_id).first()
    if role is None:
        raise invalid("role_id", "There is no role with this id.", "unknown_role")
    refuse_escalation(ctx, role.pk)
    refuse_escalation(ctx, member.role_id)
    _write(ctx, member, {"role_id": role.pk})
    keep_an_owner()
    return get_member(ctx, member_id=member.pk)


@mutation(permission=Permission.MEMBER_MANAGE)
def deactivate_member(ctx: Context, *, member_id: Id) -> MemberRow:
    """Shut a member out at once: log-ins, keys and open pages end. Their records stay theirs."""
    member = _lock_member(member_id)
    refuse_escalation(ctx, member.role_id)
    if member.is_active:
        _write(ctx, member, {"is_active": False, "deactivated_at": ctx.now})
        _mirror(ctx, member)
        keep_an_owner()
        part_with(member.pk)
    return get_member(ctx, member_id=member.pk)


@mutation(permission=Permission.MEMBER_MANAGE)
def reactivate_member(ctx: Context, *, member_id: Id) -> MemberRow:
    """Let a deactivated member in again."""
    member = _lock_member(member_id)
    refuse_escalation(ctx, member.role_id)
    if not member.is_active:
        refuse_beyond_seats(Tenant.objects.get(schema_name=ctx.schema), ctx.now)
        _write(ctx, member, {"is_active": True, "deactivated_at": None})
        _mirror(ctx, member)
    return get_member(ctx, member_id=member.pk)


@mutation(permission=Permission.TEAM_MANAGE, conflicts=TEAM_CONFLICTS)
def create_team(ctx: Context, *, name: Name) -> TeamRow:
    """Create a team."""
    team = Team.objects.create(name=name)
    ctx.audit("team", team.pk, {"name": [None, name]})
    return _team(ctx, team.pk)


@mutation(permission=Permission.TEAM_MANAGE, conflicts=TEAM_CONFLICTS)
def rename_team(ctx: Context, *, team_id: Id, name: Name) -> TeamRow:
    """Give a team another name."""
    team = _lock_team(team_id)
    ctx.audit("team", team.pk, {"name": [team.name, name]})
    team.name = name
    team.save(update_fields=["name"])
    return _team(ctx, team.pk)


@mutation(permission=Permission.TEAM_MANAGE)
def delete_team(ctx: Context, *, team_id: Id) -> Deleted:
    """Delete a team; its members' records move to another team of theirs, or to none."""
    team = _lock_team(team_id)
    members = list(TeamMember.objects.filter(team=team).values_list("member_id", flat=True))
    TeamMember.objects.filter(team=team).delete()
    for member_id in members:
        reteam(member_id)
    ctx.audit("team", team.pk, {"name": [team.name, None]})
    team.delete()
    return {"id": team_id}


@mutation(permission=Permission.TEAM_MANAGE, conflicts=TEAM_CONFLICTS)
def add_team_member(ctx: Context, *, team_id: Id, member_id: Id, is_leader: bool = False) -> TeamRow:
    """Put a member into a team, as a leader if you say so."""
    _lock_team(team_id)
    _lock_member(member_id)
    TeamMember.objects.create(team_id=team_id, member_id=member_id, is_leader=is_leader)
    reteam(member_id)
    ctx.audit("team", team_id, {"member_id": [None, member_id], "is_leader": [None, is_leader]})
    return _team(ctx, team_id)


@mutation(permission=Permission.TEAM_MANAGE)
def remove_team_member(ctx: Context, *, team_id: Id, member_id: Id) -> TeamRow:
    """Take a member out of a team; their records leave it too."""
    _seat(team_id, member_id).delete()
    reteam(member_id)
    ctx.audit("team", team_id, {"member_id": [member_id, None]})
    return _team(ctx, team_id)


@mutation(permission=Permission.TEAM_MANAGE)
def move_team_member(ctx: Context, *, member_id: Id, from_team_id: Id, to_team_id: Id) -> TeamRow:
    """Move a member, and with them their records, from one team to another."""
    seat = _seat(from_team_id, member_id)
    _lock_team(to_team_id)
    seat.delete()
    TeamMember.objects.get_or_create(team_id=to_team_id, member_id=member_id)
    reteam(member_id)
    ctx.audit("member", member_id, {"team_id": [from_team_id, to_team_id]})
    return _team(ctx, to_team_id)


@mutation(permission=Permission.TEAM_MANAGE)
def set_team_leader(ctx: Context, *, team_id: Id, member_id: Id, is_leader: bool) -> TeamRow:
    """Make a member of a team its leader, or an ordinary member again."""
    seat = _seat(team_id, member_id)
    ctx.audit(
        "team", team_id, {"member_id": [member_id, member_id], "is_leader": [seat.is_leader, is_leader]}
    )
    seat.is_leader = is_leader
    seat.save(update_fields=["is_leader"])
    return _team(ctx, team_id)


def _write(ctx: Context, member: Member, changes: dict[str, Any]) -> None:
    ctx.audit(
        "member", member.pk, {name: [str(getattr(member, name)), str(new)] for name, new in changes.items()}
    )
    for name, new in changes.items():
        setattr(member, name, new)
    member.save(update_fields=[*changes])


def _mirror(ctx: Context, member: Member) -> None:
    """Whether the user may switch to this tenant is the public side of being active."""
    places = TenantUser.objects.filter(tenant__schema_name=ctx.schema, user_id=member.user_id)
    places.update(is_active=member.is_active)


def _lock_member(member_id: int) -> Member:
    found = Member.objects.select_for_update().filter(pk=member_id).first()
    if found is None:
        raise NotFound("There is no member with this id.")
    return found


def _lock_team(team_id: int) -> Team:
    found = Team.objects.select_for_update().filter(pk=team_id).first()
    if found is None:
        raise NotFound("There is no team with this id.")
    return found


def _seat(team_id: int, member_id: int) -> TeamMember:
    found = TeamMember.objects.select_for_update().filter(team_id=team_id, member_id=member_id).first()
    if found is None:
        raise NotFound("This member is not in this team.")
    return found


def _team(ctx: Context, team_id: int) -> TeamRow:
    return next(team for team in list_teams(ctx) if team["id"] == team_id)
