"""The page of notifications, and the preferences for them."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.notifications import mutations
from crm.notifications.queries import list_notifications
from crm.web.answers import done, saved
from crm.web.pages import PageRequest, page, text_args
from realtime.functions.call import call


@page
@require_GET
def notifications(request: PageRequest) -> HttpResponse:
    """What one was told, newest first."""
    args = text_args(list_notifications, request.GET, {"cursor": "cursor"})
    trail = request.GET.get("trail", "")[:4000]
    return render(request, "notifications/page.html", {"args": {**args, "trail": trail}})


@page
@require_POST
def notification_open(request: PageRequest, notification_id: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    call(mutations.mark_read, request.ctx, {"ids": [notification_id]})
    link = request.POST.get("link", "")
    is_ours = url_has_allowed_host_and_scheme(link, allowed_hosts=None)
    return HttpResponseRedirect(link if is_ours else reverse("notifications"), status=303)


@page
@require_POST
def notifications_read(request: PageRequest) -> HttpResponse:
    """Mark all of them as read."""
    call(mutations.mark_read, request.ctx)
    return saved(request, reverse("notifications"))


@page
@require_POST
def notification_preference(request: PageRequest) -> HttpResponse:
    """Choose whether a kind comes by email, too."""
    args = {"kind": request.POST.get("kind", ""), "by_email": request.POST.get("by_email") == "on"}
    call(mutations.set_preference, request.ctx, args)
    return done(request, _("Saved."), reverse("notifications"))
