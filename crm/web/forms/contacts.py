"""Forms about contacts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web import choices
from crm.web.forms.records import RecordForm
from realtime.functions import Context

TIME_FRAMES = [
    ("", _("Not known")), ("now", _("Now")), ("3_months", _("Within 3 months")), ("6_months", _("Within 6 months")),
    ("12_months", _("Within a year")), ("later", _("Later")),
]  # fmt: skip


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
    source = forms.ChoiceField(label=_("Source"), required=False)
    price = forms.DecimalField(
        label=_("Price"), max_digits=14, decimal_places=2, min_value=0, required=False, localize=True
    )
    time_frame = forms.ChoiceField(label=_("Time frame"), choices=TIME_FRAMES, required=False)
    owner_id = choices.id_field(_("Owner"), [])
    background = forms.CharField(
        label=_("Background"), max_length=20_000, required=False, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, ctx: Context, *args: Any, **kwargs: Any) -> None:
        super().__init__(ctx, *args, **kwargs)
        self.offer("stage_id", choices.contact_stage_choices(ctx))
        self.offer("source", choices.with_blank(choices.NONE, choices.source_choices(ctx)))
        self.offer_lookup("company_id", choices.company_choices)


class ContactEditForm(ContactForm):
    """A contact's fields as they stand on its page, each saved by itself."""

    lists_others = False

    def __init__(self, ctx: Context, *args: Any, row: Any = None, **kwargs: Any) -> None:
        super().__init__(ctx, *args, initial=row, **kwargs)
        self.fields.pop("owner_id", None)
        source: Any = self.fields.get("source")
        if row and source is not None:
            self.offer("source", choices.with_present(source.choices, row["source"] or None, row["source"]))
        company: Any = self.fields.get("company_id")
        if row and company:
            given = company.choices
            self.offer("company_id", choices.with_present(given, row["company_id"], row["company_name"]))


class ContactOwnerForm(forms.Form):
    """Whose contact it is, in a cell of the table."""

    owner_id = choices.LookupField(_("Owner"), "members")

    def __init__(self, ctx: Context, *, row: Any, **kwargs: Any) -> None:
        super().__init__(initial=row, **kwargs)
        members = choices.with_blank(choices.NOBODY, choices.member_choices(ctx))
        field: Any = self.fields["owner_id"]
        field.choices = choices.with_present(members, row["owner_id"], row["owner_name"])
