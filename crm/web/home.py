"""The start page, and the choice between light and dark."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from crm.web.context import THEMES
from crm.web.pages import PageRequest, page


@page
@require_GET
def home(request: PageRequest) -> HttpResponse:
    """The member's day: tasks, contacts, deals."""
    return render(request, "home/page.html")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme in a cookie, for browsers without scripts; none means the system's."""
    back = request.headers.get("Referer", "/")
    response = HttpResponseRedirect(
        back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/"
    )
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=365 * 24 * 3600, samesite="Lax")
    else:
        response.delete_cookie("theme")
    return response
