"""One thing done with many contacts: a dialog for what it needs to know, then a result for each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_http_methods

from crm.contacts.batch import batch_contacts
from crm.contacts.queries import get_contact
from crm.sequences.enrollment_mutations import enroll_contacts
from crm.web.answers import done, invalid_form, is_enhanced, send
from crm.web.form_pages import FormPage
from crm.web.forms.contact_bulk import BulkAssignForm, BulkForm, BulkStageForm, BulkTagForm
from crm.web.forms.sequences import BulkEnrollForm
from crm.web.pages import PageRequest, ask, page
from crm.web.words import person_name
from realtime.functions import FunctionError, NotFound
from realtime.functions.errors import translated
from realtime.functions.registry import AnyFunction

#: So many of those that failed are named.
NAMED = 3


@dataclass(frozen=True, slots=True)
class BulkAction:
    """A bulk action: its form and words, and the batch item for one contact."""

    title: Any
    submit: Any
    form: type[BulkForm]
    item: Callable[[int, dict[str, Any]], dict[str, Any]]
    done: Any
    #: What it calls with all of them, in place of a batch of items.
    many: Callable[[list[int], dict[str, Any]], tuple[AnyFunction, dict[str, Any]]] | None = None

    def call(self, ids: list[int], given: dict[str, Any]) -> tuple[AnyFunction, dict[str, Any]]:
        """The function that does it, with its arguments."""
        if self.many is not None:
            return self.many(ids, given)
        return batch_contacts, {"items": [self.item(pk, given) for pk in ids]}


ACTIONS = {
    "assign": BulkAction(
        gettext_lazy("Assign contacts"), gettext_lazy("Assign"), BulkAssignForm,
        lambda pk, given: {"assign": {"contact_id": pk, "owner_id": given["owner_id"]}},
        ngettext_lazy("%d contact assigned.", "%d contacts assigned."),
    ),
    "stage": BulkAction(
        gettext_lazy("Change the stage"), gettext_lazy("Change"), BulkStageForm,
        lambda pk, given: {"update": {"contact_id": pk, "changes": {"stage_id": given["stage_id"]}}},
        ngettext_lazy("%d contact changed.", "%d contacts changed."),
    ),
    "tag": BulkAction(
        gettext_lazy("Add a tag"), gettext_lazy("Add"), BulkTagForm,
        lambda pk, given: {"tag": {"contact_id": pk, "tag": given["tag"]}},
        ngettext_lazy("%d contact tagged.", "%d contacts tagged."),
    ),
    "untag": BulkAction(
        gettext_lazy("Take a tag off"), gettext_lazy("Take off"), BulkTagForm,
        lambda pk, given: {"untag": {"contact_id": pk, "tag": given["tag"]}},
        ngettext_lazy("%d contact changed.", "%d contacts changed."),
    ),
    "enroll": BulkAction(
        gettext_lazy("Enrol in a sequence"), gettext_lazy("Enrol"), BulkEnrollForm,
        lambda pk, given: {},
        ngettext_lazy("%d contact enrolled.", "%d contacts enrolled."),
        lambda ids, given: (enroll_contacts, {"sequence_id": given["sequence_id"], "contact_ids": ids}),
    ),
    "archive": BulkAction(
        gettext_lazy("Move to the bin?"), gettext_lazy("Move to the bin"), BulkForm,
        lambda pk, given: {"archive": {"contact_id": pk}},
        ngettext_lazy("%d contact moved to the bin.", "%d contacts moved to the bin."),
    ),
}  # fmt: skip


@page
@require_http_methods(["GET", "HEAD", "POST"])
def contact_bulk(request: PageRequest, action: str) -> HttpResponse:
    """Ask for what the action needs, do it with each contact, and say what came of it."""
    if action not in ACTIONS:
        raise NotFound
    chosen = ACTIONS[action]
    form = chosen.form(request.ctx, request.POST or None, initial={"ids": request.GET.get("ids", "")[:4000]})
    context = {"page": _words(chosen), "layout": "dialog.html" if is_enhanced(request) else "app.html"}
    if request.method != "POST":
        return render(request, "form_page.html", {**context, "form": form})
    if form.is_valid():
        given = form.cleaned_data
        function, args = chosen.call(given["ids"], given)
        found = send(request, form, function, args)
        if found is not None:
            results = found if isinstance(found, list) else found["results"]
            return _told(request, chosen, given["ids"], results)
    return invalid_form(request, form, "form_page.html", context)


def _told(request: PageRequest, action: BulkAction, ids: list[int], results: list[Any]) -> HttpResponse:
    """How many were done, and which were not and why."""
    failed = [(ids[row["index"]], row["error"]["detail"]) for row in results if row["error"]]
    count = len(results) - len(failed)
    text = str(action.done % count)
    if failed:
        more = len(failed) - NAMED
        named = [f"{_name(request, pk)}: {translated(detail)}" for pk, detail in failed[:NAMED]]
        if more > 0:
            named.append(ngettext("and %d more.", "and %d more.", more) % more)
        text = " ".join([text, ngettext("%d failed.", "%d failed.", len(failed)) % len(failed), *named])
    return done(request, text, reverse("contacts"), kind="error" if failed else "success")


def _name(request: PageRequest, pk: int) -> str:
    try:
        return person_name(ask(request.ctx, get_contact, contact_id=pk))
    except FunctionError:
        return f"#{pk}"


def _words(action: BulkAction) -> FormPage:
    return FormPage(
        title=str(action.title),
        submit=str(action.submit),
        done="",
        function=batch_contacts,
        back=reverse("contacts"),
        leads_to=lambda _result: reverse("contacts"),
    )
