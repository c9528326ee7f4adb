"""Error pages: what went wrong, in words, and where to go from here."""

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from crm.web.answers import error_lines, is_enhanced
from crm.web.pages import page_of_form
from crm.web.words import permission_phrase
from realtime.functions import Phrase, outage, translated


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the address or the form can't be read."""
    return _fault(request, 400, _("This request can't be read"), _("Go back and try again."))


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403: the member's role does not allow it."""
    said = exception.args[0] if exception and exception.args else ""
    return _fault(request, 403, _("This is not for your role"), _refusal(said))


def _refusal(said: str) -> str:
    """Why not, with what the role would have to allow in words for people, and who can change that."""
    word = said.values.get("permission", "") if isinstance(said, Phrase) else ""
    if not word:
        return translated(said)
    told = _("Your role does not allow this: %(what)s. Ask an owner or admin of the workspace for it.")
    return told % {"what": permission_phrase(str(word))}


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: absent, or out of the member's sight; which of the two is not told."""
    detail = _(
        "There is nothing at this address, or it is not for you to see. It may have been moved or deleted."
    )
    return _fault(request, 404, _("Not found"), detail)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours; 503 while the database does not answer. Neither asks the database or the session."""
    refusal = outage(sys.exception())
    if refusal is None:
        return HttpResponse(render_to_string("500.html", {"status": 500}), status=500)
    headers = {"Retry-After": str(refusal.RETRY_AFTER)}
    if is_enhanced(request):
        return JsonResponse({"errors": error_lines(refusal)}, status=refusal.status, headers=headers)
    page = render_to_string("500.html", {"status": refusal.status, "refusal": refusal})
    return HttpResponse(page, status=refusal.status, headers=headers)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token (too old, cookies turned off); named by ``settings.CSRF_FAILURE_VIEW``."""
    if is_enhanced(request):
        return JsonResponse(
            {"errors": {"": [_("This page was open for too long. Load it again.")]}}, status=403
        )
    detail = _("Nothing was saved. Load the page again and send the form once more. It needs cookies.")
    return _fault(request, 403, _("This page was open for too long"), detail)


def _fault(request: HttpRequest, status: int, heading: str, detail: str) -> HttpResponse:
    # A form's own address often takes nothing but forms. (At a 400 the host itself may be what can't be read.)
    is_form = request.method == "POST" and status == 403
    again = page_of_form(request) if is_form else request.get_full_path()
    context = {"status": status, "heading": heading, "detail": detail, "again": again}
    return render(request, "fault.html", context, status=status)
