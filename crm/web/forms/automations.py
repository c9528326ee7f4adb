"""Forms about automations: a form a kind of trigger and of step, with conditions as rows."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web.choices import Choices, id_field, with_blank
from crm.web.forms.conditions import ConditionsForm

OBJECTS = [("contact", _("Contact")), ("company", _("Company")), ("deal", _("Deal")), ("task", _("Task"))]
#: What starts an automation, in words, with an icon.
TRIGGERS: dict[str, tuple[Any, str]] = {
    "record_created": (_("A record is added"), "plus"),
    "record_changed": (_("A record changes"), "pencil"),
    "stage_entered": (_("A deal enters a stage"), "target"),
    "date_reached": (_("A date is reached"), "calendar"),
    "schedule": (_("By the clock"), "clock"),
    "webhook": (_("Another program sends a contact"), "globe"),
    "form_sent": (_("A form is sent"), "file-text"),
    "by_hand": (_("Somebody starts it"), "user-check"),
}
#: What steps do, in words, with an icon, in the order of the menu.
STEPS: dict[str, tuple[Any, str]] = {
    "create_task": (_("Create a task"), "square-check-big"),
    "send_email": (_("Send an email"), "mail"),
    "notify": (_("Notify somebody"), "bell"),
    "wait": (_("Wait"), "clock"),
    "wait_for": (_("Wait until something holds"), "history"),
    "branch": (_("Branch"), "arrow-up-down"),
    "update_field": (_("Change a field"), "pencil"),
    "move_stage": (_("Move the deal"), "target"),
    "assign": (_("Assign"), "user-check"),
    "claim_pool": (_("Put into the pool"), "users-round"),
    "enroll": (_("Enrol in a sequence"), "send"),
    "unenroll": (_("Take out of a sequence"), "x"),
    "add_tag": (_("Tag the contact"), "tag"),
    "add_note": (_("Write a note"), "file-text"),
    "call_webhook": (_("Call another program"), "external-link"),
    "stop": (_("End here"), "x"),
}
PLACES_HINT = _("{contact.first_name}, {deal.title}, {owner.name} and the like are filled in.")


class AutomationForm(forms.Form):
    """What it is called."""

    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(label=_("Description"), max_length=400, required=False)


class NewAutomationForm(AutomationForm):
    """What it is called, and what starts it."""

    kind = forms.ChoiceField(
        label=_("Starts when"), choices=[(word, label) for word, (label, _i) in TRIGGERS.items()]
    )


class TriggerForm(ConditionsForm):
    """What starts it, and which records it takes."""

    def __init__(
        self, kind: str, *args: Any, stages: Choices, fields: Choices, forms_: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        own: dict[str, forms.Field] = {}
        if kind in ("record_created", "record_changed", "date_reached", "schedule", "by_hand"):
            own["object"] = forms.ChoiceField(label=_("Kind of record"), choices=OBJECTS)
        if kind == "record_changed":
            own["field"] = forms.ChoiceField(
                label=_("Field"), choices=[("", _("Any field")), *fields], required=False
            )
            hint = _("Empty: anything.")
            own["after"] = forms.CharField(label=_("Becomes"), required=False, max_length=200, help_text=hint)
        if kind == "stage_entered":
            own["stage_id"] = forms.TypedChoiceField(label=_("Stage"), choices=stages, coerce=int)
        if kind == "form_sent":
            own["form_id"] = id_field(_("Form"), with_blank(_("Any form"), forms_))
        if kind == "date_reached":
            own["field"] = forms.ChoiceField(label=_("Date"), choices=fields)
            own["days"] = forms.IntegerField(
                label=_("Days after"), min_value=-3650, max_value=3650, initial=0,
                help_text=_("0 is the day itself, -3 three days before."),
            )  # fmt: skip
            own["at"] = forms.TimeField(
                label=_("At"), initial="09:00", widget=forms.TimeInput({"type": "time"})
            )
        if kind == "schedule":
            own["cron"] = forms.CharField(
                label=_("Times"), max_length=120, initial="0 9 * * mon",
                help_text=_("Minute, hour, day, month and weekday: 0 9 * * mon is Mondays at nine."),
            )  # fmt: skip
        self.fields = {**own, **self.fields}

    def trigger(self) -> dict[str, Any]:
        """The trigger, for the function."""
        names = ("object", "field", "after", "stage_id", "form_id", "days", "cron")
        found = {
            name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name) not in (None, "")
        }
        if "at" in self.fields:
            found["at"] = self.cleaned_data["at"].strftime("%H:%M")
        if self.kind == "date_reached":
            found["days"] = self.cleaned_data["days"]
        return {"kind": self.kind, **found}


class StepForm(ConditionsForm):
    """One step of any kind; which fields it has, the kind decides."""

    def __init__(self, kind: str, *args: Any, offers: dict[str, Choices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        make = getattr(self, f"_{kind}", None)
        own = make(offers) if make else {}
        conditions = self.fields if kind in ("wait_for", "branch") else {}
        self.fields = {**own, **conditions}

    def _create_task(self, offers: dict[str, Choices]) -> dict[str, forms.Field]:
        return {
            "title": forms.CharField(label=_("Task"), max_length=200, help_text=PLACES_HINT),
            "assignee": _who(_("For"), offers),
            "due_days": forms.IntegerField(
                label=_("Due after days"), min_value=0, max_value=3650, required=False
            ),
        }

    def _send_email(self, offers: dict[str, Choices]) -> dict[str, forms.Field]:
        return {
            "to": forms.ChoiceField(
                label=_("To"), choices=[("contact", _("The contact")), ("owner", _("The owner"))]
            ),
            "subject": forms.CharField(label=_("Subject"), max_length=200, help_text=PLACES_HINT),
            "body": forms.CharField(label=_("Text"), max_length=10_000, widget=forms.Textarea({"rows": 8})),
        }

    def _notify(self, offers: dict[str, Choices]) -> dict[str, forms.Field]:
        return {
            "to": _who(_("Whom"), offers),
            "text": forms.CharField(label=_("Text"), max_length=200, help_text=PLACES_HINT),
        }

    def _wait(self, offers: dict[str, Choices]) -> dict[str, forms.Field]:
        return {
            "days": forms.IntegerField(label=_("Days"), min_value=0, max_value=3650, initial=1),
            "hours": forms.IntegerField(label=_("Hours"), min_value=0, max_value=10_000, initial=0),
            "minutes": forms.IntegerField(label=_("Minutes"), min_value=0, max_value=100_000, initial=0),
            "business_hours": forms.BooleanField(label=_("Go on in business hours only"), required=False),
        }

    def _wait_for(self, offers: dict[str, Choices]) -> dict[str, forms.Field]:
        return {"days": forms.IntegerField(label=_("At most days"), min_value=1, max_value=3650, initial=7)}

    def _branch(self, offers: dict[str, Choices]) -> dict[str, forms.Field]:
        tests = [("matches", _("Conditions hold")), ("replied", _("The contact has answered"))]
        return {"test": forms.ChoiceField(label=_("Ask whether"), choices=tests)}

    def _update_field(self, offers: dict[str, Choices]) -> dict[str, forms.Field]:
        return {
            "field": forms.ChoiceField(label=_("Field"), choices=offers["fields"]),
            "value": forms.CharField(label=_("Value"), max_length=200, required=False, help_text=PLACES_HINT),
        }

    def _move_stage(self, offers: dict[str, Choices]) -> dict[str, forms.Field]:
        return {"stage_id": forms.TypedChoiceField(label=_("Stage"), choices=offers["stages"], coerce=int)}

    def _assign(self, offers: dict[str, Choices]) -> dict[str, forms.Field]:
        groups = [(_("Members"), [(f"m{pk}", name) for pk, name in offers["members"]])]
        if offers["rules"]:
            groups.append((_("In turn"), [(f"r{pk}", name) for pk, name in offers["rules"]]))
        return {"assignee": forms.ChoiceField(label=_("To"), choices=groups)}

    def _claim_pool(self, offers: dict[str, Choices]) -> dict[str, forms.Field]:
        teams = with_blank(_("Everybody"), offers["teams"])
        return {"team_id": id_field(_("Pool of"), teams)}

    def _enroll(self, offers: dict[str, Choices]) -> dict[str, forms.Field]:
        return {"sequence_id": id_field(_("Sequence"), offers["sequences"], required=True)}

    def _unenroll(self, offers: dict[str, Choices]) -> dict[str, forms.Field]:
        return {"sequence_id": id_field(_("Sequence"), with_blank(_("All of them"), offers["sequences"]))}

    def _add_tag(self, offers: dict[str, Choices]) -> dict[str, forms.Field]:
        return {"tag": forms.CharField(label=_("Tag"), max_length=60)}

    def _add_note(self, offers: dict[str, Choices]) -> dict[str, forms.Field]:
        area = forms.Textarea({"rows": 5})
        return {
            "body": forms.CharField(label=_("Note"), max_length=10_000, widget=area, help_text=PLACES_HINT)
        }

    def _call_webhook(self, offers: dict[str, Choices]) -> dict[str, forms.Field]:
        return {"url": forms.URLField(label=_("Address"), max_length=500, assume_scheme="https",
                                      help_text=_("Gets the record's fields as JSON."))}  # fmt: skip

    def step(self, key: str = "") -> dict[str, Any]:
        """The step, for the function; a new one gets an id."""
        data = {name: value for name, value in self.cleaned_data.items() if not name.startswith("c_")}
        if self.kind == "assign":
            word, pk = data.pop("assignee")[0], int(self.cleaned_data["assignee"][1:])
            data["member_id" if word == "m" else "rule_id"] = pk
        for name in ("assignee", "to"):
            if str(data.get(name, "")).isdecimal():
                data[name] = int(data[name])
        if self.kind == "wait_for":
            data["filter"] = self.filter() or {"all": []}
        if self.kind == "branch":
            holds = {"kind": "matches", "filter": self.filter() or {"all": []}}
            data["test"] = {"kind": "replied"} if data["test"] == "replied" else holds
        data = {name: value for name, value in data.items() if value is not None}
        return {"id": key or secrets.token_hex(4), "kind": self.kind, **data}

    @staticmethod
    def initial_of(step: dict[str, Any]) -> dict[str, Any]:
        """A step as the form's values."""
        found = dict(step)
        if step["kind"] == "assign":
            found["assignee"] = f"m{step['member_id']}" if "member_id" in step else f"r{step.get('rule_id')}"
        if step["kind"] == "branch":
            found["test"] = step["test"]["kind"]
        return found


def _who(label: Any, offers: dict[str, Choices]) -> forms.ChoiceField:
    people = [("owner", _("The owner")), ("leader", _("The owner's leader"))]
    return forms.ChoiceField(label=label, choices=[*people, (_("Members"), list(offers["members"]))])
