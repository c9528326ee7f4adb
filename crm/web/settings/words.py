"""The words that contacts are described with: stages, sources, tags."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.contacts import words as functions
from crm.contacts.queries import list_contact_stages
from crm.segments import mutations as tags
from crm.segments.queries import list_tags
from crm.web import choices
from crm.web.answers import saved
from crm.web.form_pages import FormPage
from crm.web.forms.pipelines import NameForm
from crm.web.forms.words import MergeForm, StageTargetForm, TagForm
from crm.web.numbers import wholes
from crm.web.pages import PageRequest, ask, page
from realtime.functions import NotFound
from realtime.functions.call import call, permit
from realtime.functions.registry import AnyFunction

FORM = require_http_methods(["GET", "HEAD", "POST"])


@page
@require_GET
def contact_words(request: PageRequest) -> HttpResponse:
    """Stages of the relationship, and where contacts come from."""
    permit(functions.create_contact_stage, request.ctx)
    return render(request, "settings/contact_words.html")


@page
@require_GET
def tag_list(request: PageRequest) -> HttpResponse:
    """The tags."""
    permit(tags.create_tag, request.ctx)
    return render(request, "settings/tags.html")


@page
@FORM
def contact_stage_new(request: PageRequest) -> HttpResponse:
    """Add a stage."""
    pages = _form_page(_("New stage"), _("Add stage"), functions.create_contact_stage, {})
    return pages.answer(request, NameForm(request.POST or None))


@page
@FORM
def contact_stage_rename(request: PageRequest, stage_id: int) -> HttpResponse:
    """Change a stage's name."""
    row = _one(ask(request.ctx, list_contact_stages), stage_id)
    given = {"contact_stage_id": stage_id}
    pages = _form_page(_("Rename stage"), _("Save"), functions.rename_contact_stage, given)
    return pages.answer(request, NameForm(request.POST or None, initial=row))


@page
@FORM
def contact_stage_delete(request: PageRequest, stage_id: int) -> HttpResponse:
    """Delete a stage, and say where its contacts go."""
    row = _one(ask(request.ctx, list_contact_stages), stage_id)
    others = [choice for choice in choices.contact_stage_choices(request.ctx) if choice[0] != stage_id]
    pages = _form_page(
        _("Delete %(name)s?") % row,
        pgettext("button", "Delete stage"),
        functions.delete_contact_stage,
        {"contact_stage_id": stage_id},
    )
    return pages.answer(request, StageTargetForm(request.POST or None, stages=others))


@page
@require_POST
def contact_stage_order(request: PageRequest) -> HttpResponse:
    """Put the stages into another order."""
    call(functions.order_contact_stages, request.ctx, {"stage_ids": wholes(request.POST.get("order", ""))})
    return saved(request, reverse("settings_contact_words"))


@page
@FORM
def source_new(request: PageRequest) -> HttpResponse:
    """Add a source."""
    pages = _form_page(_("New source"), _("Add source"), functions.create_lead_source, {})
    return pages.answer(request, NameForm(request.POST or None))


@page
@FORM
def source_rename(request: PageRequest, source_id: int) -> HttpResponse:
    """Change a source's name."""
    row = _one(ask(request.ctx, functions.list_lead_sources), source_id)
    given = {"lead_source_id": source_id}
    pages = _form_page(_("Rename source"), _("Save"), functions.rename_lead_source, given)
    return pages.answer(request, NameForm(request.POST or None, initial=row))


@page
@require_POST
def source_order(request: PageRequest) -> HttpResponse:
    """Put the sources into another order."""
    call(
        functions.order_lead_sources, request.ctx, {"lead_source_ids": wholes(request.POST.get("order", ""))}
    )
    return saved(request, reverse("settings_contact_words"))


@page
@require_POST
def source_delete(request: PageRequest, source_id: int) -> HttpResponse:
    """Offer a source no longer."""
    call(functions.delete_lead_source, request.ctx, {"lead_source_id": source_id})
    return saved(request, reverse("settings_contact_words"))


@page
@FORM
def tag_new(request: PageRequest) -> HttpResponse:
    """Add a tag."""
    pages = _form_page(_("New tag"), _("Add tag"), tags.create_tag, {}, back="settings_tags")
    return pages.answer(request, TagForm(request.POST or None))


@page
@FORM
def tag_edit(request: PageRequest, tag_id: int) -> HttpResponse:
    """Change a tag's name or colour."""
    row = _one(ask(request.ctx, list_tags), tag_id)
    pages = _form_page(
        _("Change tag"), _("Save"), tags.update_tag, {"tag_id": tag_id}, lambda cleaned: {"changes": cleaned},
        back="settings_tags",
    )  # fmt: skip
    return pages.answer(request, TagForm(request.POST or None, initial=row))


@page
@FORM
def tag_merge(request: PageRequest, tag_id: int) -> HttpResponse:
    """Let a tag become another one."""
    rows = ask(request.ctx, list_tags)
    row = _one(rows, tag_id)
    others = [(each["id"], each["name"]) for each in rows if each["id"] != tag_id]
    pages = _form_page(
        _("Merge %(name)s into another tag") % row, _("Merge"), tags.merge_tags, {"tag_id": tag_id},
        back="settings_tags",
    )  # fmt: skip
    return pages.answer(request, MergeForm(request.POST or None, tags=others))


@page
@require_POST
def tag_delete(request: PageRequest, tag_id: int) -> HttpResponse:
    """Delete a tag."""
    call(tags.delete_tag, request.ctx, {"tag_id": tag_id})
    return saved(request, reverse("settings_tags"))


def _one(rows: list[Any], pk: int) -> Any:
    for row in rows:
        if row["id"] == pk:
            return row
    raise NotFound


def _form_page(
    title: str,
    submit: str,
    function: AnyFunction,
    given: dict[str, Any],
    shaped: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    back: str = "settings_contact_words",
) -> FormPage:
    url = reverse(back)
    return FormPage(
        title=title,
        submit=submit,
        done=_("Saved."),
        destroys=function.name.partition(".")[2].startswith(("delete_", "merge_")),
        function=function,
        back=url,
        leads_to=lambda _result: url,
        arguments=lambda cleaned: {**given, **shaped(cleaned)},
    )
