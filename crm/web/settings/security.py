"""Security settings: the password, and where the member is logged in."""

from allauth.core import ratelimit
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.mutations import revoke_device
from accounts.passwords import change_password
from crm.web.answers import done, invalid_form, send
from crm.web.forms.settings import PasswordForm
from crm.web.pages import PageRequest, page
from realtime.functions.call import call

TEMPLATE = "settings/security.html"


@sensitive_post_parameters()
@page
@require_http_methods(["GET", "HEAD", "POST"])
def security(request: PageRequest) -> HttpResponse:
    """The member's password and the browsers in which they are logged in."""
    form = PasswordForm(request.POST or None)
    if request.method != "POST":
        return render(request, TEMPLATE, {"form": form})
    if form.is_valid() and _may_try(request, form) and _change(request, form):
        return done(request, _("Password changed. You are logged out everywhere else."), _here())
    return invalid_form(request, form, TEMPLATE, {})


def _may_try(request: PageRequest, form: PasswordForm) -> bool:
    """Whoever sits at a browser that was left open must not guess the password there."""
    if ratelimit.consume(request, action="change_password", user=request.user):
        return True
    form.add_error(None, _("Too many tries. Wait a minute, then try again."))
    return False


def _change(request: PageRequest, form: PasswordForm) -> bool:
    args = {name: form.cleaned_data[name] for name in ("current_password", "new_password")}
    if send(request, form, change_password, args) is None:
        return False
    assert isinstance(request.user, User)
    # The session holds a hash of the password: without this, it would end like the others.
    update_session_auth_hash(request, User.objects.get(pk=request.user.pk))
    return True


@page
@require_POST
def device_revoke(request: PageRequest, device_id: int) -> HttpResponse:
    """Log out one of the member's browsers."""
    call(revoke_device, request.ctx, {"device_id": device_id})
    return done(request, _("Logged out there."), _here())


def _here() -> str:
    return reverse("settings_security")
