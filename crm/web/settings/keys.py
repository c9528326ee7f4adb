"""API keys and the audit log."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import mutations
from accounts.queries import list_api_keys
from crm.audit.queries import list_audit_entries
from crm.web.answers import done, send
from crm.web.choices import member_choices
from crm.web.forms.settings import ApiKeyForm
from crm.web.pages import PageRequest, ask, page, text_args
from realtime.functions.call import call, permit

AUDIT_FILTERS = {"object": "object", "id": "object_id", "member": "actor_id", "cursor": "cursor"}


@page
@require_GET
def api_keys(request: PageRequest) -> HttpResponse:
    """The firm's API keys."""
    args = text_args(list_api_keys, request.GET, {"cursor": "cursor"})
    ask(request.ctx, list_api_keys, **args, limit=1)
    return render(
        request, "settings/api_keys.html", {"args": args, "trail": request.GET.get("trail", "")[:4000]}
    )


@page
@require_http_methods(["GET", "HEAD", "POST"])
def api_key_new(request: PageRequest) -> HttpResponse:
    """Make a key. It is shown in the answer to the form and never again."""
    permit(mutations.create_api_key, request.ctx)
    form = ApiKeyForm(request.POST or None, members=member_choices(request.ctx))
    if request.method == "POST" and form.is_valid():
        made = send(request, form, mutations.create_api_key, form.arguments())
        if made is not None:
            response = render(request, "settings/api_key_created.html", {"made": made})
            response["Cache-Control"] = "no-store"
            return response
    status = 422 if form.errors else 200
    return render(request, "settings/api_key_new.html", {"form": form}, status=status)


@page
@require_POST
def api_key_revoke(request: PageRequest, api_key_id: int) -> HttpResponse:
    """Revoke a key for good."""
    call(mutations.revoke_api_key, request.ctx, {"api_key_id": api_key_id})
    return done(request, _("Key revoked."), reverse("settings_api_keys"))


@page
@require_GET
def audit(request: PageRequest) -> HttpResponse:
    """What was changed by whom."""
    args = text_args(list_audit_entries, request.GET, AUDIT_FILTERS)
    ask(request.ctx, list_audit_entries, **args, limit=1)
    context = {
        "args": {**args, "trail": request.GET.get("trail", "")[:4000]},
        "members": member_choices(request.ctx),
    }
    return render(request, "settings/audit.html", context)
