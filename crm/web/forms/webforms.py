"""Forms about forms for web pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web.choices import NOBODY, Choices, id_field, with_blank


class NewFormForm(forms.Form):
    """A form is named first."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("For you; its title can be another."))


class TextsForm(NewFormForm):
    """What a form says."""

    title = forms.CharField(label=_("Title"), max_length=160, required=False)
    intro = forms.CharField(
        label=_("Introduction"), max_length=2000, required=False, widget=forms.Textarea({"rows": 3})
    )
    button = forms.CharField(label=_("Button"), max_length=60, required=False, help_text=_("Empty: Send."))
    thanks = forms.CharField(
        label=_("Thanks"), max_length=2000, required=False, widget=forms.Textarea({"rows": 3}),
        help_text=_("Shown when it was sent."),
    )  # fmt: skip
    redirect_url = forms.URLField(
        label=_("Lead on to"), max_length=500, required=False, assume_scheme="https",
        help_text=_("A page of yours, shown in place of the thanks."),
    )  # fmt: skip


class IntakeForm(forms.Form):
    """What becomes of whoever sends a form, and where it may stand."""

    owner_id = id_field(_("Owner of new contacts"), [], help_text=_("Nobody: they wait in the pool."))
    source = forms.CharField(label=_("Source"), max_length=60, required=False)
    tags = forms.CharField(label=_("Tags"), required=False, help_text=_("With commas between them."))
    consent_text = forms.CharField(
        label=_("Consent"), max_length=1000, required=False, widget=forms.Textarea({"rows": 3}),
        help_text=_("A sentence to tick, such as: I agree to be contacted by email. Empty: nothing is asked."),
    )  # fmt: skip
    consent_required = forms.BooleanField(label=_("It must be ticked"), required=False)
    origins = forms.CharField(
        label=_("Sites that may show it"), required=False, widget=forms.Textarea({"rows": 3}),
        help_text=_("One a line, such as https://www.example.com. Its own page always works."),
    )  # fmt: skip

    def __init__(self, *args: Any, owners: Choices, sources: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner_id"]
        owner.choices = with_blank(NOBODY, owners)
        self.fields["source"].widget.attrs["placeholder"] = ", ".join(name for _pk, name in sources[:3])

    @staticmethod
    def initial_of(row: Any) -> dict[str, Any]:
        """The form's settings as texts."""
        return {**row, "tags": ", ".join(row["tags"]), "origins": "\n".join(row["origins"])}

    def changes(self) -> dict[str, Any]:
        """What the mutation takes."""
        data = dict(self.cleaned_data)
        data["tags"] = [name.strip() for name in data["tags"].split(",") if name.strip()]
        data["origins"] = [
            line.strip().rstrip("/").lower() for line in data["origins"].splitlines() if line.strip()
        ]
        return data


class AskedForm(forms.Form):
    """One thing that a form asks."""

    key = forms.ChoiceField(label=_("Field"))
    label = forms.CharField(
        label=_("Label"), max_length=120, required=False, help_text=_("Empty: the field's own name.")
    )
    help = forms.CharField(label=_("Hint"), max_length=200, required=False)
    required = forms.BooleanField(label=_("Must be filled in"), required=False)

    def __init__(self, *args: Any, offers: Choices | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if offers is None:
            del self.fields["key"]
            self.fields["label"].required = True
            self.fields["label"].help_text = ""
        else:
            key: Any = self.fields["key"]
            key.choices = offers

    def asked(self, labels: dict[str, str], key: str = "") -> dict[str, Any]:
        """The field as it is stored."""
        data = self.cleaned_data
        key = key or data["key"]
        return {
            "key": key, "label": data["label"] or labels[key], "help": data["help"], "required": data["required"],
        }  # fmt: skip
