"""What a select among many records offers for what is being typed."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from accounts.roles.queries import list_member_choices
from crm.companies.queries import list_company_choices
from crm.contacts.queries import list_contacts
from crm.deals.queries import list_deals
from crm.web.pages import PageRequest, ask, page
from crm.web.words import person_name
from realtime.functions import NotFound


@page
@require_GET
def lookup(request: PageRequest, what: str) -> HttpResponse:
    """Up to 20 records of one kind as ``[{id, name, hint}]``."""
    search = request.GET.get("q", "")[:100]
    return JsonResponse({"data": _found(request, what, search)})


def _found(request: PageRequest, what: str, search: str) -> list[Any]:
    if what == "companies":
        return [*ask(request.ctx, list_company_choices, search=search)]
    if what == "members":
        return [*ask(request.ctx, list_member_choices, search=search)][:20]
    if what == "deals":
        rows = ask(request.ctx, list_deals, search=search, limit=20)["data"]
        return [{"id": row["id"], "name": row["title"], "hint": row.get("stage_name", "")} for row in rows]
    if what == "contacts":
        rows = ask(request.ctx, list_contacts, search=search, limit=20)["data"]
        return [{"id": row["id"], "name": person_name(row), "hint": row.get("email", "")} for row in rows]
    raise NotFound
