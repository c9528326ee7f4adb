"""Per-request facts: the request's id, its tenant and its context."""

import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from structlog.contextvars import bound_contextvars

from accounts import tenancy
from accounts.authentication import Visit, bearer_key, visit
from accounts.languages import current_language, speaking
from accounts.models import User
from realtime.functions import Context, Forbidden, NotFound, Unauthenticated

GetResponse = Callable[[HttpRequest], HttpResponse]

#: Answered on any host, as whoever watches a process knows it by address only.
ANY_HOST = ("/healthz", "/readyz", "/metrics")
#: The API resolves host and key itself, and answers refusals in its own shape.
API = "/api/"


def request_id(get_response: GetResponse) -> GetResponse:
    """Give each request an id, the caller's own if it is sane, and answer with it in X-Request-Id."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        sane = 8 <= len(given) <= 64 and given.isascii() and given.replace("-", "").replace("_", "").isalnum()
        found = given if sane else secrets.token_hex(12)
        facts: Any = request
        facts.request_id = found
        with bound_contextvars(request_id=found):
            response = get_response(request)
        response["X-Request-Id"] = found
        return response

    return middleware


def any_host(get_response: GetResponse) -> GetResponse:
    """Let whoever watches a process ask it by its address, which ``ALLOWED_HOSTS`` need not name."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path in ANY_HOST:
            facts: Any = request
            facts.get_host = lambda: "localhost"
        return get_response(request)

    return middleware


def locale(get_response: GetResponse) -> GetResponse:
    """Answer in the user's language and time zone; whoever is not logged in gets their browser's language.

    ``LocaleMiddleware`` has found the browser's; its path is left before the next request, and so is the time zone.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return get_response(request)
        with speaking(user.locale, user.time_zone):
            response = get_response(request)
            response["Content-Language"] = current_language()
        return response

    return middleware


def tenant(get_response: GetResponse) -> GetResponse:
    """Enter the tenant of the request's host or credential.

    Sets ``request.tenant_record`` (the tenant or None), ``request.ctx`` (the caller's context or None) and
    ``request.refusal`` (why there is none).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path in ANY_HOST or request.path.startswith(API):
            return get_response(request)
        try:
            came = _visit(request)
        except NotFound:
            return render(request, "accounts/unknown_host.html", {"site_url": settings.SITE_URL}, status=404)
        facts: Any = request
        facts.tenant_record, facts.ctx, facts.refusal = came.tenant, came.context, came.refusal
        with tenancy.tenant_context(came.schema):
            return get_response(request)

    middleware.process_exception = _answer_refusal  # type: ignore[attr-defined]  # Django looks for it there
    return middleware


def _answer_refusal(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """A page's refusal in Django's own terms; a session that works no more is logged out."""
    if request.path.startswith(API):
        return None
    if isinstance(exception, Unauthenticated):
        logout(request)
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    if isinstance(exception, NotFound):
        raise Http404(exception.detail) from exception
    if isinstance(exception, Forbidden):
        raise PermissionDenied(exception.detail) from exception
    return None


def context_of(request: HttpRequest) -> Context:
    """The caller's context; raises why there is none (Unauthenticated, NotFound, Forbidden)."""
    ctx: Context | None = getattr(request, "ctx", None)
    if ctx is None:
        raise getattr(request, "refusal", None) or Unauthenticated()
    return ctx


def _visit(request: HttpRequest) -> Visit:
    return visit(
        host=request.get_host(),
        session=request.session,
        user=request.user if request.user.is_authenticated else None,
        key=bearer_key(request.headers.get("Authorization", "")),
        address=request.META.get("REMOTE_ADDR"),
        request_id=getattr(request, "request_id", ""),
    )
