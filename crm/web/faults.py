"""Error pages: what went wrong, in words, and where to go from here."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from crm.web.answers import is_enhanced
from realtime.functions import translated


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the address or the form can't be read."""
    return _fault(request, 400, _("This request can't be read"), _("Go back and try again."))


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403: the member's role does not allow it, or the form came without its token (cookies turned off, too old)."""
    said = exception.args[0] if exception and exception.args else ""
    detail = translated(said) or _("If you sent a form, it was open for too long: load the page again.")
    return _fault(request, 403, _("You may not do this"), detail)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: absent, or out of the member's sight; which of the two is not told."""
    detail = _(
        "There is nothing at this address, or it is not for you to see. It may have been moved or deleted."
    )
    return _fault(request, 404, _("Not found"), detail)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours. Nothing is asked of the database or the session, which may be what is broken."""
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token; named by ``settings.CSRF_FAILURE_VIEW``."""
    if is_enhanced(request):
        return JsonResponse(
            {"errors": {"": [_("This page was open for too long. Load it again.")]}}, status=403
        )
    return forbidden(request)


def _fault(request: HttpRequest, status: int, heading: str, detail: str) -> HttpResponse:
    context = {"status": status, "heading": heading, "detail": detail}
    return render(request, "fault.html", context, status=status)
