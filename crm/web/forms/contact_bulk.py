"""Forms about many contacts at once; each holds the ids of the rows that are ticked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web import choices
from crm.web.numbers import wholes
from realtime.functions import Context

MOST = 200


class BulkForm(forms.Form):
    """The contacts, as "3,5,8"."""

    ids = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, ctx: Context, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(ctx)

    def offer(self, ctx: Context) -> None:
        """Fill the selects."""

    def clean_ids(self) -> list[int]:
        """The ids, each once."""
        found = wholes(self.cleaned_data["ids"])
        if not 0 < len(found) <= MOST:
            raise forms.ValidationError(_("Choose between 1 and 200 contacts."))
        return list(dict.fromkeys(found))


class BulkAssignForm(BulkForm):
    owner_id = choices.id_field(_("Owner"), [])

    def offer(self, ctx: Context) -> None:
        offered: Any = self.fields["owner_id"]
        offered.choices = choices.with_blank(_("Nobody: into the pool"), choices.member_choices(ctx))


class BulkStageForm(BulkForm):
    stage_id = choices.id_field(_("Stage"), [], required=True)

    def offer(self, ctx: Context) -> None:
        offered: Any = self.fields["stage_id"]
        offered.choices = choices.contact_stage_choices(ctx)


class BulkTagForm(BulkForm):
    tag = forms.CharField(label=_("Tag"), max_length=40)

    def offer(self, ctx: Context) -> None:
        self.fields["tag"].widget = choices.Suggestions(choices.tag_names(ctx), attrs={"autocomplete": "off"})
