"""Forms about tasks: a day and a time, how it comes again and when to be reminded, as people put it."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.tasks.searching import KINDS
from crm.web import choices
from crm.web.forms.records import RecordForm
from realtime.functions import Context

REPEATS = [
    ("", _("Does not repeat")), ("day", _("Daily")), ("weekday", _("On weekdays (Monday to Friday)")),
    ("week", _("Weekly")), ("month", _("Monthly on this day")), ("last_day", _("Monthly on the last day")),
    ("year", _("Yearly")),
]  # fmt: skip
WEEKDAYS = [("0", _("Mon")), ("1", _("Tue")), ("2", _("Wed")), ("3", _("Thu")), ("4", _("Fri")), ("5", _("Sat")),
            ("6", _("Sun"))]  # fmt: skip
REMINDERS = [
    ("0", _("When it is due")), ("15", _("15 minutes before")), ("60", _("1 hour before")), ("1440", _("1 day before")),
]  # fmt: skip
SPARSE = {"day": "every", "week": "every", "month": "every", "year": "every"}


class TaskForm(RecordForm):
    """A task, new or to be changed."""

    object = "task"
    #: The form's fields that stand for one of the task's, and are hidden or read-only with it.
    PARTS = {
        "due_at": ("due_date", "due_time"),
        "recurrence": ("repeat", "repeat_every", "repeat_days", "repeat_until", "repeat_count"),
        "remind_at": ("remind", "remind_time"),
    }

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    due_date = forms.DateField(
        label=_("Due on"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    due_time = forms.TimeField(
        label=_("at"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    remind = forms.MultipleChoiceField(
        label=_("Remind"), required=False, choices=REMINDERS, widget=forms.CheckboxSelectMultiple
    )
    remind_time = forms.DateTimeField(
        label=_("Remind at"), required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    repeat = forms.ChoiceField(label=_("Repeat"), required=False, choices=REPEATS)
    repeat_every = forms.IntegerField(label=_("Every"), required=False, min_value=1, max_value=99)
    repeat_days = forms.MultipleChoiceField(
        label=_("On"), required=False, choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )
    repeat_until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    repeat_count = forms.IntegerField(label=_("Times"), required=False, min_value=1, max_value=999)
    contact_id = choices.LookupField(_("Contact"), "contacts")
    deal_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    owner_id = choices.id_field(_("For"), [])
    #: The version that was opened, and the controls that were touched (a script says so; else all count).
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    touched = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, ctx: Context, *args: Any, row: Any = None, **kwargs: Any) -> None:
        super().__init__(ctx, *args, initial=_as_form(row) if row else None, **kwargs)
        self._follow_field_rules()
        self.offer_lookup("contact_id", choices.contact_choices)
        if row and row.get("contact_id") and "contact_id" in self.fields:
            self.choose("contact_id", row["contact_id"], row["contact_name"] or "")

    def _follow_field_rules(self) -> None:
        hidden, readonly = (
            getattr(self.ctx.scope, name)("task") for name in ("hidden_fields", "readonly_fields")
        )
        for field, parts in self.PARTS.items():
            for part in parts:
                if field in hidden:
                    self.fields.pop(part, None)
                elif field in readonly and part in self.fields:
                    self.fields[part].disabled = True

    def clean(self) -> dict[str, Any]:
        """A time needs a day, and so does a task that comes again."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("due_date"):
            if cleaned.get("due_time"):
                self.add_error("due_date", _now("On which day?"))
            elif cleaned.get("repeat"):
                self.add_error("due_date", _now("A task that repeats needs a first day."))
        if cleaned.get("repeat_until") and cleaned.get("repeat_count"):
            self.add_error("repeat_count", _now("Say until when or how often, not both."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        """What the mutations take: of a task that is changed, what was touched."""
        given = dict(self.cleaned_data)
        sent = self._sent(given)
        touched = set(given.get("touched", "").split())
        if not touched:
            return sent
        parts = {"reminders": self.PARTS["remind_at"], **self.PARTS, "due_date": self.PARTS["due_at"]}
        return {
            name: value
            for name, value in sent.items()
            if touched & {name, *parts.get(name, ())} or any(each.startswith(f"{name}.") for each in touched)
        }

    def _sent(self, given: Mapping[str, Any]) -> dict[str, Any]:
        sent: dict[str, Any] = {
            name: given[name]
            for name in ("title", "kind", "contact_id", "deal_id", "custom")
            if name in given
        }
        if "due_date" in given:
            sent |= _due(given["due_date"], given["due_time"])
        if "repeat" in given:
            sent["recurrence"] = _recurrence(given)
        if "remind" in given:
            sent["reminders"] = _reminders(given)
        return sent


def _due(day: date | None, hour: time | None) -> dict[str, Any]:
    if day is None or hour is None:
        return {"due_date": day} if day else {"due_at": None, "due_date": None}
    return {"due_at": datetime.combine(day, hour, get_current_timezone())}


def _recurrence(given: Mapping[str, Any]) -> dict[str, Any] | None:
    if not given["repeat"]:
        return None
    is_last = given["repeat"] == "last_day"
    unit = "month" if is_last else given["repeat"]
    rule: dict[str, Any] = {"unit": unit, **({"month_day": -1} if is_last else {})}
    if given["repeat_every"] and unit in SPARSE:
        rule["every"] = given["repeat_every"]
    if unit == "week" and given["repeat_days"]:
        rule["weekdays"] = [int(day) for day in given["repeat_days"]]
    if given["repeat_until"]:
        rule["until"] = given["repeat_until"].isoformat()
    elif given["repeat_count"]:
        rule["count"] = given["repeat_count"]
    return rule


def _reminders(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"minutes_before": int(minutes)} for minutes in given["remind"]]
    return [*found, {"at": given["remind_time"]}] if given.get("remind_time") else found


def _as_form(row: Mapping[str, Any]) -> dict[str, Any]:
    """A task as its form shows it."""
    due = localtime(row["due_at"]) if row.get("due_at") else None
    shown = {**row, "due_date": row.get("due_date") or (due and due.date())}
    shown["due_time"] = due.time() if due and not row.get("due_date") else None
    rule = row.get("recurrence") or {}
    is_last = rule.get("month_day") == -1
    shown["repeat"] = "last_day" if is_last else rule.get("unit", "")
    shown |= {f"repeat_{name}": rule.get(name) for name in ("every", "until", "count")}
    shown["repeat_days"] = [str(day) for day in rule.get("weekdays", ())]
    reminders = row.get("reminders", ())
    shown["remind"] = [
        str(each["minutes_before"]) for each in reminders if each["minutes_before"] is not None
    ]
    own = [each["remind_at"] for each in reminders if each["minutes_before"] is None and not each["sent_at"]]
    shown["remind_time"] = own[0] if own else None
    return shown


class SnoozeForm(forms.Form):
    """Until when a task is put off."""

    until = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )


class QuickForm(forms.Form):
    """A task in one line: what, and today, tomorrow, in a week or some day."""

    title = forms.CharField(max_length=200)
    due = forms.ChoiceField(required=False, choices=[("0", ""), ("1", ""), ("7", ""), ("", "")])


class AssigneeForm(forms.Form):
    """Who is to do a task."""

    owner_id = choices.id_field(_("For"), [])

    def __init__(self, *args: Any, owners: choices.Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner_id"]
        field.choices = choices.with_blank(choices.NOBODY, owners)
