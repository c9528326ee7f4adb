"""One thing done with many records: a dialog for what it needs to know, then a result for each."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from crm.companies.queries import get_company
from crm.contacts.queries import get_contact
from crm.deals.queries import get_deal
from crm.tasks.queries import get_task
from crm.web.answers import done, invalid_form, is_enhanced, send
from crm.web.bulk_actions import ACTIONS, BATCHES, BulkAction, call_of
from crm.web.form_pages import FormPage
from crm.web.pages import PageRequest, ask, page
from crm.web.tables import TABLES
from crm.web.words import record_name
from realtime.functions import FunctionError, NotFound
from realtime.functions.errors import translated
from realtime.functions.registry import AnyFunction

#: So many of those that failed are named.
NAMED = 3
READ: Mapping[str, AnyFunction] = {
    "contact": get_contact, "company": get_company, "deal": get_deal, "task": get_task,
}  # fmt: skip


@page
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: PageRequest, action: str, word: str) -> HttpResponse:
    """Ask for what the action needs, do it with each record, and say what came of it."""
    chosen = ACTIONS[word].get(action)
    if chosen is None:
        raise NotFound
    form = chosen.form(request.ctx, request.POST or None, initial={"ids": request.GET.get("ids", "")[:4000]})
    context = {"page": _words(word, chosen), "layout": "dialog.html" if is_enhanced(request) else "app.html"}
    if request.method != "POST":
        return render(request, "form_page.html", {**context, "form": form})
    if form.is_valid():
        given = form.cleaned_data
        function, args = call_of(word, chosen, given["ids"], given)
        found = send(request, form, function, args)
        if found is not None:
            results = found if isinstance(found, list) else found["results"]
            text, failed = _told(request, word, chosen, given["ids"], results)
            return done(request, text, _list_of(word), kind="error" if failed else "success")
    return invalid_form(request, form, "form_page.html", context)


def _told(
    request: PageRequest, word: str, action: BulkAction, ids: list[int], results: list[Any]
) -> tuple[str, int]:
    """How many were done, and which were not and why; and how many those are."""
    failed = [(ids[row["index"]], row["error"]["detail"]) for row in results if row["error"]]
    count = len(results) - len(failed)
    text = str(action.done % count)
    if failed:
        more = len(failed) - NAMED
        named = [f"{_name(request, word, pk)}: {translated(detail)}" for pk, detail in failed[:NAMED]]
        if more > 0:
            named.append(ngettext("and %d more.", "and %d more.", more) % more)
        text = " ".join([text, ngettext("%d failed.", "%d failed.", len(failed)) % len(failed), *named])
    return text, len(failed)


def _name(request: PageRequest, word: str, pk: int) -> str:
    try:
        return record_name(ask(request.ctx, READ[word], **{f"{word}_id": pk}))
    except FunctionError:
        return f"#{pk}"


def _list_of(word: str) -> str:
    return reverse(TABLES[word].place)


def _words(word: str, action: BulkAction) -> FormPage:
    back = _list_of(word)
    return FormPage(
        title=str(action.title),
        submit=str(action.submit),
        done="",
        function=BATCHES[word][0],
        back=back,
        leads_to=lambda _result: back,
    )
