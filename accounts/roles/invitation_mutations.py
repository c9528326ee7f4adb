"""Inviting people by email, and their joining."""

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.billing.seats import refuse_beyond_seats
from accounts.joining import welcome
from accounts.models import Tenant, TenantUser, User
from accounts.outbox import queue_email
from accounts.permissions import Permission
from accounts.roles.guards import refuse_escalation
from accounts.roles.invitations import VALID_FOR, find_open, hash_token, new_token, refuse_too_many
from accounts.roles.models import Invitation, Member, Role, Team, TeamMember
from accounts.roles.policy import acting_member_id
from accounts.roles.queries import get_member
from accounts.roles.schemas import InvitationRow, InviteEmail, MemberRow
from realtime.functions import Conflict, Context, Id, NotFound, Phrase, invalid, mutation

CONFLICTS = {"invitation_open_unique": ("email", "This address has an open invitation already.")}


@mutation(permission=Permission.MEMBER_MANAGE, conflicts=CONFLICTS)
def invite_member(
    ctx: Context, *, email: InviteEmail, role_id: Id, team_ids: list[Id] | None = None
) -> InvitationRow:
    """Invite somebody by email, with a role and teams. The link works once, for 7 days.

    A workspace sends up to 50 invitations within a day, and up to 3 to one address; RateLimited beyond that.
    """
    role = Role.objects.filter(pk=role_id).first()
    if role is None:
        raise invalid("role_id", "There is no role with this id.", "unknown_role")
    refuse_escalation(ctx, role.pk)
    teams = sorted(set(team_ids or []))
    if Team.objects.filter(pk__in=teams).count() != len(teams):
        raise invalid("team_ids", "One of these teams does not exist.", "unknown_team")
    if Member.objects.filter(email__iexact=email, is_active=True).exists():
        raise Conflict("This person is a member already.")
    Invitation.objects.filter(email=email, state=Invitation.State.OPEN, expires_at__lte=ctx.now).update(
        state=Invitation.State.REVOKED
    )
    tenant = Tenant.objects.get(schema_name=ctx.schema)
    refuse_beyond_seats(tenant, ctx.now)
    refuse_too_many(ctx, email)
    return _send(ctx, tenant, email, role, teams)


def _send(ctx: Context, tenant: Tenant, email: str, role: Role, teams: list[int]) -> InvitationRow:
    token, inviter = new_token(), Member.objects.get(pk=acting_member_id(ctx))
    row = Invitation.objects.create(
        email=email,
        role=role,
        team_ids=teams,
        token_hash=hash_token(token),
        invited_by=inviter,
        expires_at=ctx.now + VALID_FOR,
    )
    link = f"{settings.SITE_URL}/invitations/{tenant.slug}/{token}/"
    values: dict[str, object] = {
        "inviter": inviter.name,
        "tenant": tenant.name,
        "role": role.name,
        "link": link,
    }
    queue_email(ctx.schema, email, format_lazy(_("Join {tenant}"), tenant=tenant.name), "invitation", values)
    ctx.audit(
        "invitation", row.pk, {"email": [None, email], "role_id": [None, role.pk], "team_ids": [None, teams]}
    )
    return _row(row)


@mutation(permission=Permission.MEMBER_MANAGE)
def revoke_invitation(ctx: Context, *, invitation_id: Id) -> InvitationRow:
    """Take an open invitation back; its link stops working."""
    row = Invitation.objects.select_for_update().filter(pk=invitation_id, state=Invitation.State.OPEN).first()
    if row is None:
        raise NotFound("There is no open invitation with this id.")
    row.state = Invitation.State.REVOKED
    row.save(update_fields=["state"])
    ctx.audit("invitation", row.pk, {"state": ["open", "revoked"]})
    return _row(row)


@mutation(permission=Permission.SYSTEM)
def accept_invitation(ctx: Context, *, token: str, user_id: Id) -> MemberRow:
    """Make the user a member as the invitation says; works once. The user's address must be the invited one."""
    invitation = find_open(token, ctx.now, lock=True)
    user = User.objects.get(pk=user_id)
    if user.email.lower() != invitation.email.lower():
        raise Conflict(
            Phrase("This invitation is for %(email)s: log in with that address.", email=invitation.email)
        )
    tenant = Tenant.objects.get(schema_name=ctx.schema)
    refuse_beyond_seats(tenant, ctx.now, joins_by_invitation=True)
    facts = {"role_id": invitation.role_id, "name": user.name or user.email, "email": user.email}
    member, _ = Member.objects.update_or_create(
        user_id=user.pk, defaults={**facts, "is_active": True, "deactivated_at": None}
    )
    for team_id in Team.objects.filter(pk__in=invitation.team_ids).values_list("id", flat=True):
        TeamMember.objects.get_or_create(team_id=team_id, member=member)
    invitation.state = Invitation.State.ACCEPTED
    invitation.save(update_fields=["state"])
    TenantUser.objects.update_or_create(
        tenant=tenant, user=user, defaults={"member_id": member.pk, "is_active": True}
    )
    welcome(member.pk)
    ctx.audit("member", member.pk, {"invitation_id": [None, invitation.pk], "user_id": [None, user.pk]})
    return get_member(ctx, member_id=member.pk)


def _row(row: Invitation) -> InvitationRow:
    return {
        "id": row.pk,
        "email": row.email,
        "role_id": row.role_id,
        "role_name": row.role.name,
        "team_ids": list(row.team_ids),
        "state": row.state,
        "invited_by_name": row.invited_by.name if row.invited_by else None,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
    }
