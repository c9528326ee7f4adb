"""Forms about automations: what they are called and what starts them. Steps: ``automation_steps``."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.automations.changed import BLANK, comparisons_of
from crm.automations.definition import TRIGGERS_ABOUT
from crm.automations.recipes import RECIPES
from crm.filters.catalogs import Finder, catalog_of
from crm.filters.fields import Kind
from crm.web.choices import Choices, deal_stage_choices, form_choices, id_field, with_blank
from crm.web.clock_words import RHYTHMS, WEEKDAYS, cron_of_rhythm, rhythm_of
from crm.web.field_choices import comparison_word
from crm.web.forms.filter_input import FilterField
from crm.web.forms.values import shown_value, stored_value, value_field
from realtime.functions import Context

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
#: What a member may need to know before choosing a trigger.
ABOUT_TRIGGERS: dict[str, Any] = {
    "record_created": _(
        "Also when it was imported, or came in by a form or a program. What is there already does not count."
    ),
    "record_changed": _("No matter who changes it: another program or a bulk change, too."),
    "stage_entered": _("When a deal is moved there, and when it begins there."),
    "date_reached": _("Looked at once a day. A day that an outage passed over is made up for."),
    "schedule": _("At each of these times it starts for every record that the conditions choose."),
    "webhook": _("After the first save this page shows the address that the other program posts to."),
    "form_sent": _("It starts for the contact who sent the form."),
    "by_hand": _("On this page, by a program, or for records that you choose."),
}


class AutomationForm(forms.Form):
    """What it is called."""

    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(label=_("Description"), max_length=400, required=False)


class NewAutomationForm(AutomationForm):
    """What it is called, and what it begins with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        recipes = [(recipe.key, recipe.name) for recipe in RECIPES.values()]
        triggers = [(f"on:{word}", label) for word, (label, _icon) in TRIGGERS.items()]
        self.fields["begin"] = forms.ChoiceField(
            label=_("Starts when"), choices=[(_("Nothing prepared"), triggers), (_("Ready to use"), recipes)]
        )
        self.order_fields(["begin", "name", "description"])


class TriggerForm(forms.Form):
    """What starts it, and which records it takes. ``given`` is what was chosen so far."""

    def __init__(self, ctx: Context, kind: str, given: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(data, initial=dict(given))
        self.ctx, self.kind = ctx, kind
        objects = TRIGGERS_ABOUT[kind]
        wanted = given.get("object")
        self.object = wanted if wanted in objects else objects[0]
        self.finder = {
            field.key: field for field in Finder(ctx, catalog_of(self.object)) if not field.through
        }
        self.chosen = self.finder.get(str(given.get("field") or ""))
        if len(objects) > 1:
            self.fields["object"] = forms.ChoiceField(
                label=_("Kind of record"), choices=[pair for pair in OBJECTS if pair[0] in objects],
                widget=forms.Select({"data-anew": "field,before,was,after,becomes,only_if"}),
            )  # fmt: skip
        getattr(self, f"_{kind}", lambda: None)()
        nothing = str(_("Every record is taken."))
        self.fields["only_if"] = FilterField(_("Only if"), ctx, self.object, nothing)

    def _record_changed(self) -> None:
        fields = [(key, str(field.label)) for key, field in self.finder.items()]
        self.fields["field"] = forms.ChoiceField(
            label=_("Field"), choices=[("", _("Any field")), *fields], required=False,
            widget=forms.Select({"data-anew": "before,was,after,becomes"}),
        )  # fmt: skip
        if self.chosen is None:
            return
        sides = (
            ("was", "before", _("The value before"), _("Old value")),
            ("becomes", "after", _("The value after"), _("New value")),
        )
        for how, name, label, value in sides:
            offered = with_blank(_("does not matter"), self.comparisons())
            self.fields[how] = forms.ChoiceField(label=label, choices=offered, required=False)
            self.fields[name] = value_field(self.ctx, self.chosen, value, _("Choose…"))
            self.initial[name] = shown_value(self.chosen, self.initial.get(name))
            if self.initial[name] not in (None, ""):
                self.initial.setdefault(how, "is")

    def comparisons(self) -> Choices:
        """By what the field's old and new value can be asked for, in words."""
        field = self.chosen
        found = () if field is None else comparisons_of(self.object, field)
        return [(how, comparison_word(field, how)) for how in found]

    def _stage_entered(self) -> None:
        self.fields["stage_id"] = forms.TypedChoiceField(
            label=_("Stage"), choices=deal_stage_choices(self.ctx), coerce=int
        )

    def _form_sent(self) -> None:
        self.fields["form_id"] = id_field(_("Form"), with_blank(_("Any form"), form_choices(self.ctx)))

    def _date_reached(self) -> None:
        self.fields["field"] = forms.ChoiceField(label=_("Date"), choices=self.dates())
        self.fields["days"] = forms.IntegerField(
            label=_("Days after"), min_value=-3650, max_value=3650, initial=0,
            help_text=_("0 is the day itself, -3 three days before."),
        )  # fmt: skip
        self.fields["at"] = forms.TimeField(
            label=_("At"), initial="09:00", widget=forms.TimeInput({"type": "time"})
        )

    def dates(self) -> Choices:
        """The record's dates."""
        wanted = (Kind.DATE, Kind.MOMENT)
        return [(key, str(field.label)) for key, field in self.finder.items() if field.kind in wanted]

    def _schedule(self) -> None:
        for name, value in rhythm_of(str(self.initial.get("cron", "0 9 * * mon"))).items():
            self.initial.setdefault(name, value)
        often = self.data.get("often") or self.initial["often"]
        self.fields["often"] = forms.ChoiceField(
            label=_("How often"), choices=RHYTHMS, widget=forms.Select({"data-anew": "weekdays,day,at,cron"})
        )
        if often == "weekly":
            self.fields["weekdays"] = forms.MultipleChoiceField(
                label=_("On these days"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple
            )
        if often == "monthly":
            self.fields["day"] = forms.IntegerField(
                label=_("Day of the month"), min_value=1, max_value=31,
                help_text=_("A month without this day is passed over."),
            )  # fmt: skip
        if often == "other":
            self.fields["cron"] = forms.CharField(
                label=_("Times"), max_length=120,
                help_text=_("Minute, hour, day, month and weekday: 0 9 1 jan,jul * is the first of January and July."),
            )  # fmt: skip
        else:
            self.fields["at"] = forms.TimeField(label=_("At"), widget=forms.TimeInput({"type": "time"}))

    @property
    def plain_fields(self) -> list[Any]:
        """The fields beside the conditions."""
        return [bound for bound in self if not isinstance(bound.field, FilterField)]

    @property
    def filter_fields(self) -> list[Any]:
        """The conditions."""
        return [bound for bound in self if isinstance(bound.field, FilterField)]

    def trigger(self) -> dict[str, Any]:
        """The trigger, for the function."""
        names = ("object", "field", "was", "becomes", "stage_id", "form_id")
        sent = {name: self.cleaned_data.get(name) for name in names}
        found: dict[str, Any] = {name: value for name, value in sent.items() if value not in (None, "")}
        for how, name in (("was", "before"), ("becomes", "after")):
            value = stored_value(self.chosen, self.cleaned_data.get(name))
            if value is not None and found.get(how) not in BLANK:
                found[name] = value
        if "often" in self.fields:
            found["cron"] = cron_of_rhythm(self.cleaned_data)
        elif "at" in self.fields:
            found["at"] = self.cleaned_data["at"].strftime("%H:%M")
            found["days"] = self.cleaned_data["days"]
        return {"kind": self.kind, **found}
