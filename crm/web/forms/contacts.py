"""Forms about contacts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web import choices
from crm.web.forms.records import RecordForm
from realtime.functions import Context


class ContactForm(RecordForm):
    """A new contact: at least a name, an email address or a phone number."""

    object = "contact"

    first_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
    email = forms.EmailField(label=_("Email"), max_length=254, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=32, required=False, widget=forms.TextInput({"type": "tel"})
    )
    job_title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    company_id = choices.LookupField(_("Company"), "companies")
    stage_id = choices.id_field(_("Stage"), [], required=True)
    source = forms.CharField(label=_("Source"), max_length=60, required=False)
    owner_id = choices.id_field(_("Owner"), [])
    background = forms.CharField(
        label=_("Background"), max_length=20_000, required=False, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, ctx: Context, *args: Any, **kwargs: Any) -> None:
        super().__init__(ctx, *args, **kwargs)
        self.offer("stage_id", choices.contact_stage_choices(ctx))
        self.offer_lookup("company_id", choices.company_choices)


class ContactEditForm(ContactForm):
    """A contact's fields as they stand on its page, each saved by itself."""

    lists_others = False

    def __init__(self, ctx: Context, *args: Any, row: Any = None, **kwargs: Any) -> None:
        super().__init__(ctx, *args, initial=row, **kwargs)
        self.fields.pop("owner_id", None)
        company = self.fields.get("company_id")
        if row and company:
            given = company.choices  # type: ignore[attr-defined]
            self.offer("company_id", choices.with_present(given, row["company_id"], row["company_name"]))
