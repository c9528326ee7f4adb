"""A form for something new, begun from a record's page: the address names the record (``?contact=3``)."""

from typing import Any

from django.http import HttpRequest

from crm.companies.queries import get_company
from crm.contacts.queries import get_contact
from crm.deals.queries import get_deal
from crm.web.forms.records import RecordForm
from crm.web.numbers import whole
from crm.web.pages import ask
from crm.web.words import person_name

SOURCES: dict[str, Any] = {"contact": get_contact, "company": get_company, "deal": get_deal}


def preset(request: HttpRequest, form: RecordForm) -> None:
    """Choose the records that the address names, as far as the form has a field for them; NotFound out of sight."""
    for word, function in SOURCES.items():
        pk = whole(request.GET.get(word, ""))
        if pk and f"{word}_id" in form.fields:
            row = ask(form.ctx, function, **{f"{word}_id": pk})
            form.choose(f"{word}_id", row["id"], _called(word, row))


def _called(word: str, row: Any) -> str:
    return person_name(row) if word == "contact" else str(row.get("name") or row.get("title"))
