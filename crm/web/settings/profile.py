"""Settings about oneself and the firm."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import mutations
from accounts.permissions import Permission
from accounts.queries import get_me, get_tenant
from accounts.roles.policy import scope_of
from crm.web.answers import done, invalid_form, send
from crm.web.forms.settings import ProfileForm, TenantForm
from crm.web.pages import PageRequest, ask, page


@page
@require_GET
def settings(request: PageRequest) -> HttpResponse:
    """Settings start at oneself."""
    return HttpResponseRedirect(reverse("settings_profile"))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: PageRequest) -> HttpResponse:
    """One's own name, time zone and language."""
    me = ask(request.ctx, get_me)
    form = ProfileForm(request.POST or None, initial=me)
    if request.method == "POST":
        if form.is_valid():
            args = {"changes": form.cleaned_data}
            if send(request, form, mutations.update_profile, args) is not None:
                return done(request, _("Profile saved."), reverse("settings_profile"))
        return invalid_form(request, form, "settings/profile.html", {"me": me})
    return render(request, "settings/profile.html", {"form": form, "me": me})


@page
@require_http_methods(["GET", "HEAD", "POST"])
def tenant(request: PageRequest) -> HttpResponse:
    """The firm's name, time zone, currency and colour."""
    form = TenantForm(request.POST or None, initial=ask(request.ctx, get_tenant))
    may_manage = scope_of(request.ctx).allows(Permission.TENANT_MANAGE)
    if request.method == "POST":
        if form.is_valid():
            args = {"changes": form.cleaned_data}
            if send(request, form, mutations.update_tenant, args) is not None:
                return done(request, _("Workspace saved."), reverse("settings_tenant"))
        return invalid_form(request, form, "settings/tenant.html", {"may_manage": may_manage})
    for field in form.fields.values():
        field.disabled = not may_manage
    return render(request, "settings/tenant.html", {"form": form, "may_manage": may_manage})
