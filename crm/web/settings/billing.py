"""Billing: how the subscription stands, and the way to the page on which it is paid for."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.billing import mutations
from accounts.billing.queries import get_billing, list_invoices, list_plans
from crm.web.form_pages import FormPage
from crm.web.pages import PageRequest, ask, page, text_args
from realtime.functions import NotFound


class SeatsForm(forms.Form):
    seats = forms.IntegerField(label=gettext_lazy("Seats"), min_value=1, max_value=100_000)


@page
@require_GET
def billing(request: PageRequest) -> HttpResponse:
    """Plan, seats, bills."""
    args = text_args(list_invoices, request.GET, {"cursor": "cursor"})
    ask(request.ctx, list_invoices, **args, limit=1)
    return render(request, "billing/page.html", {"args": args, "trail": request.GET.get("trail", "")[:4000]})


@page
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: PageRequest, plan_key: str) -> HttpResponse:
    """How many seats of a plan; leads to the provider's page."""
    plan = next((row for row in ask(request.ctx, list_plans) if row["key"] == plan_key), None)
    if plan is None:
        raise NotFound("There is no such plan.")
    state = ask(request.ctx, get_billing)
    form_page = FormPage(
        title=_("Choose %(plan)s") % {"plan": plan["name"]},
        submit=_("Go on to payment"),
        done=_("On to the payment."),
        function=mutations.choose_plan,
        back=reverse("settings_billing"),
        arguments=lambda data: {"plan": plan_key, "seats": data["seats"]},
        leads_to=lambda made: str(made["url"]),
        lead=_(
            "A seat is a member, or an invitation that is open. The payment itself happens at our provider."
        ),
        go=True,
    )
    form = SeatsForm(request.POST or None, initial={"seats": max(state["used_seats"], 1)})
    return form_page.answer(request, form)
