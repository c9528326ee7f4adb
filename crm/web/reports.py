"""Reports: one address each, with the same filters."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from accounts.roles.queries import list_teams
from crm.deals.queries import list_pipelines
from crm.web.choices import member_choices
from crm.web.fragments.reports import contests
from crm.web.numbers import whole
from crm.web.pages import PageRequest, ask, page
from crm.web.periods import DEFAULT, PERIODS, days_of
from realtime.functions import Context, Forbidden


@dataclass(frozen=True, slots=True)
class Report:
    """A page: its name, the template, and which filters it has beside time and team."""

    label: Any
    filters: tuple[str, ...] = ("member", "pipeline")


REPORTS = {
    "pipeline": Report(_("Pipeline")),
    "outcomes": Report(_("Won and lost")),
    "activity": Report(_("Activity"), ("member",)),
    "leaderboard": Report(_("Leaderboard"), ("pipeline", "contest")),
    "sources": Report(_("Sources"), ("member",)),
}


@page
@require_GET
def reports(request: PageRequest) -> HttpResponse:
    """Reports start at the pipeline."""
    return HttpResponseRedirect(reverse("report", args=["pipeline"]))


@page
@require_GET
def report(request: PageRequest, name: str) -> HttpResponse:
    """One report, as far as the member sees."""
    if name not in REPORTS:
        raise Http404
    if not scope_of(request.ctx).allows(Permission.REPORT_VIEW):
        raise Forbidden("Your role may not see reports.")
    shown = REPORTS[name]
    args = _args(request, shown)
    context = {
        "name": name,
        "report": shown,
        "reports": [(key, each.label) for key, each in REPORTS.items()],
        "periods": PERIODS.items(),
        "args": args,
        "days": days_of(request.ctx, args["period"], args["since"], args["until"]),
        **_choices(request.ctx, shown),
    }
    return render(request, f"reports/{name}.html", context)


def _args(request: PageRequest, shown: Report) -> dict[str, Any]:
    """The filters of the address; what makes no sense is left out."""
    given = request.GET
    days = {name: _date(given.get(name, "")) for name in ("since", "until")}
    is_chosen = given.get("period", "custom") == "custom"
    if not (is_chosen and days["since"] and days["until"] and days["since"] <= days["until"]):
        days = {"since": None, "until": None}
    ids = {"team": "team_id", **{name: f"{name}_id" for name in shown.filters if name != "contest"}}
    period = "custom" if days["since"] else given.get("period")
    found: dict[str, Any] = {**days, "period": period if period in PERIODS else DEFAULT}
    for name, argument in ids.items():
        found["owner_id" if name == "member" else argument] = whole(given.get(name, ""))
    if "contest" in shown.filters:
        found["contest"] = given.get("contest") if given.get("contest") in contests() else "amount_won"
    return found


def _date(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _choices(ctx: Context, shown: Report) -> dict[str, Any]:
    found: dict[str, Any] = {"teams": [(row["id"], row["name"]) for row in ask(ctx, list_teams)]}
    if "member" in shown.filters:
        found["members"] = member_choices(ctx)
    if "pipeline" in shown.filters and scope_of(ctx).allows(Permission.DEAL_VIEW):
        found["pipelines"] = [(row["id"], row["name"]) for row in ask(ctx, list_pipelines)]
    if "contest" in shown.filters:
        found["contests"] = contests().items()
    return found
