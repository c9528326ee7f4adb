"""The start page, and the choice between light and dark."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.contacts.pool import claim_contact
from crm.onboarding import mutations
from crm.web.answers import done
from crm.web.context import THEMES
from crm.web.pages import PageRequest, page
from realtime.functions.call import call


@page
@require_GET
def home(request: PageRequest) -> HttpResponse:
    """The member's day: tasks, new contacts, goals, the pipeline, what happened."""
    allows = scope_of(request.ctx).allows
    context = {
        "may_see_reports": allows(Permission.REPORT_VIEW),
        "may_see_deals": allows(Permission.DEAL_VIEW),
    }
    return render(request, "home/page.html", context)


@page
@require_POST
def claim(request: PageRequest, contact_id: int) -> HttpResponse:
    """Take a contact that waits for somebody."""
    call(claim_contact, request.ctx, {"contact_id": contact_id})
    return done(request, _("The contact is yours."), reverse("contact", args=[contact_id]), made=True)


@page
@require_POST
def finish_first_steps(request: PageRequest) -> HttpResponse:
    """Put the checklist of first steps away."""
    found = call(mutations.finish_first_steps, request.ctx, {"anyway": "anyway" in request.POST})
    text = _("Well done.") if found["is_done"] else _("Put away.")
    return done(request, text, reverse("home"))


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
