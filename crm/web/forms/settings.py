"""Forms of the settings."""

import unicodedata
from typing import Any
from zoneinfo import available_timezones

import phonenumbers
from babel import Locale
from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.web import choices
from crm.web.choices import Choices, id_field
from crm.web.forms.deals import CURRENCIES


def zone_choices() -> Choices:
    """Time zones of places, in alphabetical order."""
    return [
        (zone, zone.replace("_", " "))
        for zone in sorted(available_timezones())
        if "/" in zone or zone == "UTC"
    ]


def country_choices() -> Choices:
    """Countries that have phone numbers, by name in the reader's language, and how one calls there."""
    names = Locale.parse(get_language() or "en", sep="-").territories
    regions = [(region, str(names.get(region, region))) for region in phonenumbers.SUPPORTED_REGIONS]
    return [
        (region, f"{name} (+{phonenumbers.country_code_for_region(region)})")
        for region, name in sorted(regions, key=lambda each: unaccented(each[1]))
    ]


def unaccented(name: str) -> str:
    """What a name is sorted by: "Österreich" stands with O."""
    parts = unicodedata.normalize("NFKD", name)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


class ProfileForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=zone_choices, help_text=_("Dates and times are shown in it.")
    )
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


def password_field(label: str | Promise, autocomplete: str, help_text: str | Promise = "") -> forms.CharField:
    """A password, as it was typed."""
    return forms.CharField(
        label=label,  # type: ignore[arg-type]  # the stubs know no lazy label
        help_text=help_text,  # type: ignore[arg-type]  # nor a lazy help
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": autocomplete}),
    )


class PasswordForm(forms.Form):
    """The password that holds, and the one that shall."""

    current_password = password_field(_("Current password"), "current-password")
    new_password = password_field(_("New password"), "new-password", _("At least 10 characters."))
    again = password_field(_("New password, once more"), "new-password")

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if "again" in values and values["again"] != values.get("new_password", values["again"]):
            self.add_error("again", _("This is not the same as above. Type it again."))
        return values


class TenantForm(forms.Form):
    name = forms.CharField(label=_("Workspace name"), max_length=120)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("For new members. Days of reports and goals begin by it."),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES, help_text=_("For new deals."))
    country = forms.ChoiceField(
        label=_("Country"), choices=country_choices, help_text=_("For phone numbers without a country code.")
    )
    brand_color = forms.CharField(
        label=_("Brand colour"),
        widget=forms.TextInput({"type": "color"}),
        help_text=_("Buttons, links and marks take it, as bright or dark as they must be to be read."),
    )
    tracks_mail = forms.BooleanField(
        label=_("Note when contacts open emails and follow links"),
        required=False,
        help_text=_(
            "Ask for consent where the law wants it. Opening is a guess: some mail programs hide it."
        ),
    )


class InvitationForm(forms.Form):
    email = forms.EmailField(label=_("Email"), help_text=_("They get a link that works for seven days."))
    role_id = id_field(_("Role"), [], required=True)
    team_ids = forms.TypedMultipleChoiceField(
        label=_("Teams"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, roles: Choices, teams: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["role_id"].choices, fields["team_ids"].choices = roles, teams
        if not teams:
            del self.fields["team_ids"]


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Team name"), max_length=60)


class RoleForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    description = forms.CharField(label=_("Description"), max_length=200, required=False)


class NewRoleForm(RoleForm):
    copy_role_id = id_field(_("Start as a copy of"), [])

    def __init__(self, *args: Any, roles: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found: Any = self.fields["copy_role_id"]
        found.choices = choices.with_blank(_("Nothing: allows nothing at first"), roles)


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Say what uses it, such as “Website form”.")
    )
    reach = forms.ChoiceField(
        label=_("May"),
        choices=[("read", _("Read only")), ("write", _("Read and write"))],
        widget=forms.RadioSelect,
        initial="read",
    )
    member_id = id_field(_("Acts as"), [], help_text=_("The key sees and changes what this member may."))
    expires_at = forms.DateTimeField(
        label=_("Works until"), required=False, widget=forms.DateTimeInput({"type": "datetime-local"}),
        help_text=_("Without a time it works until it is revoked."),
    )  # fmt: skip
    allowed_addresses = forms.CharField(
        label=_("Only from these IP addresses"), required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("One a line. Empty means from anywhere."),
    )  # fmt: skip

    def __init__(self, *args: Any, members: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found: Any = self.fields["member_id"]
        found.choices = choices.with_blank(_("Me"), members)

    def arguments(self) -> dict[str, Any]:
        """The cleaned data as the mutation wants it."""
        given = dict(self.cleaned_data)
        reach = given.pop("reach")
        addresses = given.pop("allowed_addresses").split()
        return {
            **given,
            "scopes": ["read"] if reach == "read" else ["read", "write"],
            "allowed_addresses": addresses,
        }
