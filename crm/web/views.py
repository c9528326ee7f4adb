"""Saved views: the forms that save, rename, share and delete them, and what the filter builder offers."""

from typing import Any

import orjson
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.segments import view_mutations as functions
from crm.segments.view_queries import get_view
from crm.web.answers import done
from crm.web.field_choices import offered_fields
from crm.web.form_pages import FormPage
from crm.web.forms.views import ViewForm
from crm.web.listing import FILTER, parsed
from crm.web.pages import PageRequest, ask, page
from crm.web.tables import TABLES, Table, offered_columns
from realtime.functions import NotFound
from realtime.functions.call import call, permit

FORM = require_http_methods(["GET", "HEAD", "POST"])


@page
@require_GET
def list_fields(request: PageRequest, object: str) -> HttpResponse:
    """What the filter builder and the choice of columns of a table offer, as JSON."""
    table = _table(object)
    permit(table.search, request.ctx)
    columns = [{"key": c.key, "label": str(c.label)} for c in offered_columns(request.ctx, table)]
    return JsonResponse({"columns": columns, **offered_fields(request.ctx, table.catalog)})


@page
@FORM
def view_new(request: PageRequest, object: str) -> HttpResponse:
    """Save what a table shows as a view."""
    table = _table(object)
    form = ViewForm(request.POST or None, initial=_state(request.GET))
    form_page = FormPage(
        title=_("Save as view"),
        submit=_("Save view"),
        done=_("View saved."),
        function=functions.create_view,
        back=reverse(table.place),
        leads_to=lambda view: _address(table, view["id"]),
        arguments=lambda cleaned: {"object": object, **_shown(cleaned), **_stored(cleaned)},
        go=True,
    )
    return form_page.answer(request, form)


@page
@FORM
def view_edit(request: PageRequest, view_id: int) -> HttpResponse:
    """Rename a view and say who sees it."""
    row = ask(request.ctx, get_view, view_id=view_id)
    table = TABLES[row["object"]]
    form = ViewForm(request.POST or None, initial=row)
    form_page = FormPage(
        title=_("Rename and share"),
        submit=_("Save"),
        done=_("View saved."),
        function=functions.update_view,
        back=_address(table, view_id),
        leads_to=lambda view: _address(table, view_id),
        arguments=lambda cleaned: {"view_id": view_id, "changes": _shown(cleaned)},
        go=True,
    )
    return form_page.answer(request, form)


@page
@require_POST
def view_save(request: PageRequest, view_id: int) -> HttpResponse:
    """Let a view have the filter, columns and order that its table shows."""
    changes = _stored(_state(request.POST))
    row = call(functions.update_view, request.ctx, {"view_id": view_id, "changes": changes})
    return done(request, _("View saved."), _address(TABLES[row["object"]], view_id), go=True)


@page
@require_POST
def view_default(request: PageRequest, view_id: int) -> HttpResponse:
    """Begin with the view, or not any more."""
    row = ask(request.ctx, get_view, view_id=view_id)
    chosen = None if row["is_default"] else view_id
    call(functions.set_default_view, request.ctx, {"object": row["object"], "view_id": chosen})
    return done(request, _("Saved."), _address(TABLES[row["object"]], view_id), go=True)


@page
@require_POST
def view_delete(request: PageRequest, view_id: int) -> HttpResponse:
    """Delete a view."""
    row = ask(request.ctx, get_view, view_id=view_id)
    call(functions.delete_view, request.ctx, {"view_id": view_id})
    back = reverse(TABLES[row["object"]].place) + ("?view=table" if row["object"] == "deal" else "")
    return done(request, _("View deleted."), back, go=True)


def _table(object: str) -> Table:
    if object not in TABLES:
        raise NotFound
    return TABLES[object]


def _address(table: Table, view_id: int) -> str:
    return f"{reverse(table.place)}?view={view_id}"


def _state(given: Any) -> dict[str, str]:
    return {name: given.get(name, "") for name in ("f", "cols", "sort")}


def _shown(cleaned: dict[str, Any]) -> dict[str, Any]:
    return {name: cleaned[name] for name in ("name", "shared", "is_pinned")}


def _stored(given: dict[str, Any]) -> dict[str, Any]:
    """Filter, columns and order as the functions take them."""
    filter = parsed(FILTER, _json(given["f"]))
    return {
        "filter": filter,
        "columns": [key for key in given["cols"].split(",") if key],
        "sort": given["sort"],
    }


def _json(text: str) -> Any:
    try:
        return orjson.loads(text) if text else None
    except orjson.JSONDecodeError:
        return None
