"""Log-in, log-out, password reset, sign-up, invitations and the switch between workspaces.

Logging in and resetting are django-allauth's views (with its rate limits) in our templates.
"""

from typing import Any

from allauth.account import views as allauth
from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.actor import system_context
from accounts.authentication import choose_tenant
from accounts.hosts import host_name, host_of, is_bare
from accounts.languages import current_language
from accounts.models import Tenant, User
from accounts.provisioning import SlugTaken, is_slug
from accounts.sign_up import EmailTaken, create_user, email_is_known, sign_up
from accounts.tenancy import tenant_context
from crm.web.account_forms import EMAIL_TAKEN, SLUG_TAKEN, FirmForm, JoinForm, SignUpForm
from realtime.functions import Context, FunctionError
from realtime.functions.call import call

BACKEND = "accounts.authentication.EmailBackend"


@never_cache
@sensitive_post_parameters("password")
def sign_up_page(request: HttpRequest) -> HttpResponse:
    """A new workspace: with its owner, or for the user who is logged in. Lives on the bare host alone."""
    if not is_bare(host_name(request.get_host())):
        return redirect(f"{settings.SITE_URL}/signup/")
    limited: HttpResponse | None = None
    if request.method == "POST":
        limited = ratelimit.consume_or_429(request, action="signup")
    if limited is not None:
        return limited
    user = request.user if isinstance(request.user, User) else None
    form_class = FirmForm if user else SignUpForm
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid() and _sign_up(request, form, user):
        return redirect("/")
    status = 422 if form.errors else 200
    return render(request, "accounts/signup.html", {"form": form, "signed_in": user}, status=status)


def _sign_up(request: HttpRequest, form: FirmForm, user: User | None) -> bool:
    """Sign up and log in; errors that only the database can find go into the form."""
    person = form.person() if isinstance(form, SignUpForm) else user
    assert person is not None
    try:
        made = sign_up(
            person,
            firm=form.cleaned_data["firm"],
            slug=form.cleaned_data["slug"],
            locale=current_language(),
            **form.place,
        )
    except SlugTaken:
        form.add_error("slug", ValidationError(SLUG_TAKEN))
        return False
    except EmailTaken:
        form.add_error("email", ValidationError(EMAIL_TAKEN))
        return False
    owner = User.objects.get(pk=made.owner.user_id)
    if user is None:
        login(request, owner, BACKEND)
    choose_tenant(request.session, owner, made.tenant.pk)
    return True


@never_cache
@sensitive_post_parameters("password")
def invitation_page(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """What an invitation offers, and its acceptance by a new user or by the one whom it is for."""
    tenant = Tenant.objects.filter(slug=slug, state=Tenant.State.ACTIVE).first()
    if tenant is None:
        return _invitation_is_over(request)
    ctx = system_context(tenant.schema_name, request_id=getattr(request, "request_id", ""))
    try:
        with tenant_context(ctx.schema):
            offer = call("roles.get_invitation_offer", ctx, {"token": token})
    except FunctionError:  # there is no such invitation, or the token can't be one
        return _invitation_is_over(request)
    page = {"offer": offer, "tenant_name": tenant.name, "known": email_is_known(offer["email"])}
    return _invitation(request, tenant, ctx, token, page)


def _invitation(
    request: HttpRequest, tenant: Tenant, ctx: Context, token: str, page: dict[str, Any]
) -> HttpResponse:
    invited = str(page["offer"]["email"])
    user = request.user if isinstance(request.user, User) else None
    form = None
    if not page["known"]:
        form = JoinForm(request.POST if request.method == "POST" else None, invited=invited)
    page |= {"form": form, "signed_in": user, "is_for_user": user is not None and user.email == invited}
    if request.method == "POST" and (page["is_for_user"] or (form is not None and form.is_valid())):
        return _join(request, tenant, ctx, token, form, user)
    status = 422 if form is not None and form.errors else 200
    return render(request, "accounts/invitation.html", page, status=status)


def _join(
    request: HttpRequest, tenant: Tenant, ctx: Context, token: str, form: JoinForm | None, user: User | None
) -> HttpResponse:
    """Accept: the new user and their membership commit together, so that a link lost to a race makes nobody."""
    try:
        with transaction.atomic():
            member = create_user(form.person()) if form is not None else user
            assert member is not None
            with tenant_context(ctx.schema):
                call("roles.accept_invitation", ctx, {"token": token, "user_id": member.pk})
    except (EmailTaken, FunctionError):
        return _invitation_is_over(request)
    if form is not None:
        login(request, member, BACKEND)
    choose_tenant(request.session, member, tenant.pk)
    return redirect("/")


def _invitation_is_over(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/invitation_over.html", status=404)


@require_POST
def switch_tenant(request: HttpRequest) -> HttpResponse:
    """Go to another workspace of the user's: on the bare host within the session, else to its own host."""
    slug, user = request.POST.get("tenant", ""), request.user
    wanted = Tenant.objects.filter(slug=slug).first() if is_slug(slug) else None
    if not isinstance(user, User) or wanted is None:
        raise Http404
    tenant = choose_tenant(request.session, user, wanted.pk)
    if tenant is None:
        raise Http404
    if is_bare(host_name(request.get_host())):
        return redirect(_safe_next(request))
    return redirect(tenant_address(request, tenant))


def tenant_address(request: HttpRequest, tenant: Tenant) -> str:
    """The address of the tenant's own host, on the scheme and port of the request."""
    port = request.get_port()
    shown = "" if port in {"80", "443"} else f":{port}"
    return f"{request.scheme}://{host_of(tenant)}{shown}/"


def _safe_next(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return address if allowed else "/"


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429: the rate limits of log-in, reset and sign-up."""
    page = {"status": 429, "heading": _("Too many tries"), "detail": _("Wait a few minutes, then try again.")}
    return render(request, "fault.html", page, status=429)


def template(name: str) -> str:
    """A template of this area."""
    return f"accounts/{name}.html"


class LogIn(allauth.LoginView):  # type: ignore[misc]  # allauth has no types
    """Log in; the page's first field is where one begins to type."""

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(*args, **kwargs)
        form.fields["login"].widget.attrs["autofocus"] = ""
        return form


log_in = LogIn.as_view(template_name=template("login"))
log_out = allauth.LogoutView.as_view(template_name=template("logout"))
inactive = allauth.AccountInactiveView.as_view(template_name=template("inactive"))
reset = allauth.PasswordResetView.as_view(template_name=template("password_reset"))
reset_done = allauth.PasswordResetDoneView.as_view(template_name=template("password_reset_done"))
reset_key = allauth.PasswordResetFromKeyView.as_view(template_name=template("password_reset_from_key"))
reset_key_done = allauth.PasswordResetFromKeyDoneView.as_view(
    template_name=template("password_reset_from_key_done")
)
RESET_KEY = r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"

urlpatterns = [
    path("login/", log_in, name="login"),
    path("logout/", log_out, name="logout"),
    path("signup/", sign_up_page, name="signup"),
    path("invitations/<slug:slug>/<str:token>/", invitation_page, name="invitation"),
    path("switch/", switch_tenant, name="switch_tenant"),
    # The names that django-allauth looks up.
    path("login/", log_in, name="account_login"),
    path("logout/", log_out, name="account_logout"),
    path("signup/", sign_up_page, name="account_signup"),
    path("inactive/", inactive, name="account_inactive"),
    path("password/reset/", reset, name="account_reset_password"),
    path("password/reset/done/", reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", reset_key_done, name="account_reset_password_from_key_done"),
    re_path(RESET_KEY, reset_key, name="account_reset_password_from_key"),
]
