"""Forms for web pages: the list, and one form's page with its fields, its settings and what was sent."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.forms import mutations
from crm.forms.offered import offered_fields
from crm.forms.queries import get_form, list_forms, list_submissions
from crm.web import choices
from crm.web.answers import done, saved
from crm.web.form_pages import FormPage
from crm.web.forms.webforms import AskedForm, IntakeForm, NewFormForm, TextsForm
from crm.web.pages import PageRequest, ask, page, text_args
from realtime.functions import Context, NotFound
from realtime.functions.call import call

FORM = require_http_methods(["GET", "HEAD", "POST"])


@page
@require_GET
def forms(request: PageRequest) -> HttpResponse:
    """The forms."""
    args = text_args(list_forms, request.GET, {"cursor": "cursor"})
    ask(request.ctx, list_forms, **args, limit=1)
    context = {"args": {**args, "trail": request.GET.get("trail", "")[:4000]}}
    return render(request, "settings/forms.html", context)


@page
@FORM
def form_new(request: PageRequest) -> HttpResponse:
    """Name a form; it asks for the usual things at first."""
    form_page = FormPage(
        title=_("New form"), submit=_("Create form"), done=_("Form created."),
        function=mutations.create_form, back=reverse("settings_forms"),
        leads_to=lambda row: reverse("form_page", args=[row["id"]]), go=True,
    )  # fmt: skip
    return form_page.answer(request, NewFormForm(request.POST or None))


@page
@require_GET
def form_page(request: PageRequest, form_id: int) -> HttpResponse:
    """One form."""
    row = ask(request.ctx, get_form, form_id=form_id)
    args = text_args(list_submissions, request.GET, {"cursor": "cursor"})
    address = request.build_absolute_uri(row["path"])
    context = {
        "form": row,
        "args": {**args, "trail": request.GET.get("trail", "")[:4000]},
        "address": address,
        "frame": f'<iframe src="{address}?embed=1" width="100%" height="640" style="border:0" '
        f'title="{_attribute(row["title"] or row["name"])}"></iframe>',
        "endpoint": request.build_absolute_uri(f"/api/v1/forms/{row['token']}"),
    }
    return render(request, "settings/form.html", context)


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


@page
@FORM
def form_texts(request: PageRequest, form_id: int) -> HttpResponse:
    """What the form says."""
    row = ask(request.ctx, get_form, form_id=form_id)
    form_page = _form_page(_("What it says"), form_id, lambda data: data)
    return form_page.answer(request, TextsForm(request.POST or None, initial=row))


@page
@FORM
def form_intake(request: PageRequest, form_id: int) -> HttpResponse:
    """What becomes of whoever sends it, and where it may stand."""
    row = ask(request.ctx, get_form, form_id=form_id)
    form = IntakeForm(
        request.POST or None,
        initial=IntakeForm.initial_of(row),
        owners=choices.with_present(choices.member_choices(request.ctx), row["owner_id"], row["owner_name"]),
        sources=choices.source_choices(request.ctx),
    )
    form_page = _form_page(_("What becomes of it"), form_id, lambda _data: form.changes())
    return form_page.answer(request, form)


@page
@FORM
def form_field_new(request: PageRequest, form_id: int) -> HttpResponse:
    """Ask for one more thing."""
    row = ask(request.ctx, get_form, form_id=form_id)
    asked = {field["key"] for field in row["fields"]}
    offers = [(key, found.label) for key, found in offered_fields().items() if key not in asked]
    form = AskedForm(request.POST or None, offers=offers)
    form_page = _form_page(
        _("New field"),
        form_id,
        lambda _data: {"fields": [*_stored(row), form.asked(dict(offers))]},
        _("Add field"),
    )
    return form_page.answer(request, form)


@page
@FORM
def form_field(request: PageRequest, form_id: int, key: str) -> HttpResponse:
    """Change how something is asked."""
    row = ask(request.ctx, get_form, form_id=form_id)
    field = _one(row, key)
    form = AskedForm(request.POST or None, initial=field)
    form_page = _form_page(
        _("Change field"),
        form_id,
        lambda _data: {
            "fields": [form.asked({}, key) if other["key"] == key else other for other in _stored(row)]
        },
    )
    return form_page.answer(request, form)


@page
@require_POST
def form_field_move(request: PageRequest, form_id: int, key: str) -> HttpResponse:
    """Ask for it earlier or later."""
    row = ask(request.ctx, get_form, form_id=form_id)
    fields = _stored(row)
    place = fields.index(_one(row, key))
    other = place + (-1 if request.POST.get("by") == "-1" else 1)
    if 0 <= other < len(fields):
        fields[place], fields[other] = fields[other], fields[place]
        _change(request.ctx, form_id, {"fields": fields})
    return saved(request, reverse("form_page", args=[form_id]))


@page
@require_POST
def form_field_delete(request: PageRequest, form_id: int, key: str) -> HttpResponse:
    """Ask for it no more."""
    row = ask(request.ctx, get_form, form_id=form_id)
    _change(request.ctx, form_id, {"fields": [field for field in _stored(row) if field["key"] != key]})
    return done(request, _("Field removed."), reverse("form_page", args=[form_id]))


@page
@require_POST
def form_act(request: PageRequest, form_id: int, word: str) -> HttpResponse:
    """Turn it on or off, or delete it."""
    if word == "delete":
        call(mutations.delete_form, request.ctx, {"form_id": form_id})
        return done(request, _("Form deleted."), reverse("settings_forms"), go=True)
    if word not in ("on", "off"):
        raise NotFound("There is nothing at this address.")
    _change(request.ctx, form_id, {"is_on": word == "on"})
    text = _("The form is on.") if word == "on" else _("The form is off.")
    return done(request, text, reverse("form_page", args=[form_id]))


def _stored(row: Any) -> list[dict[str, Any]]:
    """The form's fields as they are stored."""
    return [{name: field[name] for name in ("key", "label", "help", "required")} for field in row["fields"]]


def _one(row: Any, key: str) -> dict[str, Any]:
    for field in _stored(row):
        if field["key"] == key:
            return field
    raise NotFound("The form has no such field.")


def _change(ctx: Context, form_id: int, changes: dict[str, Any]) -> None:
    call(mutations.update_form, ctx, {"form_id": form_id, "changes": changes})


def _form_page(
    title: str, form_id: int, changes: Callable[[dict[str, Any]], dict[str, Any]], submit: str = ""
) -> FormPage:
    back = reverse("form_page", args=[form_id])
    return FormPage(
        title=title, submit=submit or _("Save"), done=_("Saved."), function=mutations.update_form, back=back,
        leads_to=lambda _row: back,
        arguments=lambda data: {"form_id": form_id, "changes": changes(data)},
    )  # fmt: skip
