"""Workflow runs: the list, one run's timeline, and what may be done about a run."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from crm.web.answers import done
from crm.web.fragments.runs import STATUSES
from crm.web.pages import PageRequest, ask, page, text_args
from crm.web.run_words import AUTOMATIONS, built_by
from crm.web.words import workflow_label
from realtime.functions.call import call
from realtime.functions.registry import AnyFunction
from workflows.registry import all_workflows
from workflows.runs import mutations
from workflows.runs.queries import get_run, list_runs

FILTERS = {"status": "status", "workflow": "workflow", "cursor": "cursor"}


@page
@require_GET
def runs(request: PageRequest) -> HttpResponse:
    """What works in the background, the newest first."""
    args = text_args(list_runs, request.GET, FILTERS)
    ask(request.ctx, list_runs, **args, limit=1)
    names = sorted({found.name for found in all_workflows()})
    context = {
        "args": {**args, "trail": request.GET.get("trail", "")[:4000]},
        "statuses": [(status, label) for status, (label, _colour) in STATUSES.items()],
        "workflows": [(name, workflow_label(name)) for name in names],
    }
    return render(request, "settings/runs.html", context)


@page
@require_GET
def run(request: PageRequest, run_id: int) -> HttpResponse:
    """One run with everything that happened in it."""
    found = ask(request.ctx, get_run, run_id=run_id)
    name, _link = built_by(request.ctx, [found]).get(run_id, ("", ""))
    label, is_automation = (
        name or workflow_label(found["workflow"]),
        found["workflow"].startswith(AUTOMATIONS),
    )
    return render(request, "settings/run.html", {"run": found, "label": label, "has_lookups": is_automation})


def _acting(function: AnyFunction, text: Promise) -> Callable[..., HttpResponse]:
    @page
    @require_POST
    def view(request: PageRequest, run_id: int) -> HttpResponse:
        position = request.POST.get("position")
        args: dict[str, object] = {"run_id": run_id, **({"position": position} if position else {})}
        made = call(function, request.ctx, args)
        is_other = made["id"] != run_id
        return done(request, str(text), reverse("settings_run", args=[made["id"]]), go=is_other)

    view.__doc__ = function.doc
    return view


run_cancel = _acting(mutations.cancel_run, _("The run is being cancelled."))
run_pause = _acting(mutations.pause_run, _("The run rests."))
run_resume = _acting(mutations.resume_run, _("The run continues."))
run_retry = _acting(mutations.retry_run, _("The run tries again."))
run_fork = _acting(mutations.fork_run, _("A new run continues from there."))
