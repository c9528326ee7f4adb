"""Custom fields: what the firm wants to know of its records beside what every firm does."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.fields import mutations as functions
from crm.fields.queries import OBJECTS, list_custom_fields
from crm.web.answers import done, saved
from crm.web.form_pages import FormPage
from crm.web.forms.fields import FieldForm
from crm.web.numbers import wholes
from crm.web.pages import PageRequest, ask, page
from realtime.functions import Forbidden, NotFound
from realtime.functions.call import call
from realtime.functions.registry import AnyFunction

FORM = require_http_methods(["GET", "HEAD", "POST"])


@page
@require_GET
def fields(request: PageRequest) -> HttpResponse:
    """The custom fields of each kind of record."""
    if not scope_of(request.ctx).allows(Permission.FIELD_MANAGE):
        raise Forbidden("Your role may not define custom fields.")
    return render(request, "settings/fields.html", {"objects": OBJECTS})


@page
@FORM
def field_new(request: PageRequest, object: str) -> HttpResponse:
    """Add a field to a kind of record."""
    if object not in OBJECTS:
        raise NotFound
    form = FieldForm(request.POST or None)
    form_page = _form_page(_("New field"), _("Add field"), functions.create_custom_field)
    return form_page(form, lambda: {"object": object, **form.arguments()}).answer(request, form)


@page
@FORM
def field_edit(request: PageRequest, field_id: int) -> HttpResponse:
    """Change a field."""
    form = FieldForm(request.POST or None, row=_row(request, field_id))
    form_page = _form_page(_("Change field"), _("Save"), functions.update_custom_field)
    given = {"custom_field_id": field_id}
    return form_page(form, lambda: {**given, "changes": form.arguments()}).answer(request, form)


@page
@require_POST
def field_order(request: PageRequest, object: str) -> HttpResponse:
    """Put the fields of a kind of record into another order."""
    order = wholes(request.POST.get("order", ""))
    call(functions.order_custom_fields, request.ctx, {"object": object, "field_ids": order})
    return saved(request, reverse("settings_fields"))


@page
@require_POST
def field_retire(request: PageRequest, field_id: int) -> HttpResponse:
    """Retire a field, or take it back."""
    retired = request.POST.get("retired") == "1"
    args = {"custom_field_id": field_id, "changes": {"is_retired": retired}}
    call(functions.update_custom_field, request.ctx, args)
    return done(request, _("Field retired.") if retired else _("Field restored."), reverse("settings_fields"))


@page
@require_POST
def field_delete(request: PageRequest, field_id: int) -> HttpResponse:
    """Delete a field with its values."""
    call(functions.delete_custom_field, request.ctx, {"custom_field_id": field_id})
    return done(request, _("Field deleted."), reverse("settings_fields"))


def _form_page(
    title: str, submit: str, function: AnyFunction
) -> Callable[[FieldForm, Callable[[], dict[str, Any]]], FormPage]:
    back = reverse("settings_fields")

    def of(form: FieldForm, arguments: Any) -> FormPage:
        return FormPage(
            title=title,
            submit=submit,
            done=_("Saved."),
            function=function,
            back=back,
            leads_to=lambda _result: back,
            arguments=lambda _cleaned: arguments(),
            template="settings/field_form.html",
        )

    return of


def _row(request: PageRequest, field_id: int) -> Any:
    for row in ask(request.ctx, list_custom_fields, retired=True):
        if row["id"] == field_id:
            return row
    raise NotFound("There is no custom field with this id.")
