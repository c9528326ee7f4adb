"""Pages about deals."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.deals import moves, mutations
from crm.deals.queries import get_deal, list_deals
from crm.web import choices
from crm.web.answers import done, invalid_edit, saved, send
from crm.web.form_pages import FormPage
from crm.web.forms.deals import DealEditForm, DealForm
from crm.web.pages import PageRequest, ask, page, text_args
from crm.web.presets import preset
from realtime.functions.call import call

FILTERS = {
    "q": "search", "owner": "owner_id", "stage": "stage_id", "status": "status", "cursor": "cursor",
    "archived": "archived",
}  # fmt: skip


@page
@require_GET
def deal_list(request: PageRequest) -> HttpResponse:
    """The deals: open ones unless the address says otherwise."""
    ctx = request.ctx
    args = text_args(list_deals, request.GET, FILTERS)
    if "status" not in request.GET and not args.get("archived"):
        args["status"] = "open"
    context = {
        "args": {**args, "trail": request.GET.get("trail", "")[:4000]},
        "status": args.get("status", ""),
        "owners": choices.member_choices(ctx),
        "stages": choices.deal_stage_choices(ctx),
        "may_create": scope_of(ctx).allows(Permission.DEAL_CREATE),
    }
    return render(request, "deals/list.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def deal_new(request: PageRequest) -> HttpResponse:
    """Create a deal, for a contact or a company if the address names one."""
    form = DealForm(request.ctx, request.POST or None)
    preset(request, form)
    form.offer("owner_id", [("", _("Me")), *choices.member_choices(request.ctx)])
    form.drop_disabled()
    form_page = FormPage(
        title=_("New deal"),
        submit=_("Create deal"),
        done=_("Deal created."),
        function=mutations.create_deal,
        back=reverse("deals"),
        leads_to=lambda deal: reverse("deal", args=[deal["id"]]),
        template="deals/new.html",
        made=True,
    )
    return form_page.answer(request, form)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def deal(request: PageRequest, deal_id: int) -> HttpResponse:
    """One deal; what is posted are changes to its fields."""
    row: Any = ask(request.ctx, get_deal, deal_id=deal_id)
    if request.method != "POST":
        return render(request, "deals/page.html", {"deal": row})
    form = DealEditForm(request.ctx, request.POST, row=row, auto_id="deal_%s")
    form.keep_sent(request.POST)
    if form.is_valid():
        args = {"deal_id": deal_id, "changes": form.cleaned_data}
        if send(request, form, mutations.update_deal, args) is not None:
            return saved(request, reverse("deal", args=[deal_id]))
    return invalid_edit(request, form, reverse("deal", args=[deal_id]))


@page
@require_POST
def deal_move(request: PageRequest, deal_id: int) -> HttpResponse:
    """Move the deal to another stage."""
    stage = request.POST.get("stage_id", "")
    args = {"deal_id": deal_id, "stage_id": int(stage) if stage.isdecimal() else None}
    found = call(moves.move_deal, request.ctx, args)
    text = _("Moved to %(stage)s.") % {"stage": found["stage_name"]}
    return done(request, text, reverse("deal", args=[deal_id]))


@page
@require_POST
def deal_assign(request: PageRequest, deal_id: int) -> HttpResponse:
    """Give the deal to another member."""
    owner = request.POST.get("owner_id", "")
    args = {"deal_id": deal_id, "owner_id": int(owner) if owner.isdecimal() else None}
    call(mutations.assign_deal, request.ctx, args)
    return done(request, _("Deal assigned."), reverse("deals"))


@page
@require_POST
def deal_archive(request: PageRequest, deal_id: int) -> HttpResponse:
    """Put the deal into the bin."""
    call(mutations.archive_deal, request.ctx, {"deal_id": deal_id})
    return done(request, _("Deal moved to the bin."), reverse("deals"), go=True)


@page
@require_POST
def deal_restore(request: PageRequest, deal_id: int) -> HttpResponse:
    """Take the deal out of the bin."""
    call(mutations.restore_deal, request.ctx, {"deal_id": deal_id})
    return done(request, _("Deal restored."), reverse("deal", args=[deal_id]))
