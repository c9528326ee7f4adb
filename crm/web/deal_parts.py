"""What a deal's page asks for besides its own fields: who has a part in it, and what a stage requires."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.deals import moves, parties
from crm.deals.queries import get_deal, list_pipelines
from crm.web import choices
from crm.web.answers import done, error_lines, is_enhanced
from crm.web.form_pages import FormPage
from crm.web.forms.deals import ColleagueForm, EnterForm, PartyForm
from crm.web.pages import PageRequest, ask, page
from realtime.functions import InvalidInput, NotFound
from realtime.functions.call import call


def asked_for(request: HttpRequest, error: InvalidInput, deal_id: int, stage_id: int) -> HttpResponse:
    """What to do when a stage requires more than the deal has: a form that asks for it."""
    if not any(each["code"] == "required_in_stage" for each in error.errors):
        raise error
    address = reverse("deal_enter", args=[deal_id, stage_id])
    if is_enhanced(request):
        return JsonResponse({"errors": error_lines(error), "form": address}, status=422)
    return HttpResponseRedirect(address, status=303)


def won_stage(request: PageRequest, row: Any) -> int:
    """The id of the stage that winning the deal leads to."""
    stages = next(
        each["stages"] for each in ask(request.ctx, list_pipelines) if each["id"] == row["pipeline_id"]
    )
    return int(next((stage["id"] for stage in stages if stage["kind"] == "won"), row["stage_id"]))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def deal_enter(request: PageRequest, deal_id: int, stage_id: int) -> HttpResponse:
    """Fill in what the stage requires and the deal lacks, and move it there."""
    row: Any = ask(request.ctx, get_deal, deal_id=deal_id)
    stages = [stage for each in ask(request.ctx, list_pipelines) for stage in each["stages"]]
    stage = next((each for each in stages if each["id"] == stage_id), None)
    if stage is None:
        raise NotFound("There is no stage with this id.")
    form = EnterForm(request.ctx, request.POST or None, row=row, required=stage["required_fields"])
    form_page = FormPage(
        title=_("Before it goes to %(stage)s") % {"stage": stage["name"]},
        submit=_("Save and move"),
        done=_("Moved to %(stage)s.") % {"stage": stage["name"]},
        function=moves.move_deal,
        back=reverse("deal", args=[deal_id]),
        leads_to=lambda found: reverse("deal", args=[deal_id]),
        arguments=lambda cleaned: {"deal_id": deal_id, "stage_id": stage_id, "changes": cleaned},
        lead=row["title"],
    )
    return form_page.answer(request, form)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def deal_contact_new(request: PageRequest, deal_id: int) -> HttpResponse:
    """Give another person a part in the deal."""
    row: Any = ask(request.ctx, get_deal, deal_id=deal_id)
    form = PartyForm(request.ctx, request.POST or None)
    form_page = FormPage(
        title=_("Add a person"),
        submit=_("Add"),
        done=_("Added."),
        function=parties.set_deal_contact,
        back=reverse("deal", args=[deal_id]),
        leads_to=lambda found: reverse("deal", args=[deal_id]),
        arguments=lambda cleaned: {"deal_id": deal_id, **cleaned},
        lead=row["title"],
    )
    return form_page.answer(request, form)


@page
@require_POST
def deal_contact_primary(request: PageRequest, deal_id: int, contact_id: int) -> HttpResponse:
    """Make a person the one whom the deal is with first."""
    args = {"deal_id": deal_id, "contact_id": contact_id, "role": request.POST.get("role", "")}
    call(parties.set_deal_contact, request.ctx, {**args, "is_primary": True})
    return done(request, _("Saved."), reverse("deal", args=[deal_id]))


@page
@require_POST
def deal_contact_remove(request: PageRequest, deal_id: int, contact_id: int) -> HttpResponse:
    """Take a person's part in the deal away."""
    call(parties.remove_deal_contact, request.ctx, {"deal_id": deal_id, "contact_id": contact_id})
    return done(request, _("Taken off the deal."), reverse("deal", args=[deal_id]))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def deal_member_new(request: PageRequest, deal_id: int) -> HttpResponse:
    """Put a colleague on the deal, or change their split."""
    row: Any = ask(request.ctx, get_deal, deal_id=deal_id)
    members = choices.member_choices(request.ctx)
    form = ColleagueForm(request.POST or None, initial=request.GET.dict(), members=members)
    form_page = FormPage(
        title=_("Colleague on the deal"),
        submit=_("Save"),
        done=_("Saved."),
        function=parties.set_deal_member,
        back=reverse("deal", args=[deal_id]),
        leads_to=lambda found: reverse("deal", args=[deal_id]),
        arguments=lambda cleaned: {"deal_id": deal_id, **cleaned},
        lead=row["title"],
    )
    return form_page.answer(request, form)


@page
@require_POST
def deal_member_remove(request: PageRequest, deal_id: int, member_id: int) -> HttpResponse:
    """Take a colleague off the deal."""
    call(parties.remove_deal_member, request.ctx, {"deal_id": deal_id, "member_id": member_id})
    return done(request, _("Taken off the deal."), reverse("deal", args=[deal_id]))
