"""The roles editor."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.roles import role_mutations as mutations
from accounts.roles.policy import scope_of
from accounts.roles.queries import get_role, list_role_choices, list_roles
from crm.web.answers import done, saved
from crm.web.form_pages import FormPage
from crm.web.forms.settings import NewRoleForm, RoleForm
from crm.web.pages import PageRequest, ask, page
from realtime.functions.call import call


@page
@require_GET
def roles(request: PageRequest) -> HttpResponse:
    """The firm's roles."""
    ask(request.ctx, list_roles)
    may_manage = scope_of(request.ctx).allows(Permission.ROLE_MANAGE)
    return render(request, "settings/roles.html", {"may_manage": may_manage})


@page
@require_GET
def role(request: PageRequest, role_id: int) -> HttpResponse:
    """One role: how far it reaches with each permission word, and its field rules."""
    return render(request, "settings/role.html", {"role": ask(request.ctx, get_role, role_id=role_id)})


@page
@require_http_methods(["GET", "HEAD", "POST"])
def role_new(request: PageRequest) -> HttpResponse:
    """Make a role of the firm's own."""
    found = [(row["id"], row["name"]) for row in ask(request.ctx, list_role_choices)]
    form_page = FormPage(
        title=_("New role"),
        submit=pgettext("button", "Create role"),
        done=_("Role created."),
        function=mutations.create_role,
        back=reverse("settings_roles"),
        leads_to=lambda made: reverse("settings_role", args=[made["id"]]),
        go=True,
    )
    return form_page.answer(request, NewRoleForm(request.POST or None, roles=found))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def role_rename(request: PageRequest, role_id: int) -> HttpResponse:
    """Change a role's name and description."""
    row = ask(request.ctx, get_role, role_id=role_id)
    form_page = FormPage(
        title=_("Rename role"),
        submit=_("Save"),
        done=_("Role saved."),
        function=mutations.update_role,
        back=reverse("settings_role", args=[role_id]),
        leads_to=lambda _row: reverse("settings_role", args=[role_id]),
        arguments=lambda cleaned: {"role_id": role_id, "changes": cleaned},
    )
    return form_page.answer(request, RoleForm(request.POST or None, initial=row))


@page
@require_POST
def role_permission(request: PageRequest, role_id: int) -> HttpResponse:
    """Set how far the role reaches with one permission word."""
    args = {
        "role_id": role_id,
        "permission": request.POST.get("permission", ""),
        "access": request.POST.get("access", ""),
    }
    call(mutations.set_role_permission, request.ctx, args)
    return saved(request, reverse("settings_role", args=[role_id]))


@page
@require_POST
def role_field(request: PageRequest, role_id: int) -> HttpResponse:
    """Set what the role may do with one field."""
    object, _dot, field = request.POST.get("field", "").partition(".")
    args = {"role_id": role_id, "object": object, "field": field, "level": request.POST.get("level", "")}
    call(mutations.set_field_permission, request.ctx, args)
    return saved(request, reverse("settings_role", args=[role_id]))


@page
@require_POST
def role_reset(request: PageRequest, role_id: int) -> HttpResponse:
    """Give a built-in role what it started with."""
    call(mutations.reset_role, request.ctx, {"role_id": role_id})
    return done(request, _("Role reset."), reverse("settings_role", args=[role_id]))


@page
@require_POST
def role_delete(request: PageRequest, role_id: int) -> HttpResponse:
    """Delete a role of the firm's own."""
    call(mutations.delete_role, request.ctx, {"role_id": role_id})
    return done(request, _("Role deleted."), reverse("settings_roles"), go=True)
