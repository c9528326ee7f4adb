"""Forms about pipelines."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web import choices

KINDS = [("open", _("Open")), ("won", _("Won")), ("lost", _("Lost"))]
REQUIRED = [
    ("amount", _("Amount")),
    ("close_date", _("Expected close")),
    ("contact_id", _("Contact")),
    ("company_id", _("Company")),
]


class NameForm(forms.Form):
    """What it is called."""

    name = forms.CharField(label=_("Name"), max_length=60)


class StageForm(NameForm):
    """A step of a pipeline."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=KINDS, help_text=_("A deal that enters a won or lost stage is closed.")
    )
    probability = forms.IntegerField(
        label=_("Probability in %"),
        min_value=0,
        max_value=100,
        help_text=_("How much of the amount to expect."),
    )
    rot_days = forms.IntegerField(
        label=_("Rots after days"), min_value=1, max_value=3650, required=False,
        help_text=_("Deals that stay longer are marked. Empty: never."),
    )  # fmt: skip
    required_fields = forms.MultipleChoiceField(
        label=_("Required to enter"), choices=REQUIRED, required=False, widget=forms.CheckboxSelectMultiple
    )


class TargetForm(forms.Form):
    """Where the deals go."""

    target_stage_id = choices.id_field(_("Its deals go to"), [])

    def __init__(self, *args: Any, stages: choices.Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["target_stage_id"]
        field.choices = stages
