"""The recycle bin."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.roles.policy import scope_of
from crm.bin.kinds import MODELS, word_of
from crm.bin.mutations import purge_record
from crm.web import words
from crm.web.answers import done
from crm.web.pages import PageRequest, page
from realtime.functions import Forbidden, NotFound
from realtime.functions.call import call

BACK = "/settings/bin/"


@page
@require_GET
def bin_page(request: PageRequest) -> HttpResponse:
    """What is in the bin, one kind of record at a time."""
    scope = scope_of(request.ctx)
    tabs = [(kind, words.BINNED[kind]) for kind in MODELS if scope.allows(word_of(kind, "delete"))]
    if not tabs:
        raise Forbidden("Your role may not restore records.")
    kinds = [kind for kind, _label in tabs]
    wanted = request.GET.get("kind", "")
    context = {
        "tabs": tabs,
        "kind": wanted if wanted in kinds else kinds[0],
        "cursor": request.GET.get("cursor", "")[:600],
        "trail": request.GET.get("trail", "")[:4000],
    }
    return render(request, "settings/bin.html", context)


@page
@require_POST
def bin_restore(request: PageRequest, kind: str, record_id: int) -> HttpResponse:
    """Take a record out of the bin."""
    if kind not in MODELS:
        raise NotFound
    function = f"{MODELS[kind]._meta.app_label}.restore_{kind}"
    argument = "file_id" if kind == "attachment" else f"{kind}_id"
    call(function, request.ctx, {argument: record_id})
    return done(request, _("Restored."), f"{BACK}?kind={kind}")


@page
@require_POST
def bin_purge(request: PageRequest, kind: str, record_id: int) -> HttpResponse:
    """Delete a record for good."""
    call(purge_record, request.ctx, {"object": kind, "record_id": record_id})
    return done(request, _("Deleted for good."), f"{BACK}?kind={kind}")
