"""Forms about deals."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web import choices
from crm.web.forms.records import RecordForm
from realtime.functions import Context

#: The ones that most deals are in come first.
MONEYS = "USD EUR GBP CHF CAD AUD JPY"
OTHER_MONEYS = (
    "AED ARS BGN BRL CLP CNY COP CZK DKK EGP HKD HUF IDR ILS INR ISK KES KRW MAD MXN MYR NGN NOK NZD PEN PHP PKR PLN "
    "RON RSD SAR SEK SGD THB TRY TWD UAH VND ZAR"
)
CURRENCIES = [(code, code) for code in f"{MONEYS} {OTHER_MONEYS}".split()]


class DealForm(RecordForm):
    """A new deal."""

    object = "deal"

    title = forms.CharField(label=_("Title"), max_length=160)
    amount = forms.DecimalField(
        label=_("Amount"), min_value=0, max_digits=14, decimal_places=2, required=False,
        widget=forms.NumberInput({"inputmode": "decimal"}),
    )  # fmt: skip
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)
    commission = forms.DecimalField(
        label=_("Commission"), min_value=0, max_digits=14, decimal_places=2, required=False,
        widget=forms.NumberInput({"inputmode": "decimal"}),
    )  # fmt: skip
    stage_id = choices.id_field(_("Stage"), [], required=True)
    close_date = forms.DateField(
        label=_("Expected close"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    contact_id = choices.LookupField(_("Contact"), "contacts")
    company_id = choices.LookupField(_("Company"), "companies")
    owner_id = choices.id_field(_("Owner"), [])

    def __init__(self, ctx: Context, *args: Any, **kwargs: Any) -> None:
        super().__init__(ctx, *args, **kwargs)
        self.offer("stage_id", choices.deal_stage_choices(ctx))
        self.offer_lookup("contact_id", choices.contact_choices)
        self.offer_lookup("company_id", choices.company_choices)

    def clean_amount(self) -> Any:
        """Nothing written is no money."""
        return self.cleaned_data["amount"] or 0


class LostForm(forms.Form):
    """Why a deal is lost."""

    lost_reason_id = choices.id_field(_("Reason"), [])
    #: The deal as the form was opened on: somebody else may close it meanwhile.
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    from_stage_id = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, reasons: choices.Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["lost_reason_id"]
        field.choices = reasons


class DealEditForm(DealForm):
    """A deal's fields as they stand on its page; stage and owner have mutations of their own."""

    lists_others = False

    def __init__(self, ctx: Context, *args: Any, row: Any = None, **kwargs: Any) -> None:
        super().__init__(ctx, *args, initial=row, **kwargs)
        self.fields.pop("owner_id", None)
        self.fields.pop("stage_id", None)
        for name in ("contact", "company"):
            field: Any = self.fields.get(f"{name}_id")
            if row and field:
                field.choices = choices.with_present(field.choices, row[f"{name}_id"], row[f"{name}_name"])


class EnterForm(DealForm):
    """What a stage requires and the deal lacks."""

    lists_others = True

    def __init__(self, ctx: Context, *args: Any, row: Any, required: list[str], **kwargs: Any) -> None:
        super().__init__(ctx, *args, **kwargs)
        lacking = [name for name in required if not row.get(name)]
        self.fields = {name: field for name, field in self.fields.items() if name in lacking}
        for field in self.fields.values():
            field.required = True


class PartyForm(RecordForm):
    """A person and their part in a deal."""

    object = "deal"

    contact_id = choices.LookupField(_("Contact"), "contacts")
    role = forms.CharField(
        label=_("Role"), max_length=60, required=False, help_text=_("Buyer, partner, lawyer …")
    )
    is_primary = forms.BooleanField(label=_("The deal is with them first"), required=False)

    def __init__(self, ctx: Context, *args: Any, **kwargs: Any) -> None:
        super().__init__(ctx, *args, **kwargs)
        self.offer_lookup("contact_id", choices.contact_choices)
        if "contact_id" in self.fields:
            self.fields["contact_id"].required = True


class ColleagueForm(forms.Form):
    """A colleague, what they do, and their share of the commission."""

    member_id = choices.id_field(_("Member"), [], required=True)
    role = forms.CharField(label=_("Role"), max_length=60, required=False)
    split = forms.DecimalField(
        label=_("Share of the commission, per cent"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        required=False,
    )

    def __init__(self, *args: Any, members: choices.Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["member_id"]
        field.choices = members
