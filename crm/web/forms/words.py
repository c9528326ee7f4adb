"""Forms about the words that contacts are described with."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web import choices

COLORS = [
    ("gray", _("Grey")), ("red", _("Red")), ("orange", _("Orange")), ("yellow", _("Yellow")), ("green", _("Green")),
    ("teal", _("Teal")), ("blue", _("Blue")), ("purple", _("Purple")), ("pink", _("Pink")),
]  # fmt: skip


class TagForm(forms.Form):
    """A tag's name and colour."""

    name = forms.CharField(label=_("Name"), max_length=40)
    color = forms.ChoiceField(label=_("Colour"), choices=COLORS)


class MergeForm(forms.Form):
    """The tag that stays."""

    into_id = choices.id_field(_("Its contacts get"), [], required=True)

    def __init__(self, *args: Any, tags: choices.Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["into_id"]
        field.choices = tags


class StageTargetForm(forms.Form):
    """Where the contacts go."""

    target_stage_id = choices.id_field(_("Its contacts go to"), [])

    def __init__(self, *args: Any, stages: choices.Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["target_stage_id"]
        field.choices = choices.with_blank(_("Nowhere: it holds no contacts"), stages)
