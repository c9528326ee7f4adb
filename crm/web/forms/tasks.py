"""Forms about tasks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web import choices
from crm.web.forms.records import RecordForm
from realtime.functions import Context

KINDS = [("todo", _("To-do")), ("call", _("Call")), ("email", _("Email")), ("meeting", _("Meeting"))]


class TaskForm(RecordForm):
    """A task, new or to be changed."""

    object = "task"

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    due_at = forms.DateTimeField(
        label=_("Due"), required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    contact_id = choices.LookupField(_("Contact"), "contacts")
    deal_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    owner_id = choices.id_field(_("For"), [])

    def __init__(self, ctx: Context, *args: Any, row: Any = None, **kwargs: Any) -> None:
        super().__init__(ctx, *args, initial=row, **kwargs)
        self.offer_lookup("contact_id", choices.contact_choices)
        if row and row.get("contact_id") and "contact_id" in self.fields:
            self.choose("contact_id", row["contact_id"], row["contact_name"] or "")
