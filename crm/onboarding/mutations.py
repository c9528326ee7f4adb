"""First steps: greeting, reminding, ending."""

from typing import Any, Literal

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.languages import speaking_to
from accounts.models import Tenant, User
from accounts.outbox import queue_email
from accounts.permissions import Access, Permission
from accounts.roles.models import Member, RolePermission, TeamMember
from accounts.roles.policy import acting_member_id
from crm.notifications.sending import notify
from crm.onboarding.facts import first_steps
from crm.onboarding.queries import get_first_steps
from crm.onboarding.schemas import FirstSteps, Greeting, Progress
from realtime.functions import Context, Id, NotFound, mutation
from workflows import send_event

WORKFLOW, EVENT = "member_onboarding", "finished"
State = Member.Onboarding
#: Who is told that somebody has found their way; a firm has few owners and a team few leaders.
MOST_TOLD = 10


@mutation(permission=Permission.PROFILE_EDIT)
def finish_first_steps(ctx: Context, *, anyway: bool = False) -> FirstSteps:
    """Put your checklist away: when all of it is done, which its leader hears of; or ``anyway``."""
    member = _locked(acting_member_id(ctx))
    if member.onboarding == State.OPEN:
        if _is_done(member):
            _finish(ctx, member)
            _wake(member)
        elif anyway:
            _write(ctx, member, State.HIDDEN)
            _wake(member)
    return get_first_steps(ctx)


@mutation(permission=Permission.SYSTEM)
def greet_member(ctx: Context, *, member_id: Id) -> Greeting:
    """Welcome a new member by email and open their checklist."""
    member = _locked(member_id)
    zone = User.objects.values_list("time_zone", flat=True).get(pk=member.user_id)
    if member.is_active:
        _write(ctx, member, State.OPEN)
        if not _is_founder(member):  # whoever signed the firm up is welcomed by its trial
            _send(ctx, member, "welcome", _("Welcome to {firm}"))
    return {"time_zone": zone}


@mutation(permission=Permission.SYSTEM)
def nudge_member(ctx: Context, *, member_id: Id, by_email: bool) -> Progress:
    """Look how far a new member is: end it if they are done, else write to them if ``by_email``."""
    member = _locked(member_id)
    if not member.is_active or member.onboarding != State.OPEN:
        return {"is_over": True}
    if _is_done(member):
        _finish(ctx, member)
        return {"is_over": True}
    if by_email:
        _send(ctx, member, "nudge", _("Your first steps in {firm}"))
    return {"is_over": False}


@mutation(permission=Permission.SYSTEM)
def end_onboarding(ctx: Context, *, member_id: Id) -> Progress:
    """Put the checklist of somebody away who never finished it."""
    member = _locked(member_id)
    if member.onboarding == State.OPEN:
        _write(ctx, member, State.HIDDEN)
    return {"is_over": True}


def _locked(member_id: int) -> Member:
    found = Member.objects.select_for_update().filter(pk=member_id).first()
    if found is None:
        raise NotFound("There is no member with this id.")
    return found


def _write(ctx: Context, member: Member, state: Member.Onboarding) -> None:
    ctx.audit("member", member.pk, {"onboarding": [member.onboarding, state.value]})
    member.onboarding = state
    member.save(update_fields=["onboarding"])


def _is_done(member: Member) -> bool:
    granted = RolePermission.objects.filter(role_id=member.role_id).exclude(access=Access.NONE)
    words = set(granted.values_list("permission", flat=True))
    return all(step["is_done"] for step in first_steps(member, words.__contains__))


def _is_founder(member: Member) -> bool:
    return not Member.objects.filter(pk__lt=member.pk).exists()


def _finish(ctx: Context, member: Member) -> None:
    """Done: the leaders of the member's teams are told, or the owners of a firm without any."""
    _write(ctx, member, State.DONE)
    for told in _leaders(member):
        with speaking_to(told.email):
            title = gettext("%(name)s has taken all first steps") % {"name": member.name}
        notify(ctx, told.pk, "automation", title, "/settings/team/")


def _leaders(member: Member) -> list[Member]:
    teams = TeamMember.objects.filter(member=member).values("team_id")
    others = Member.objects.filter(is_active=True).exclude(pk=member.pk).order_by("pk")
    leaders = others.filter(team_members__team_id__in=teams, team_members__is_leader=True).distinct()
    return list(leaders[:MOST_TOLD]) or list(others.filter(role__key="owner")[:MOST_TOLD])


def _wake(member: Member) -> None:
    """Let the run end now rather than at its next look."""
    try:
        send_event(key_of(member.pk), EVENT, workflow=WORKFLOW)
    except NotFound:
        return


def key_of(member_id: int) -> str:
    """The key of a member's run."""
    return f"member-{member_id}"


def _send(ctx: Context, member: Member, kind: Literal["welcome", "nudge"], subject: Any) -> None:
    firm = Tenant.objects.values_list("name", flat=True).get(schema_name=ctx.schema)
    values: dict[str, object] = {
        "kind": kind,
        "name": member.name,
        "firm": firm,
        "link": f"{settings.SITE_URL}/",
    }
    queue_email(ctx.schema, member.email, format_lazy(subject, firm=firm), "onboarding", values)
