"""Forms about sequences: the rules, a step of each kind, and enrolling."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web import choices
from crm.web.choices import Choices
from crm.web.forms.bulk import BulkForm
from crm.web.forms.filter_input import FilterField
from realtime.functions import Context

#: What steps do, in words, with an icon, in the order of the menu.
STEPS: dict[str, tuple[Any, str]] = {
    "email": (_("Send an email"), "mail"),
    "wait": (_("Wait"), "clock"),
    "task": (_("Create a task"), "square-check-big"),
    "note": (_("Write a note"), "file-text"),
}
WEEKDAYS: list[tuple[int, Any]] = [
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")),
    (5, _("Saturday")), (6, _("Sunday")),
]  # fmt: skip
PLACES_HINT = _(
    "{{contact.first_name|there}}, {{member.name}} and the like are filled in; what follows | stands in."
)


class SequenceForm(forms.Form):
    """What it is called."""

    name = forms.CharField(label=_("Name"), max_length=60)
    description = forms.CharField(label=_("Description"), max_length=400, required=False)


def _many(label: Any, offered: Choices, **options: Any) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=label,
        choices=offered,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        **options,
    )


def _clock() -> forms.TimeInput:
    return forms.TimeInput({"type": "time"}, format="%H:%M")


class RulesForm(SequenceForm):
    """When it writes, how fast, and what ends it."""

    opens_at = forms.TimeField(
        label=_("Emails go out from"), widget=_clock(), help_text=_("On the contact's clock.")
    )
    closes_at = forms.TimeField(label=_("until"), widget=_clock())
    daily_limit = forms.IntegerField(label=_("Emails a day at most"), min_value=1, max_value=10_000)
    pace_seconds = forms.IntegerField(label=_("Seconds between two emails"), min_value=0, max_value=3600)
    stop_on_reply = forms.BooleanField(label=_("Stop when the contact answers"), required=False)

    def __init__(self, ctx: Context, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"] = _many(_("On these days"), WEEKDAYS)
        senders = choices.with_blank(_("The contact's owner"), choices.member_choices(ctx))
        self.fields["sender_id"] = choices.id_field(_("Who writes"), senders)
        self.fields["stop_on_contact_stages"] = _many(
            _("Stop when the contact comes to"), choices.contact_stage_choices(ctx)
        )
        self.fields["stop_on_deal_stages"] = _many(
            _("Stop when a deal comes to"), choices.deal_stage_choices(ctx)
        )
        self.order_fields(
            ["name", "description", "sender_id", "opens_at", "closes_at", "days", "daily_limit", "pace_seconds",
             "stop_on_reply", "stop_on_contact_stages", "stop_on_deal_stages"]
        )  # fmt: skip


class StepForm(forms.Form):
    """One step; which fields it has, the kind decides."""

    def __init__(self, kind: str, *args: Any, templates: Choices, members: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        make = {"email": self._email, "task": self._task, "note": self._note, "wait": self._wait}[kind]
        self.fields.update(make(templates, members))

    def _email(self, templates: Choices, _members: Choices) -> dict[str, forms.Field]:
        area = forms.Textarea({"rows": 8})
        hint = _("Empty: the template's. From the second email on, an empty subject answers the one before.")
        found: dict[str, forms.Field] = {
            "subject": forms.CharField(label=_("Subject"), max_length=200, required=False, help_text=hint),
            "body": forms.CharField(
                label=_("Text"), max_length=10_000, widget=area, required=False, help_text=PLACES_HINT
            ),
        }
        if templates:
            offered = choices.with_blank(_("No template"), templates)
            found = {"template_id": choices.id_field(_("Template"), offered), **found}
        return found

    def _task(self, _templates: Choices, members: Choices) -> dict[str, forms.Field]:
        people: list[Any] = [("owner", _("The contact's owner")), ("sender", _("Whoever writes the emails"))]
        return {
            "title": forms.CharField(label=_("Task"), max_length=200, help_text=PLACES_HINT),
            "assignee": forms.ChoiceField(label=_("For"), choices=[*people, (_("Members"), list(members))]),
            "due_days": forms.IntegerField(
                label=_("Due after days"), min_value=0, max_value=365, required=False
            ),
        }

    def _note(self, _templates: Choices, _members: Choices) -> dict[str, forms.Field]:
        area = forms.Textarea({"rows": 5})
        return {
            "body": forms.CharField(label=_("Note"), max_length=10_000, widget=area, help_text=PLACES_HINT)
        }

    def _wait(self, _templates: Choices, _members: Choices) -> dict[str, forms.Field]:
        return {
            "days": forms.IntegerField(label=_("Days"), min_value=0, max_value=365, initial=3),
            "hours": forms.IntegerField(label=_("Hours"), min_value=0, max_value=1000, initial=0),
            "until": forms.TimeField(
                label=_("Then until"),
                widget=_clock(),
                required=False,
                help_text=_("A time on the contact's clock."),
            ),
            "business": forms.BooleanField(
                label=_("Count working days and hours only"), required=False, initial=True
            ),
        }

    def step(self) -> dict[str, Any]:
        """The step, for the function."""
        data = {name: value for name, value in self.cleaned_data.items() if value is not None}
        if "until" in data:
            data["until"] = data["until"].strftime("%H:%M")
        if str(data.get("assignee", "")).isdecimal():
            data["assignee"] = int(data["assignee"])
        return {"kind": self.kind, **data}


class EnrollForm(forms.Form):
    """Which sequence a contact begins."""

    def __init__(self, *args: Any, sequences: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sequence_id"] = choices.id_field(_("Sequence"), sequences, required=True)


class BulkEnrollForm(BulkForm):
    """Which sequence many contacts begin."""

    def offer(self, ctx: Context) -> None:
        self.fields["sequence_id"] = choices.id_field(
            _("Sequence"), choices.sequence_choices(ctx), required=True
        )


class IntakeForm(forms.Form):
    """Which contacts begin the sequence."""

    def __init__(self, ctx: Context, data: Any = None) -> None:
        super().__init__(data)
        nothing = str(_("Nobody yet: add a condition."))
        self.fields["filter"] = FilterField(_("Who begins"), ctx, "contact", nothing, is_personal=True)
        self.fields["everybody"] = forms.BooleanField(
            label=_("All contacts that I may change, without conditions"), required=False
        )
        self.fields["again"] = forms.BooleanField(label=_("Also those who were in it before"), required=False)

    @property
    def filter_fields(self) -> list[Any]:
        """The conditions, which stand first."""
        return [self["filter"]]

    @property
    def fields_behind(self) -> list[Any]:
        """What is asked behind the conditions."""
        return [self["everybody"], self["again"]]

    def clean(self) -> dict[str, Any]:
        """The arguments of the function; nobody enrols everybody by forgetting the conditions."""
        sent = self.cleaned_data
        if "filter" in sent and not sent["filter"] and not sent["everybody"]:
            self.add_error("filter", _("Add a condition, or tick that all your contacts are to begin."))
        return {"filter": sent.get("filter") or {"all": []}, "again": sent.get("again", False)}
