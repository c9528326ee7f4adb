"""What is done on a timeline: writing, changing, deleting. Its pages are those of the records."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.activities import mutations
from crm.activities.queries import get_activity
from crm.web.answers import add_errors, done, invalid_edit, saved, send
from crm.web.forms.activities import OUTCOMES, ActivityForm
from crm.web.numbers import whole
from crm.web.overtaking import overtaken
from crm.web.pages import PageRequest, ask, page
from realtime.functions import FunctionError, PreconditionFailed
from realtime.functions.call import call


@page
@require_POST
def activity_new(request: PageRequest) -> HttpResponse:
    """Write on the timeline of the contact, deal or company that the form names."""
    form = ActivityForm(request.ctx, request.POST)
    form.drop_disabled()
    if form.is_valid():
        row = send(request, form, mutations.create_activity, form.arguments())
        if row is not None:
            return saved(request, _page_of(row), row["id"])
    return invalid_edit(request, form, _page_of({**request.POST.dict()}))


@page
@require_POST
def activity(request: PageRequest, activity_id: int) -> HttpResponse:
    """Change what an activity says."""
    row: Any = ask(request.ctx, get_activity, activity_id=activity_id)
    form = _BodyForm(request.POST)
    if form.is_valid():
        changes = form.changes(row)
        args = {"activity_id": activity_id, "changes": changes, "version": form.cleaned_data["version"]}
        given = {name: value for name, value in args.items() if value is not None}
        try:
            call(mutations.update_activity, request.ctx.again(), given)
            return saved(request, _page_of(row))
        except PreconditionFailed as error:
            now: Any = ask(request.ctx.again(), get_activity, activity_id=activity_id)
            return overtaken(request, form, error, now, _page_of(row), {"body": now["body"]})
        except FunctionError as error:
            add_errors(form, error)
    return invalid_edit(request, form, _page_of(row))


@page
@require_POST
def activity_pin(request: PageRequest, activity_id: int) -> HttpResponse:
    """Keep an activity in sight on top of the timeline, or no longer."""
    args = {"activity_id": activity_id, "pinned": request.POST.get("pinned") == "1"}
    row: Any = call(mutations.pin_activity, request.ctx, args)
    return saved(request, _page_of(row))


@page
@require_POST
def activity_archive(request: PageRequest, activity_id: int) -> HttpResponse:
    """Put an activity into the bin."""
    row: Any = ask(request.ctx, get_activity, activity_id=activity_id)
    call(mutations.archive_activity, request.ctx.again(), {"activity_id": activity_id})
    return done(request, _("Moved to the bin."), _page_of(row))


class _BodyForm(forms.Form):
    body = forms.CharField(max_length=20_000, required=False, strip=False)
    occurred_at = forms.DateTimeField(required=False)
    outcome = forms.ChoiceField(choices=OUTCOMES, required=False)
    minutes = forms.IntegerField(min_value=0, max_value=1440, required=False)
    version = forms.IntegerField(min_value=1, required=False)

    def changes(self, row: Any) -> dict[str, Any]:
        """What differs from the row: the form knows no seconds, so a time or a length that it shows alike stays."""
        given = self.cleaned_data
        found: dict[str, Any] = {"body": given["body"].replace("\r\n", "\n")}
        moment = given["occurred_at"]
        if moment is not None and moment != row["occurred_at"].replace(second=0, microsecond=0):
            found["occurred_at"] = moment
        if row["kind"] == "call":
            if "outcome" in self.data:
                found["outcome"] = given["outcome"]
            shown = None if row["seconds"] is None else round(row["seconds"] / 60)
            if "minutes" in self.data and given["minutes"] != shown:
                found["seconds"] = None if given["minutes"] is None else given["minutes"] * 60
        return found


def _page_of(row: dict[str, Any]) -> str:
    """The page whose timeline holds the activity."""
    for subject in ("deal", "contact", "company"):
        if pk := whole(row.get(f"{subject}_id")):
            return reverse(subject, args=[pk])
    return reverse("home")
