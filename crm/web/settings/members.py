"""Settings about members, invitations and teams."""

from collections.abc import Mapping
from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.roles import invitation_mutations, mutations
from accounts.roles.policy import scope_of
from accounts.roles.queries import list_role_choices, list_teams
from crm.web.answers import done
from crm.web.form_pages import FormPage
from crm.web.forms.settings import InvitationForm, TeamForm
from crm.web.numbers import whole
from crm.web.pages import PageRequest, ask, page
from realtime.functions import NotFound
from realtime.functions.call import call
from realtime.functions.registry import AnyFunction


@page
@require_GET
def members(request: PageRequest) -> HttpResponse:
    """Members, invitations and teams."""
    scope = scope_of(request.ctx)
    context = {
        "may_manage": scope.allows(Permission.MEMBER_MANAGE),
        "may_manage_teams": scope.allows(Permission.TEAM_MANAGE),
        "cursor": request.GET.get("cursor", ""),
        "trail": request.GET.get("trail", "")[:4000],
    }
    return render(request, "settings/team.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: PageRequest) -> HttpResponse:
    """Invite somebody by email."""
    roles = [(row["id"], row["name"]) for row in ask(request.ctx, list_role_choices)]
    teams = [(row["id"], row["name"]) for row in ask(request.ctx, list_teams)]
    agent = next((pk for pk, name in roles if name == "Agent"), None)
    form = InvitationForm(request.POST or None, roles=roles, teams=teams, initial={"role_id": agent})
    form_page = FormPage(
        title=_("Invite a member"),
        submit=_("Send the invitation"),
        done=_("Invitation sent."),
        function=invitation_mutations.invite_member,
        back=reverse("settings_team"),
        leads_to=lambda _row: reverse("settings_team"),
    )
    return form_page.answer(request, form)


@page
@require_POST
def invitation_revoke(request: PageRequest, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    args = {"invitation_id": invitation_id}
    return _act(request, invitation_mutations.revoke_invitation, args, _("Invitation taken back."))


@page
@require_POST
def member_role(request: PageRequest, member_id: int) -> HttpResponse:
    """Give a member another role."""
    args = {"member_id": member_id, "role_id": _number(request, "role_id")}
    return _act(request, mutations.change_member_role, args, _("Role changed."))


@page
@require_POST
def member_deactivate(request: PageRequest, member_id: int) -> HttpResponse:
    """Shut a member out at once."""
    return _act(request, mutations.deactivate_member, {"member_id": member_id}, _("Member deactivated."))


@page
@require_POST
def member_reactivate(request: PageRequest, member_id: int) -> HttpResponse:
    """Let a member in again."""
    return _act(request, mutations.reactivate_member, {"member_id": member_id}, _("Member active again."))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def team_new(request: PageRequest) -> HttpResponse:
    """Make a team."""
    form_page = _team_form(
        _("New team"), pgettext("button", "Create team"), _("Team created."), mutations.create_team
    )
    return form_page.answer(request, TeamForm(request.POST or None))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def team_rename(request: PageRequest, team_id: int) -> HttpResponse:
    """Give a team another name."""
    team = next((row for row in ask(request.ctx, list_teams) if row["id"] == team_id), None)
    if team is None:
        raise NotFound("There is no team with this id.")
    form_page = _team_form(_("Rename team"), _("Save"), _("Team renamed."), mutations.rename_team)
    form_page = replace(form_page, arguments=lambda cleaned: {"team_id": team_id, **cleaned})
    return form_page.answer(request, TeamForm(request.POST or None, initial=team))


def _team_form(title: str, submit: str, said: str, function: AnyFunction) -> FormPage:
    return FormPage(
        title=title,
        submit=submit,
        done=said,
        function=function,
        back=reverse("settings_team"),
        leads_to=lambda _row: reverse("settings_team"),
    )


@page
@require_POST
def team_delete(request: PageRequest, team_id: int) -> HttpResponse:
    """Delete a team."""
    return _act(request, mutations.delete_team, {"team_id": team_id}, _("Team deleted."))


@page
@require_POST
def team_join(request: PageRequest, team_id: int) -> HttpResponse:
    """Put a member into a team."""
    args = {"team_id": team_id, "member_id": _number(request, "member_id")}
    return _act(request, mutations.add_team_member, args, _("Added to the team."))


@page
@require_POST
def team_leave(request: PageRequest, team_id: int, member_id: int) -> HttpResponse:
    """Take a member out of a team."""
    args = {"team_id": team_id, "member_id": member_id}
    return _act(request, mutations.remove_team_member, args, _("Taken out of the team."))


@page
@require_POST
def team_leader(request: PageRequest, team_id: int, member_id: int) -> HttpResponse:
    """Make a member of a team its leader, or not."""
    is_leader = request.POST.get("is_leader") == "1"
    args = {"team_id": team_id, "member_id": member_id, "is_leader": is_leader}
    return _act(
        request,
        mutations.set_team_leader,
        args,
        _("Leads the team.") if is_leader else _("No leader any more."),
    )


def _act(request: PageRequest, function: AnyFunction, args: Mapping[str, object], said: str) -> HttpResponse:
    call(function, request.ctx, args)
    return done(request, said, reverse("settings_team"))


def _number(request: PageRequest, name: str) -> int | None:
    return whole(request.POST.get(name, ""))
