"""Forms of an automation's steps: which fields a form has, the step's kind decides."""

import secrets
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.automations.creating import FIELDS as NEW_FIELDS
from crm.automations.creating import NEEDED
from crm.automations.definition import NewObject, Object
from crm.automations.facts import MERGE_FIELDS
from crm.automations.routing import list_routing_rules
from crm.automations.settable import settable
from crm.filters.catalogs import Finder, catalog_of
from crm.filters.fields import FilterField
from crm.records.custom import PREFIX
from crm.web import choices
from crm.web.choices import id_field, with_blank
from crm.web.forms.automations import OBJECTS
from crm.web.forms.filter_input import FilterField as FilterInput
from crm.web.forms.values import shown_value, stored_value, value_field
from realtime.functions import Context
from realtime.functions.call import call

#: What steps do, in words, with an icon, in the order of the menu.
STEPS: dict[str, tuple[Any, str]] = {
    "create_task": (_("Create a task"), "square-check-big"),
    "create_record": (_("Create a record"), "plus"),
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
#: What a member may need to know about a step.
ABOUT_STEPS: dict[str, Any] = {
    "create_task": _("On the record and its contact; without an owner nobody gets one."),
    "create_record": _("A deal of the contact, a contact of the company: it belongs to the run's record."),
    "send_email": _(
        "From the owner's address. Contacts who have unsubscribed or have no address get none; the run continues."
    ),
    "notify": _("In the app, and by email for those who asked for that."),
    "wait": _("The run sleeps, through restarts and deploys, and continues on the minute."),
    "wait_for": _("Continues as soon as the conditions hold, or when the days are over."),
    "branch": _("The steps under Yes or those under No are done, then those below."),
    "update_field": _("Sets one field, as if somebody had written it."),
    "move_stage": _(
        "A stage that requires fields that are empty refuses the record: the run says so and continues."
    ),
    "assign": _(
        "To one member, or in turn among the members of a routing rule, by equal or weighted shares."
    ),
    "claim_pool": _("Removes the owner: the first of the team to claim the contact gets it."),
    "enroll": _("A contact who is in the sequence already stays where they are."),
    "unenroll": _("What was sent stays sent; nothing more follows."),
    "add_tag": _("A tag that does not exist yet is made."),
    "add_note": _("On the timeline, without a person's name."),
    "call_webhook": _("Posts the record's fields as JSON; tried again for hours while the address is down."),
}
#: What the names of a new record's fields begin with in its form.
NEW = "new_"
PLACES_HINT = _(
    "{contact.first_name|there}, {deal.title}, {owner.name} and the like are filled in; what follows | stands in."
)


class StepForm(forms.Form):
    """One step of any kind. ``given`` is the stored step, or what was chosen so far."""

    def __init__(
        self, ctx: Context, kind: str, object: Object, given: Mapping[str, Any], data: Any = None
    ) -> None:
        super().__init__(data, initial=initial_of(kind, given))
        self.ctx, self.kind, self.object = ctx, kind, object
        self.finder = Finder(ctx, catalog_of(object))
        self.chosen = self.finder.get(str(given.get("field") or ""))
        getattr(self, f"_{kind}", lambda: None)()
        for name in ("title", "subject", "text", "body"):
            if name in self.fields:
                self.fields[name].widget.attrs["data-takes-places"] = ""

    @property
    def places(self) -> list[tuple[str, list[str]]]:
        """The fields that a text can hold, by what they are of; nothing for a step without texts."""
        if not any("data-takes-places" in field.widget.attrs for field in self.fields.values()):
            return []
        nouns = {self.object, "contact", "owner"}
        return [
            (noun, [f"{{{noun}.{name}}}" for name in names])
            for noun, names in MERGE_FIELDS.items()
            if noun in nouns
        ]

    @property
    def plain_fields(self) -> list[Any]:
        """The fields beside the conditions."""
        return [bound for bound in self if not isinstance(bound.field, FilterInput)]

    @property
    def filter_fields(self) -> list[Any]:
        """The conditions."""
        return [bound for bound in self if isinstance(bound.field, FilterInput)]

    def _create_task(self) -> None:
        self.fields["title"] = forms.CharField(label=_("Task"), max_length=200, help_text=PLACES_HINT)
        self.fields["assignee"] = self._who(_("For"))
        self.fields["due_days"] = forms.IntegerField(
            label=_("Due after days"), min_value=0, max_value=3650, required=False
        )

    def _create_record(self) -> None:
        offered = [(word, label) for word, label in OBJECTS if word in NEW_FIELDS]
        usual: NewObject = "contact" if self.object == "company" else "deal"
        target = self.initial.setdefault("object", usual)
        self.fields["object"] = forms.ChoiceField(
            label=_("Kind of record"), choices=offered, widget=forms.Select({"data-anew": ""})
        )
        self.target: NewObject = target if target in NEW_FIELDS else usual
        self.offered = new_fields(self.ctx, self.target)
        for key, field in self.offered.items():
            made = value_field(self.ctx, field, field.label, _("Choose…"))
            if type(made) is forms.CharField:
                made.widget.attrs["data-takes-places"] = ""
            made.required = NEEDED[self.target] == (key,)
            self.fields[NEW + key] = made
            self.initial[NEW + key] = shown_value(field, self.initial.get(NEW + key))
        self.fields["owner"] = self._who(_("For"))

    def _send_email(self) -> None:
        whom = [("contact", _("The contact")), ("owner", _("The owner"))]
        self.fields["to"] = forms.ChoiceField(label=_("To"), choices=whom)
        self.fields["subject"] = forms.CharField(label=_("Subject"), max_length=200, help_text=PLACES_HINT)
        area = forms.Textarea({"rows": 8})
        self.fields["body"] = forms.CharField(label=_("Text"), max_length=10_000, widget=area)

    def _notify(self) -> None:
        self.fields["to"] = self._who(_("Whom"))
        self.fields["text"] = forms.CharField(label=_("Text"), max_length=200, help_text=PLACES_HINT)

    def _wait(self) -> None:
        lengths = (
            ("days", _("Days"), 3650, 1),
            ("hours", _("Hours"), 10_000, 0),
            ("minutes", _("Minutes"), 100_000, 0),
        )
        for name, label, most, first in lengths:
            self.fields[name] = forms.IntegerField(label=label, min_value=0, max_value=most, initial=first)
        self.fields["business_hours"] = forms.BooleanField(
            label=_("Go on in business hours only"), required=False
        )

    def _wait_for(self) -> None:
        self.fields["days"] = forms.IntegerField(
            label=_("At most days"), min_value=1, max_value=3650, initial=7
        )
        self._conditions(_("Until"), _("It continues at once."))

    def _branch(self) -> None:
        tests = [("matches", _("Conditions hold")), ("replied", _("The contact has answered"))]
        self.fields["test"] = forms.ChoiceField(
            label=_("Ask whether"), choices=tests, widget=forms.Select({"data-anew": "filter"})
        )
        if self.initial.get("test") != "replied":
            self._conditions(_("Conditions"), _("Every record goes the way of Yes."))

    def _conditions(self, label: Any, nothing: Any) -> None:
        self.fields["filter"] = FilterInput(label, self.ctx, self.object, nothing)

    def _update_field(self) -> None:
        labels = {field.key: str(field.label) for field in self.finder}
        keys = settable(self.ctx, self.object)
        fields = [(key, labels.get(key, key.replace("_", " ").capitalize())) for key in keys]
        self.fields["field"] = forms.ChoiceField(
            label=_("Field"),
            choices=[("", _("Choose…")), *fields],
            widget=forms.Select({"data-anew": "value"}),
        )
        if self.initial.get("field"):
            self.fields["value"] = value_field(self.ctx, self.chosen, _("Value"), _("Empty it"), PLACES_HINT)
            self.initial["value"] = shown_value(self.chosen, self.initial.get("value"))

    def _move_stage(self) -> None:
        stages = choices.deal_stage_choices(self.ctx)
        self.fields["stage_id"] = forms.TypedChoiceField(label=_("Stage"), choices=stages, coerce=int)

    def _assign(self) -> None:
        members, rules = choices.member_choices(self.ctx), call(list_routing_rules, self.ctx)
        groups = [(_("Members"), [(f"m{pk}", name) for pk, name in members])]
        if rules:
            groups.append((_("In turn"), [(f"r{row['id']}", row["name"]) for row in rules]))
        hint = (
            "" if rules else _("To give records out in turn, make a routing rule on the page of automations.")
        )
        self.fields["assignee"] = forms.ChoiceField(label=_("To"), choices=groups, help_text=hint)

    def _claim_pool(self) -> None:
        self.fields["team_id"] = id_field(
            _("Pool of"), with_blank(_("Everybody"), choices.team_choices(self.ctx))
        )

    def _enroll(self) -> None:
        self.fields["sequence_id"] = id_field(
            _("Sequence"), choices.sequence_choices(self.ctx), required=True
        )

    def _unenroll(self) -> None:
        offered = with_blank(_("All of them"), choices.sequence_choices(self.ctx))
        self.fields["sequence_id"] = id_field(_("Sequence"), offered)

    def _add_tag(self) -> None:
        suggestions = choices.Suggestions(choices.tag_names(self.ctx))
        self.fields["tag"] = forms.CharField(label=_("Tag"), max_length=60, widget=suggestions)

    def _add_note(self) -> None:
        area = forms.Textarea({"rows": 5})
        self.fields["body"] = forms.CharField(
            label=_("Note"), max_length=10_000, widget=area, help_text=PLACES_HINT
        )

    def _call_webhook(self) -> None:
        self.fields["url"] = forms.URLField(label=_("Address"), max_length=500, assume_scheme="https")

    def _who(self, label: Any) -> forms.ChoiceField:
        people: list[Any] = [("owner", _("The owner")), ("leader", _("The owner's leader"))]
        members = (_("Members"), list(choices.member_choices(self.ctx)))
        return forms.ChoiceField(label=label, choices=[*people, members])

    def step(self, key: str = "") -> dict[str, Any]:
        """The step, for the function; a new one gets an id."""
        data = dict(self.cleaned_data)
        if self.kind == "assign":
            word, pk = data.pop("assignee")[0], int(self.cleaned_data["assignee"][1:])
            data["member_id" if word == "m" else "rule_id"] = pk
        if self.kind == "create_record":
            given = {
                key: stored_value(field, data.pop(NEW + key, None)) for key, field in self.offered.items()
            }
            data["values"] = {key: value for key, value in given.items() if value is not None}
        for name in ("assignee", "to", "owner"):
            if str(data.get(name, "")).isdecimal():
                data[name] = int(data[name])
        if self.kind == "update_field":
            data["value"] = stored_value(self.chosen, data.get("value"))
        if self.kind == "wait_for":
            data["filter"] = data["filter"] or {"all": []}
        if self.kind == "branch":
            holds = {"kind": "matches", "filter": data.pop("filter", None) or {"all": []}}
            data["test"] = {"kind": "replied"} if data["test"] == "replied" else holds
        data = {name: value for name, value in data.items() if value is not None}
        return {"id": key or secrets.token_hex(4), "kind": self.kind, **data}


def new_fields(ctx: Context, object: NewObject) -> dict[str, FilterField]:
    """What a step can give a new record, the firm's own fields included, as far as the actor's role shows it."""
    known = {field.key: field for field in Finder(ctx, catalog_of(object))}
    customs = [key for key in known if key.startswith(PREFIX)]
    return {key: known[key] for key in (*NEW_FIELDS[object], *customs) if key in known}


def initial_of(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A stored step, or what was chosen so far, as the form's values."""
    found = dict(given)
    if kind == "assign" and "assignee" not in found:
        if "member_id" in found:
            found["assignee"] = f"m{found['member_id']}"
        elif "rule_id" in found:
            found["assignee"] = f"r{found['rule_id']}"
    if kind == "create_record":
        found |= {NEW + key: value for key, value in found.get("values", {}).items()}
    test = found.get("test")
    if isinstance(test, dict):
        found["test"], found["filter"] = test["kind"], test.get("filter")
    return found
