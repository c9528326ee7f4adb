"""Forms about custom fields."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

TYPES = [
    ("text", _("Text")), ("long_text", _("Long text")), ("number", _("Number")), ("currency", _("Amount of money")),
    ("date", _("Date")), ("datetime", _("Date and time")), ("yes_no", _("Yes or no")), ("choice", _("One of a list")),
    ("choices", _("Several of a list")), ("url", _("Web address")), ("email", _("Email")), ("phone", _("Phone")),
    ("member", _("Member")),
]  # fmt: skip
TYPE_LABELS = dict(TYPES)


class FieldForm(forms.Form):
    """A new custom field, or one to be changed: then each option can be renamed or deleted by itself."""

    label = forms.CharField(label=_("Name"), max_length=60)
    type = forms.ChoiceField(
        label=_("Type"), choices=TYPES, help_text=_("It can't change any more once a record has a value.")
    )
    currency = forms.CharField(
        label=_("Currency"), max_length=3, required=False, help_text=_("Of amounts of money, such as EUR.")
    )
    new_options = forms.CharField(
        label=_("Options"), required=False, widget=forms.Textarea({"rows": 4}),
        help_text=_("What a list offers, one a line."),
    )  # fmt: skip
    required = forms.BooleanField(
        label=_("Required of new records"), required=False,
        help_text=_("It can't be emptied then. Records that exist stay as they are."),
    )  # fmt: skip

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = row
        super().__init__(*args, **kwargs)
        self.options = row["options"] if row else []
        for option in self.options:
            self.fields[f"option.{option['key']}"] = forms.CharField(
                label=option["label"], initial=option["label"], max_length=60, required=False,
                help_text=_("Emptied, it is deleted, and records that have it lose it."),
            )  # fmt: skip
        if self.options:
            self.fields["new_options"].label = _("More options")

    def arguments(self) -> dict[str, Any]:
        """What the mutations take."""
        given = dict(self.cleaned_data)
        known = [{"key": row["key"], "label": given[f"option.{row['key']}"]} for row in self.options]
        new = [{"label": line.strip()} for line in given["new_options"].splitlines() if line.strip()]
        options = [option for option in known if option["label"]] + new
        sent = {name: given[name] for name in ("label", "type", "required")}
        sent["currency"] = given["currency"].upper() if given["type"] == "currency" else ""
        if options or self.options:
            sent["options"] = options if given["type"] in ("choice", "choices") else []
        return sent
