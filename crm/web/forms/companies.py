"""Forms about companies."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web import choices
from crm.web.forms.records import RecordForm
from realtime.functions import Context


class CompanyForm(RecordForm):
    """A new company."""

    object = "company"

    name = forms.CharField(label=_("Name"), max_length=160)
    domain = forms.CharField(
        label=_("Domain"), max_length=253, required=False, help_text=_("Such as example.com.")
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=32, required=False, widget=forms.TextInput({"type": "tel"})
    )
    city = forms.CharField(label=_("City"), max_length=80, required=False)
    industry = forms.CharField(label=_("Industry"), max_length=80, required=False)
    owner_id = choices.id_field(_("Owner"), [])
    notes = forms.CharField(
        label=_("Notes"), max_length=20_000, required=False, widget=forms.Textarea({"rows": 3})
    )


class CompanyEditForm(CompanyForm):
    """A company's fields as they stand on its page."""

    def __init__(self, ctx: Context, *args: Any, row: Any = None, **kwargs: Any) -> None:
        super().__init__(ctx, *args, initial=row, **kwargs)
        self.fields.pop("owner_id", None)
        for field in self.fields.values():
            field.help_text = ""
