"""Forms about activities."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web.forms.records import RecordForm

WRITTEN = [
    ("note", _("Note")), ("call", _("Call")), ("text", _("Text")), ("email", _("Email")), ("meeting", _("Meeting")),
]  # fmt: skip
DIRECTIONS = [("out", _("Outgoing")), ("in", _("Incoming"))]
OUTCOMES = [
    ("", _("No outcome")),
    ("connected", _("Connected")),
    ("voicemail", _("Left a voicemail")),
    ("no_answer", _("No answer")),
    ("busy", _("Busy")),
    ("wrong_number", _("Wrong number")),
]
#: Who went through with which kind: a note goes nowhere, and only a call has an outcome.
UNUSED = {
    "note": ("direction", "outcome", "minutes", "occurred_at"), "text": ("outcome", "minutes"),
    "email": ("outcome", "minutes"), "meeting": ("direction", "outcome", "minutes"), "call": (),
}  # fmt: skip


class ActivityForm(RecordForm):
    """What is written on a timeline. What belongs to another kind than the chosen one is not sent."""

    object = "activity"

    kind = forms.ChoiceField(choices=WRITTEN)
    body = forms.CharField(max_length=20_000, required=False, strip=False)
    direction = forms.ChoiceField(choices=DIRECTIONS, required=False)
    outcome = forms.ChoiceField(choices=OUTCOMES, required=False)
    minutes = forms.IntegerField(min_value=0, max_value=1440, required=False)
    occurred_at = forms.DateTimeField(required=False)
    contact_id = forms.IntegerField(min_value=1, required=False)
    deal_id = forms.IntegerField(min_value=1, required=False)
    company_id = forms.IntegerField(min_value=1, required=False)

    def arguments(self) -> dict[str, Any]:
        """The arguments of the mutation: browsers send line ends as CRLF, minutes are kept as seconds."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        for name in UNUSED[given["kind"]]:
            given.pop(name, None)
        if "body" in given:
            given["body"] = given["body"].replace("\r\n", "\n")
        if "minutes" in given:
            given["seconds"] = given.pop("minutes") * 60
        return given
