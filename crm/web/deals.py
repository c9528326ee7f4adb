"""Pages about deals."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.deals import moves, mutations
from crm.deals.board import get_board
from crm.deals.queries import get_deal, list_pipelines, list_stage_changes
from crm.web import choices
from crm.web.answers import done
from crm.web.deal_parts import asked_for, won_stage
from crm.web.form_pages import FormPage
from crm.web.forms.deals import DealEditForm, DealForm, LostForm
from crm.web.listing import STATE, list_context
from crm.web.numbers import whole
from crm.web.overtaking import assign, call_unless, change
from crm.web.pages import PageRequest, ask, page, text_args
from crm.web.presets import preset
from crm.web.tables import DEALS, USUAL
from realtime.functions import InvalidInput, PreconditionFailed
from realtime.functions.call import call
from realtime.functions.registry import AnyFunction

#: What says where a deal is moved to.
PLACE = ("stage_id", "before_id", "after_id")
#: An address with one of these is the table's.
TABLE_WORDS = {*STATE, "stage", "status", "cursor"}
OPEN = USUAL["deal"]


@page
@require_GET
def deal_list(request: PageRequest) -> HttpResponse:
    """The deals as a board, or as a table if the address asks for it: open ones unless it says otherwise."""
    if not TABLE_WORDS & request.GET.keys():
        return board(request)
    initial = None if request.GET.get("archived") else OPEN
    return render(request, "deals/list.html", list_context(request, DEALS, _("Title"), initial))


def board(request: PageRequest) -> HttpResponse:
    """One pipeline's deals as a board."""
    ctx = request.ctx
    wanted = text_args(get_board, request.GET, {"pipeline": "pipeline", "owner": "owner_id"})
    pipelines = ask(ctx, list_pipelines)
    chosen = next((row for row in pipelines if row["id"] == wanted.get("pipeline")), pipelines[0])
    context = {
        "pipelines": pipelines,
        "pipeline": chosen,
        "owner_id": wanted.get("owner_id"),
        "owners": choices.member_choices(ctx),
        "may_create": scope_of(ctx).allows(Permission.DEAL_CREATE),
        "may_manage": scope_of(ctx).allows(Permission.PIPELINE_MANAGE),
    }
    return render(request, "deals/board.html", context)


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
        submit=pgettext("button", "Create deal"),
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
    args, url = {"deal_id": deal_id}, reverse("deal", args=[deal_id])
    return change(request, form, mutations.update_deal, args, lambda: _now(request, deal_id), url)


@page
@require_POST
def deal_move(request: PageRequest, deal_id: int) -> HttpResponse:
    """Move the deal to another stage, between neighbours if they are named; says who was faster."""
    given = {name: pk for name in PLACE if (pk := whole(request.POST.get(name, ""))) is not None}
    args = {"deal_id": deal_id, "stage_id": None, **given}
    try:
        found = call_unless(
            request,
            moves.move_deal,
            args,
            lambda: _now(request, deal_id),
            lambda row: _was_moved(request, row),
        )
    except PreconditionFailed:
        raise PreconditionFailed(_overtaken(request, deal_id)) from None
    except InvalidInput as error:
        return asked_for(request, error, deal_id, given.get("stage_id", 0))
    text = _("Moved to %(stage)s.") % {"stage": found["stage_name"]}
    return done(request, text, reverse("deal", args=[deal_id]))


def _now(request: PageRequest, deal_id: int) -> Any:
    return ask(request.ctx.again(), get_deal, deal_id=deal_id)


def _was_moved(request: PageRequest, row: Any) -> bool:
    """Whether the deal has left its stage since the page was drawn; within one, whose order counts is not known."""
    begun, wanted = request.POST.get("from_stage_id"), request.POST.get("stage_id")
    return begun in (None, wanted) or str(row["stage_id"]) != begun


def _overtaken(request: PageRequest, deal_id: int) -> str:
    """What somebody else did with the deal while the member was about to move or close it."""
    row = _now(request, deal_id)
    last = ask(request.ctx.again(), list_stage_changes, deal_id=deal_id, limit=1)["data"]
    words = {"title": row["title"], "stage": row["stage_name"], "who": last[0]["by_name"] if last else None}
    if words["who"] and request.POST.get("from_stage_id") != str(row["stage_id"]):
        return _("%(who)s moved “%(title)s” to %(stage)s meanwhile. It stays there.") % words
    return _("Somebody changed “%(title)s” meanwhile. It stays where they left it, in %(stage)s.") % words


def _close(request: PageRequest, function: AnyFunction, args: Mapping[str, Any]) -> Any:
    """Win or lose a deal, unless somebody closed or moved it since the page was drawn: that is told."""
    deal_id = args["deal_id"]
    try:
        return call_unless(
            request, function, args, lambda: _now(request, deal_id), lambda row: _was_moved(request, row)
        )
    except PreconditionFailed:
        raise PreconditionFailed(_overtaken(request, deal_id)) from None


@page
@require_POST
def deal_win(request: PageRequest, deal_id: int) -> HttpResponse:
    """The deal is won."""
    try:
        _close(request, moves.win_deal, {"deal_id": deal_id})
    except InvalidInput as error:
        row: Any = ask(request.ctx.again(), get_deal, deal_id=deal_id)
        return asked_for(request, error, deal_id, won_stage(request, row))
    return done(request, _("Won. Congratulations!"), reverse("deal", args=[deal_id]))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def deal_lose(request: PageRequest, deal_id: int) -> HttpResponse:
    """The deal is lost, and why."""
    row: Any = ask(request.ctx, get_deal, deal_id=deal_id)
    reasons = choices.with_blank(_("No reason"), choices.lost_reason_choices(request.ctx))
    begun = {"version": row["version"], "from_stage_id": row["stage_id"]}
    form = LostForm(request.POST or None, initial={**row, **begun}, reasons=reasons)
    form_page = FormPage(
        title=_("Why was it lost?"),
        submit=_("Save"),
        done=_("Deal lost."),
        function=moves.lose_deal,
        send=lambda args: _close(request, moves.lose_deal, args),
        back=reverse("deal", args=[deal_id]),
        leads_to=lambda _row: reverse("deal", args=[deal_id]),
        arguments=lambda cleaned: {"deal_id": deal_id, "lost_reason_id": cleaned["lost_reason_id"]},
        lead=row["title"],
    )
    return form_page.answer(request, form)


@page
@require_POST
def deal_reopen(request: PageRequest, deal_id: int) -> HttpResponse:
    """The deal goes on, where it left off."""
    found = call(moves.reopen_deal, request.ctx, {"deal_id": deal_id})
    text = _("Open again, in %(stage)s.") % {"stage": found["stage_name"]}
    return done(request, text, reverse("deal", args=[deal_id]))


@page
@require_POST
def deal_assign(request: PageRequest, deal_id: int) -> HttpResponse:
    """Give the deal to another member."""
    args = {"deal_id": deal_id, "owner_id": whole(request.POST.get("owner_id", ""))}
    assign(request, mutations.assign_deal, args, lambda: _now(request, deal_id))
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
