"""Goals: set, changed, taken away."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.reports import goals as functions
from crm.web.answers import done
from crm.web.form_pages import FormPage
from crm.web.forms.goals import GoalForm, TargetForm
from crm.web.pages import PageRequest, ask, page
from realtime.functions import NotFound
from realtime.functions.call import call


def _to_goals(_result: Any) -> str:
    return reverse("settings_goals")


@page
@require_GET
def goals(request: PageRequest) -> HttpResponse:
    """All goals that the member may see."""
    may_manage = scope_of(request.ctx).allows(Permission.GOAL_MANAGE)
    return render(request, "settings/goals.html", {"may_manage": may_manage})


@page
@require_http_methods(["GET", "HEAD", "POST"])
def goal_new(request: PageRequest) -> HttpResponse:
    """Set a goal."""
    form = GoalForm(request.ctx, request.POST or None)
    form_page = FormPage(
        title=_("New goal"),
        submit=_("Set the goal"),
        done=_("Goal set."),
        function=functions.create_goal,
        back=reverse("settings_goals"),
        leads_to=_to_goals,
        arguments=lambda _cleaned: form.arguments(),
    )
    return form_page.answer(request, form)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def goal_edit(request: PageRequest, goal_id: int) -> HttpResponse:
    """Change what is to be reached."""
    row = next((row for row in ask(request.ctx, functions.list_goals) if row["id"] == goal_id), None)
    if row is None:
        raise NotFound("There is no goal with this id.")
    form_page = FormPage(
        title=_("Change the goal"),
        submit=_("Save"),
        done=_("Goal saved."),
        function=functions.update_goal,
        back=reverse("settings_goals"),
        leads_to=_to_goals,
        arguments=lambda cleaned: {"goal_id": goal_id, **cleaned},
    )
    return form_page.answer(
        request, TargetForm(request.POST or None, initial={"target": f"{row['target'].normalize():f}"})
    )


@page
@require_POST
def goal_delete(request: PageRequest, goal_id: int) -> HttpResponse:
    """Take a goal away."""
    call(functions.delete_goal, request.ctx, {"goal_id": goal_id})
    return done(request, _("Goal deleted."), reverse("settings_goals"))
