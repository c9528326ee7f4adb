"""Forms of sign-up and of joining by invitation."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import SLUG, User
from accounts.places import place_of
from accounts.provisioning import is_slug_free, suggest_slug
from accounts.sign_up import Person, email_is_known
from realtime.functions.types import on_one_line

SLUG_TAKEN = _("This address is taken: try another one.")
EMAIL_TAKEN = _("You have an account already: log in, then add the workspace.")


class LineField(forms.CharField):
    """A text on one line, whatever is sent in place of what a browser's field holds."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(on_one_line(value))


def line(label: str | Promise, limit: int, **attributes: str) -> LineField:
    """A required line of text."""
    return LineField(
        label=label,  # type: ignore[arg-type]  # the stubs know no lazy label
        max_length=limit,
        widget=forms.TextInput(attrs=attributes),
    )


class PlacedForm(forms.Form):
    """Filled in by somebody whose browser says where they are (data-time-zone)."""

    @property
    def place(self) -> dict[str, str]:
        """The time zone, with the country and the currency that follow; nothing of one that is not known."""
        return place_of(str(self.data.get("time_zone", "")))


class FirmForm(PlacedForm):
    """A workspace for somebody who is logged in."""

    firm = line(_("Firm"), 120, autocomplete="organization", autofocus="")
    slug = forms.CharField(
        label=_("Workspace address"),
        max_length=40,
        required=False,
        help_text=_("Made from the firm's name if left empty: small letters, digits and hyphens."),
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        ),
    )

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"].strip().lower() or suggest_slug(self.cleaned_data.get("firm", ""))
        SLUG(slug)
        if not is_slug_free(slug):
            raise forms.ValidationError(SLUG_TAKEN, code="slug_taken")
        return slug


class PersonForm(PlacedForm):
    """A new user's name and password; who they are otherwise is known."""

    name = line(_("Your name"), 120, autocomplete="name")
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        help_text=_("At least 10 characters."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def address(self) -> str:
        """The address that the password will belong to."""
        return str(self.cleaned_data.get("email", ""))

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if "password" in values:
            try:
                validate_password(values["password"], User(email=self.address(), name=values.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values


class SignUpForm(FirmForm, PersonForm):
    """A workspace and its owner, both new."""

    email = forms.EmailField(
        label=_("Email"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    field_order = ("firm", "slug", "name", "email", "password")

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).strip().lower()
        if email_is_known(email):
            raise forms.ValidationError(EMAIL_TAKEN, code="email_taken")
        return email

    def person(self) -> Person:
        """The new user."""
        values = self.cleaned_data
        zone = self.place.get("time_zone", "")
        return Person(values["name"], values["email"], values["password"], zone)


class JoinForm(PersonForm):
    """A new user who was invited: the address is the invitation's."""

    def __init__(self, *args: Any, invited: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invited = invited

    def address(self) -> str:
        return self.invited

    def person(self) -> Person:
        """The new user."""
        values, zone = self.cleaned_data, self.place.get("time_zone", "")
        return Person(values["name"], self.invited, values["password"], zone)
