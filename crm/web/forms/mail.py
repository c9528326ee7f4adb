"""Forms about email: what is written to a contact, templates, mailboxes, addresses that get none."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.web.choices import Choices, with_blank

REASONS = {
    "unsubscribe": gettext_lazy("Unsubscribed"),
    "bounce": gettext_lazy("Came back"),
    "complaint": gettext_lazy("Complained"),
    "manual": gettext_lazy("By hand"),
}
SECURITY = [
    ("tls", gettext_lazy("TLS (port 993)")),
    ("starttls", gettext_lazy("STARTTLS (port 143)")),
    ("none", gettext_lazy("None: only inside your own network")),
]
BODY = {"rows": 10, "data-long": True}
#: Files of one email.
MOST_FILES = 20


class FilesInput(forms.FileInput):
    """A choice of several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """All of them; the plain input takes the last."""
        return files.getlist(name)


class FilesField(forms.FileField):
    """Several files, none of them empty; the view takes them from the request and streams them to the storage."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Check each as a file field does."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("An email may hold up to %(most)s files.") % {"most": MOST_FILES})
        return [super(FilesField, self).clean(each, initial) for each in files]


class MailForm(forms.Form):
    """What an email says and carries."""

    def arguments(self) -> dict[str, Any]:
        """What the mutation wants, without the files; a text that was filled in goes as it stands."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        given.pop("attachments", None)
        if "body" in given:
            given["body"] = given["body"].replace("\r\n", "\n")
        return given


class EmailForm(MailForm):
    """An email to a contact. Choosing a template fills in the rest, for this contact (mail.js)."""

    template_id = forms.TypedChoiceField(
        label=gettext_lazy("Template"), coerce=int, empty_value=None, required=False
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    body = forms.CharField(
        label=gettext_lazy("Text"), max_length=50_000, strip=False, widget=forms.Textarea(BODY),
        help_text=gettext_lazy("{{contact.first_name|there}} becomes the first name, or “there”."),
    )  # fmt: skip
    reply_to_message_id = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    attachments = FilesField(label=gettext_lazy("Files"), required=False)

    def __init__(self, *args: Any, templates: Choices, fill: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["template_id"]
        field.choices = with_blank(_("No template"), templates)
        field.widget.attrs["data-fill"] = fill
        if not templates:
            del self.fields["template_id"]
        if self.data.get("template_id"):
            # Without the script nothing was filled in: the template says it.
            self.fields["subject"].required = self.fields["body"].required = False


class ReplyForm(MailForm):
    """An answer in a thread."""

    body = forms.CharField(max_length=50_000, strip=False)
    reply_to_message_id = forms.IntegerField(min_value=1)
    attachments = FilesField(required=False)


class TemplateForm(forms.Form):
    """A template."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    body = forms.CharField(
        label=gettext_lazy("Text"), max_length=50_000, strip=False, widget=forms.Textarea(BODY)
    )
    shared = forms.BooleanField(label=gettext_lazy("Everybody may use it"), required=False)

    def arguments(self) -> dict[str, Any]:
        """What the mutation wants."""
        return {**self.cleaned_data, "body": self.cleaned_data["body"].replace("\r\n", "\n")}


class MailboxWayForm(forms.Form):
    """How a mailbox is reached."""

    password = forms.CharField(
        label=gettext_lazy("Password"), max_length=500, strip=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=gettext_lazy("Many providers want an app password here. It is stored encrypted."),
    )  # fmt: skip
    host = forms.CharField(label=gettext_lazy("IMAP server"), max_length=253, help_text="imap.example.com")
    port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65_535, initial=993)
    security = forms.ChoiceField(label=gettext_lazy("Security"), choices=SECURITY)
    username = forms.CharField(
        label=gettext_lazy("User name"), max_length=254, required=False,
        help_text=gettext_lazy("If it is another one than the address."),
    )  # fmt: skip
    reads_sent = forms.BooleanField(
        label=gettext_lazy("Show what I write to contacts in other mail programs"), required=False, initial=True,
        help_text=gettext_lazy("Read from the Sent folder, so that conversations are whole."),
    )  # fmt: skip
    keeps_sent = forms.BooleanField(
        label=gettext_lazy("Copy what I send here into the Sent folder"), required=False
    )


class MailboxForm(MailboxWayForm):
    """A mailbox to connect."""

    address = forms.EmailField(label=gettext_lazy("Email address"))
    field_order = ("address", "password", "host", "port", "security", "username", "reads_sent", "keeps_sent")


class MailboxEditForm(MailboxWayForm):
    """Changes of a mailbox; its address stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = False
        self.fields["password"].help_text = _("Leave it empty to keep the one that is stored.")

    def changes(self) -> dict[str, Any]:
        """The fields to change: an empty password stays as it is."""
        return {name: value for name, value in self.cleaned_data.items() if value or name != "password"}


class SuppressionForm(forms.Form):
    """An address that is to get no more email."""

    email = forms.EmailField(label=gettext_lazy("Email address"))
    reason = forms.ChoiceField(
        label=gettext_lazy("Why"), choices=[(word, REASONS[word]) for word in ("manual", "complaint")]
    )
    proof = forms.CharField(
        label=gettext_lazy("Note"), max_length=500, required=False,
        help_text=gettext_lazy("How one would show it to somebody who doubts it."),
    )  # fmt: skip
