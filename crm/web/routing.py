"""Pages of routing rules: who is given work in turn, and by which shares. Steps that assign choose among them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.automations import routing
from crm.web import choices
from crm.web.answers import done
from crm.web.form_pages import FormPage
from crm.web.forms.routing import RuleForm
from crm.web.pages import PageRequest, ask, page
from realtime.functions import NotFound
from realtime.functions.call import call

FORM = require_http_methods(["GET", "HEAD", "POST"])


@page
@require_GET
def routing_rules(request: PageRequest) -> HttpResponse:
    """The rules."""
    ask(request.ctx, routing.list_routing_rules)
    may_manage = scope_of(request.ctx).allows(Permission.AUTOMATION_MANAGE)
    return render(request, "automations/rules.html", {"may_manage": may_manage})


@page
@FORM
def routing_rule_new(request: PageRequest) -> HttpResponse:
    """Make a rule."""
    form_page = _form_page(
        _("New routing rule"), pgettext("button", "Add rule"), routing.create_routing_rule, {}
    )
    return form_page.answer(
        request, RuleForm(request.POST or None, members=choices.member_choices(request.ctx))
    )


@page
@FORM
def routing_rule_edit(request: PageRequest, rule_id: int) -> HttpResponse:
    """Change a rule."""
    rows = ask(request.ctx, routing.list_routing_rules)
    row = next((row for row in rows if row["id"] == rule_id), None)
    if row is None:
        raise NotFound("There is no rule with this id.")
    form_page = _form_page(
        _("Change routing rule"), _("Save"), routing.update_routing_rule, {"rule_id": rule_id}
    )
    members = choices.member_choices(request.ctx)
    return form_page.answer(request, RuleForm(request.POST or None, members=members, rule=row))


@page
@require_POST
def routing_rule_delete(request: PageRequest, rule_id: int) -> HttpResponse:
    """Delete a rule."""
    call(routing.delete_routing_rule, request.ctx, {"rule_id": rule_id})
    return done(request, _("Rule deleted."), reverse("routing_rules"))


def _form_page(title: str, submit: str, function: Any, given: dict[str, Any]) -> FormPage:
    back = reverse("routing_rules")
    return FormPage(
        title=title, submit=submit, done=_("Saved."), function=function, back=back, leads_to=lambda _rows: back,
        arguments=lambda data: {**given, **data}, template="automations/rule_form.html",
        lead=_("A step that assigns gives each record to whoever of these is next. Who is deactivated is passed over."),
    )  # fmt: skip
