"""Forms about how a contact is reached, where they work, whom they know and what they agreed to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web import choices

PHONE_STATES = [
    ("unknown", _("Not tried yet")), ("reached", _("Reached")), ("no_answer", _("Nobody answers")),
    ("out_of_use", _("Out of use")), ("do_not_call", _("Do not call")),
]  # fmt: skip
PHONE_KINDS = [
    ("mobile", _("Mobile")), ("work", _("Work")), ("home", _("Home")), ("fax", _("Fax")), ("other", _("Other")),
]  # fmt: skip
LABELS = [("work", _("Work")), ("home", _("Home")), ("other", _("Other"))]
KINSHIPS = [
    ("spouse", _("Spouse")), ("partner", _("Partner")), ("parent", _("Parent")), ("child", _("Child")),
    ("sibling", _("Sibling")), ("friend", _("Friend")), ("colleague", _("Colleague")),
    ("referrer", _("Referred by")), ("referral", _("Referred")), ("manager", _("Manager")),
    ("report", _("Reports to them")), ("assistant", _("Assistant")), ("employer", _("Assists")),
    ("other", _("Other")),
]  # fmt: skip
CHANNELS = [("email", _("Email")), ("phone", _("Phone")), ("text", _("Text message")), ("mail", _("Mail"))]
CONSENTS = [("granted", _("Agreed")), ("pending", _("Asked, not answered")), ("withdrawn", _("Withdrawn"))]


class PartForm(forms.Form):
    """What every part has."""

    is_primary = forms.BooleanField(label=_("Use this one first"), required=False)


class EmailForm(PartForm):
    address = forms.EmailField(label=_("Email"), max_length=254)
    label = forms.ChoiceField(label=_("Kind"), choices=LABELS)
    field_order = ["address", "label", "is_primary"]


class PhoneForm(PartForm):
    number = forms.CharField(label=_("Phone"), max_length=32, widget=forms.TextInput({"type": "tel"}))
    kind = forms.ChoiceField(label=_("Kind"), choices=PHONE_KINDS)
    status = forms.ChoiceField(label=_("State"), choices=PHONE_STATES)
    is_bad = forms.BooleanField(label=_("This number does not reach them"), required=False)
    field_order = ["number", "kind", "status", "is_primary", "is_bad"]


class AddressForm(PartForm):
    label = forms.ChoiceField(label=_("Kind"), choices=LABELS)
    street = forms.CharField(label=_("Street"), max_length=200, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=80, required=False)
    region = forms.CharField(label=_("Region"), max_length=80, required=False)
    country = forms.CharField(
        label=_("Country"), max_length=2, required=False, help_text=_("Two letters, such as DE or US.")
    )
    field_order = ["label", "street", "postal_code", "city", "region", "country", "is_primary"]

    def clean_country(self) -> str:
        """Codes are written in capitals."""
        return str(self.cleaned_data["country"]).upper()


class RelationshipForm(forms.Form):
    kind = forms.ChoiceField(label=_("They are the contact's"), choices=KINSHIPS)
    other_id = choices.LookupField(_("Contact"), "contacts")


class CompanyRoleForm(forms.Form):
    company_id = choices.LookupField(_("Company"), "companies")
    role = forms.CharField(label=_("Role"), max_length=80, required=False)
    is_primary = forms.BooleanField(label=_("This is their main company"), required=False)


class ConsentForm(forms.Form):
    channel = forms.ChoiceField(label=_("About"), choices=CHANNELS)
    state = forms.ChoiceField(label=_("They have"), choices=CONSENTS)
    proof = forms.CharField(
        label=_("How one could show it"), max_length=500, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("Such as the form that they filled in, or who heard it and when."),
    )  # fmt: skip
