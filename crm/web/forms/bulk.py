"""Forms about many records at once; each holds the ids of the rows that are ticked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web import choices
from crm.web.numbers import wholes
from realtime.functions import Context

MOST = 200


class BulkForm(forms.Form):
    """The records, as "3,5,8"."""

    ids = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, ctx: Context, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(ctx)

    def offer(self, ctx: Context) -> None:
        """Fill the selects."""

    def fill(self, name: str, offered: Any) -> None:
        """Let one choose from these."""
        field: Any = self.fields[name]
        field.choices = offered

    def clean_ids(self) -> list[int]:
        """The ids, each once."""
        found = wholes(self.cleaned_data["ids"])
        if not 0 < len(found) <= MOST:
            raise forms.ValidationError(_("Choose between 1 and 200 rows."))
        return list(dict.fromkeys(found))


class BulkAssignForm(BulkForm):
    owner_id = choices.id_field(_("Owner"), [])
    blank: Any = choices.NOBODY

    def offer(self, ctx: Context) -> None:
        self.fill("owner_id", choices.with_blank(self.blank, choices.member_choices(ctx)))


class BulkPoolForm(BulkAssignForm):
    """Contacts of nobody wait in the pool."""

    blank = _("Nobody: into the pool")


class BulkStageForm(BulkForm):
    stage_id = choices.id_field(_("Stage"), [], required=True)

    def offer(self, ctx: Context) -> None:
        self.fill("stage_id", choices.contact_stage_choices(ctx))


class BulkTagForm(BulkForm):
    tag = forms.CharField(label=_("Tag"), max_length=40)

    def offer(self, ctx: Context) -> None:
        self.fields["tag"].widget = choices.Suggestions(choices.tag_names(ctx), attrs={"autocomplete": "off"})


class BulkIndustryForm(BulkForm):
    industry = forms.CharField(label=_("Industry"), max_length=80, required=False)


class BulkDealStageForm(BulkForm):
    stage_id = choices.id_field(_("Stage"), [], required=True)

    def offer(self, ctx: Context) -> None:
        self.fill("stage_id", choices.deal_stage_choices(ctx))


class BulkCloseForm(BulkForm):
    close_date = forms.DateField(
        label=_("Expected close"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class BulkLostForm(BulkForm):
    lost_reason_id = choices.id_field(_("Reason"), [])

    def offer(self, ctx: Context) -> None:
        self.fill("lost_reason_id", choices.with_blank(_("No reason"), choices.lost_reason_choices(ctx)))


class BulkSnoozeForm(BulkForm):
    preset = forms.ChoiceField(
        label=_("Until"),
        choices=[
            ("later_today", _("Later today")),
            ("tomorrow_morning", _("Tomorrow morning")),
            ("next_week", _("Next week")),
        ],
        initial="tomorrow_morning",
    )
