"""Pipelines, their stages, and why deals are lost."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.deals import pipelines as functions
from crm.deals.queries import list_lost_reasons, list_pipelines
from crm.web import choices
from crm.web.answers import saved
from crm.web.form_pages import FormPage
from crm.web.forms.pipelines import NameForm, StageForm, TargetForm
from crm.web.numbers import wholes
from crm.web.pages import PageRequest, ask, page
from realtime.functions import Forbidden, NotFound
from realtime.functions.call import call
from realtime.functions.registry import AnyFunction

FORM = require_http_methods(["GET", "HEAD", "POST"])


@page
@require_GET
def pipelines(request: PageRequest) -> HttpResponse:
    """The pipelines with their stages."""
    if not scope_of(request.ctx).allows(Permission.PIPELINE_MANAGE):
        raise Forbidden("Your role may not change pipelines.")
    return render(request, "settings/pipelines.html")


@page
@FORM
def pipeline_new(request: PageRequest) -> HttpResponse:
    """Make another pipeline."""
    form_page = _form_page(
        _("New pipeline"), pgettext("button", "Create pipeline"), functions.create_pipeline, {}
    )
    return form_page.answer(request, NameForm(request.POST or None))


@page
@FORM
def pipeline_rename(request: PageRequest, pipeline_id: int) -> HttpResponse:
    """Change a pipeline's name."""
    given = {"pipeline_id": pipeline_id}
    form_page = _form_page(_("Rename pipeline"), _("Save"), functions.update_pipeline, given, _as_changes)
    return form_page.answer(request, NameForm(request.POST or None, initial=_pipeline(request, pipeline_id)))


@page
@FORM
def pipeline_delete(request: PageRequest, pipeline_id: int) -> HttpResponse:
    """Delete a pipeline, and say where its deals go."""
    row = _pipeline(request, pipeline_id)
    form_page = _form_page(
        _("Delete %(name)s?") % row,
        pgettext("button", "Delete pipeline"),
        functions.delete_pipeline,
        {"pipeline_id": pipeline_id},
    )
    others = {stage["id"] for stage in row["stages"]}
    return form_page.answer(request, _target_form(request, without=others))


@page
@FORM
def stage_new(request: PageRequest, pipeline_id: int) -> HttpResponse:
    """Add a stage to a pipeline."""
    given = {"pipeline_id": pipeline_id}
    form_page = _form_page(_("New stage"), _("Add stage"), functions.create_stage, given)
    _pipeline(request, pipeline_id)
    return form_page.answer(request, StageForm(request.POST or None))


@page
@FORM
def stage_edit(request: PageRequest, stage_id: int) -> HttpResponse:
    """Change a stage."""
    given = {"stage_id": stage_id}
    form_page = _form_page(_("Change stage"), _("Save"), functions.update_stage, given, _as_changes)
    return form_page.answer(request, StageForm(request.POST or None, initial=_stage(request, stage_id)))


@page
@FORM
def stage_delete(request: PageRequest, stage_id: int) -> HttpResponse:
    """Delete a stage, and say where its deals go."""
    row = _stage(request, stage_id)
    form_page = _form_page(
        _("Delete %(name)s?") % row,
        pgettext("button", "Delete stage"),
        functions.delete_stage,
        {"stage_id": stage_id},
    )
    return form_page.answer(request, _target_form(request, without={stage_id}))


@page
@require_POST
def stage_order(request: PageRequest, pipeline_id: int) -> HttpResponse:
    """Put the stages of a pipeline into another order."""
    order = wholes(request.POST.get("order", ""))
    call(functions.order_stages, request.ctx, {"pipeline_id": pipeline_id, "stage_ids": order})
    return saved(request, reverse("settings_pipelines"))


@page
@FORM
def reason_new(request: PageRequest) -> HttpResponse:
    """Add a reason for which deals are lost."""
    form_page = _form_page(_("New reason"), _("Add reason"), functions.create_lost_reason, {})
    return form_page.answer(request, NameForm(request.POST or None))


@page
@FORM
def reason_rename(request: PageRequest, reason_id: int) -> HttpResponse:
    """Change a reason's name."""
    found = [row for row in ask(request.ctx, list_lost_reasons) if row["id"] == reason_id]
    if not found:
        raise NotFound("There is no reason with this id.")
    given = {"lost_reason_id": reason_id}
    form_page = _form_page(_("Rename reason"), _("Save"), functions.rename_lost_reason, given)
    return form_page.answer(request, NameForm(request.POST or None, initial=found[0]))


@page
@require_POST
def reason_delete(request: PageRequest, reason_id: int) -> HttpResponse:
    """Delete a reason."""
    call(functions.delete_lost_reason, request.ctx, {"lost_reason_id": reason_id})
    return saved(request, reverse("settings_pipelines"))


def _form_page(
    title: str,
    submit: str,
    function: AnyFunction,
    given: dict[str, Any],
    shaped: Callable[[dict[str, Any]], dict[str, Any]] = dict,
) -> FormPage:
    back = reverse("settings_pipelines")
    return FormPage(
        title=title,
        submit=submit,
        done=_("Saved."),
        destroys=function.name.partition(".")[2].startswith(("delete_", "merge_")),
        function=function,
        back=back,
        leads_to=lambda _result: back,
        arguments=lambda cleaned: {**given, **shaped(cleaned)},
    )


def _as_changes(cleaned: dict[str, Any]) -> dict[str, Any]:
    return {"changes": cleaned}


def _target_form(request: PageRequest, *, without: set[int]) -> forms.Form:
    offered = choices.deal_stage_choices(request.ctx, without=without)
    return TargetForm(
        request.POST or None, stages=choices.with_blank(_("Nowhere: it holds no deals"), offered)
    )


def _pipeline(request: PageRequest, pipeline_id: int) -> Any:
    for row in ask(request.ctx, list_pipelines):
        if row["id"] == pipeline_id:
            return row
    raise NotFound("There is no pipeline with this id.")


def _stage(request: PageRequest, stage_id: int) -> Any:
    for row in ask(request.ctx, list_pipelines):
        for stage in row["stages"]:
            if stage["id"] == stage_id:
                return stage
    raise NotFound("There is no stage with this id.")
