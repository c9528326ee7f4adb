"""Definitions in short sentences: names in place of ids, found by one query a kind."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.automations.creating import name_of
from crm.automations.definition import STEP, CreateRecord
from crm.automations.routing import list_routing_rules
from crm.filters.catalogs import Finder, catalog_of
from crm.filters.fields import FilterField
from crm.web import choices
from crm.web.clock_words import clock_in_words, length_in_words
from crm.web.field_choices import OPERATORS, PERIOD_WORDS, comparison_word, names_of, options_of
from crm.web.forms.automation_steps import STEPS
from crm.web.forms.automations import OBJECTS, TRIGGERS
from crm.web.forms.filter_input import FILTER
from crm.web.pages import ask
from realtime.functions import Context


class Words:
    """How parts of a definition about one kind of record are said."""

    def __init__(self, ctx: Context, object: str) -> None:
        self.ctx, self.object = ctx, object
        self.fields = {field.key: field for field in Finder(ctx, catalog_of(object))}
        self.labels = {key: str(field.label) for key, field in self.fields.items()}
        self._options: dict[str, dict[str, str]] = {}
        self.members = dict(choices.member_choices(ctx))
        self.stages = {pk: name for entry in choices.deal_stage_choices(ctx)
                       for pk, name in (entry[1] if isinstance(entry[1], list) else [entry])}  # fmt: skip
        self.forms = dict(choices.form_choices(ctx))
        self.teams: dict[Any, str] = dict(choices.team_choices(ctx))
        self.sequences: dict[Any, str] = dict(choices.sequence_choices(ctx))
        self.rules = {row["id"]: row["name"] for row in ask(ctx, list_routing_rules)}

    # -- conditions -----------------------------------------------------------------------------------------

    def conditions(self, filter: Any) -> list[str]:
        """A stored filter as sentences, all of which must hold."""
        if not filter:
            return []
        names = names_of(self.ctx, catalog_of(self.object), FILTER.validate_python(filter))
        if "all" in filter:
            return [self._said(part, names) for part in filter["all"]]
        return [self._said(filter, names)]

    def _said(self, node: dict[str, Any], names: dict[str, dict[int, str]]) -> str:
        if "field" in node:
            return self._condition(node, names)
        word = _(" and ") if "all" in node else _(" or ")
        parts = [self._said(part, names) for part in node.get("all", node.get("any", []))]
        return parts[0] if len(parts) == 1 else f"({word.join(parts)})"

    def _condition(self, node: dict[str, Any], names: dict[str, dict[int, str]]) -> str:
        field = self.fields.get(node["field"])
        label = self.labels.get(node["field"], _("a field that you do not see"))
        value = "" if field is None else self._value(field, node.get("value"), names.get(node["field"], {}))
        return f"{label} {OPERATORS[node['op']]} {value}".strip()

    def _value(self, field: FilterField, value: Any, names: dict[int, str]) -> str:
        if value is None:
            return ""
        if isinstance(value, dict):
            units = {"day": _("days"), "week": _("weeks"), "month": _("months"), "year": _("years")}
            return f"{value['count']} {units[value.get('unit', 'day')]}"
        listed = value if isinstance(value, list) else [value]
        return ", ".join(self.value_of(field, one, names) for one in listed)

    def value_of(self, field: FilterField, value: Any, names: dict[int, str] | None = None) -> str:
        """A field's value by its name."""
        if isinstance(value, bool):
            return str(_("Yes") if value else _("No"))
        known = self._options.get(field.key)
        if known is None:
            known = {str(key): str(label) for key, label in options_of(self.ctx, field)[1]}
            self._options[field.key] = known
        if names and value in names:
            return names[value]
        return known.get(str(value), str(PERIOD_WORDS.get(str(value), value)))

    # -- trigger and steps ----------------------------------------------------------------------------------

    def trigger(self, trigger: dict[str, Any]) -> str:
        """What the trigger says beyond its kind."""
        parts = [str(dict(OBJECTS)[trigger["object"]])] if "object" in trigger else []
        if "field" in trigger:
            parts.append(self.labels.get(trigger["field"], trigger["field"]) + self._change(trigger))
        if "stage_id" in trigger:
            parts.append(self.stages.get(trigger["stage_id"], "–"))
        if trigger["kind"] == "form_sent":
            parts.append(self.forms.get(trigger.get("form_id")) or str(_("Any form")))
        if trigger["kind"] == "date_reached":
            parts.append(self._days_off(trigger.get("days", 0)))
            parts.append(trigger.get("at", "09:00"))
        if "cron" in trigger:
            parts.append(clock_in_words(trigger["cron"]))
        return " · ".join(part for part in parts if part)

    @staticmethod
    def _days_off(days: int) -> str:
        """How far before or after its date it comes."""
        if not days:
            return str(_("on the day"))
        text = (
            ngettext("%(count)s day before", "%(count)s days before", -days)
            if days < 0
            else ngettext("%(count)s day after", "%(count)s days after", days)
        )
        return text % {"count": abs(days)}

    def _change(self, trigger: dict[str, Any]) -> str:
        """From what to what."""
        field = self.fields.get(trigger["field"])
        if field is None or trigger["kind"] != "record_changed":
            return ""
        before, after = (
            self._side(field, trigger, "was", "before"),
            self._side(field, trigger, "becomes", "after"),
        )
        return f": {before or '…'} → {after or '…'}" if before or after else ""

    def _side(self, field: FilterField, trigger: dict[str, Any], how: str, name: str) -> str:
        value = self.value_of(field, trigger[name]) if name in trigger else ""
        word = "" if trigger.get(how, "is") == "is" else comparison_word(field, trigger[how])
        return f"{word} {value}".strip()

    def difference(self, found: Any) -> dict[str, Any]:
        """What differs between two versions, in words."""
        words = {"added": _("Added"), "removed": _("Removed"), "changed": _("Changed"), "moved": _("Moved")}
        colours = {"added": "good", "removed": "bad", "changed": "accent", "moved": ""}
        part = found["after"] or found["before"]
        said = [self._part(found["step"], found[side]) for side in ("before", "after")]
        is_change = found["what"] == "changed"
        return {
            "word": words[found["what"]], "colour": colours[found["what"]], "label": self._label(found["step"], part),
            "before": said[0] if is_change or found["what"] == "removed" else "",
            "after": said[1] if found["what"] != "removed" else "",
        }  # fmt: skip

    def _label(self, key: str, part: dict[str, Any]) -> str:
        if key == "only_if":
            return str(_("Conditions"))
        return str((TRIGGERS if key == "trigger" else STEPS)[part["kind"]][0])

    def _part(self, key: str, part: dict[str, Any] | None) -> str:
        if part is None:
            return ""
        if key == "only_if":
            return ", ".join(self.conditions(part))
        if key == "trigger":
            return self.trigger(part)
        filter = part.get("filter") or part.get("test", {}).get("filter")
        return ", ".join(filter_ for filter_ in (self.step(part), *self.conditions(filter)) if filter_)

    def card(self, step: dict[str, Any], wrong: dict[str, list[str]]) -> dict[str, Any]:
        """A step as its card shows it, a branch with the cards of its ways."""
        label, sign = STEPS[step["kind"]]
        filter = step.get("filter") or step.get("test", {}).get("filter")
        found = {
            "id": step["id"], "kind": step["kind"], "label": label, "icon": sign, "said": self.step(step),
            "conditions": self.conditions(filter),
            "wrong": wrong.get(step["id"], []),
            "replied": step.get("test", {}).get("kind") == "replied",
        }  # fmt: skip
        if step["kind"] == "branch":
            found["ways"] = [
                (way, [self.card(inner, wrong) for inner in step.get(way, [])]) for way in ("yes", "no")
            ]
        return found

    def step(self, step: dict[str, Any]) -> str:
        """What a step does, in a few words."""
        said: Callable[[], Any] | None = {
            "create_task": lambda: step["title"],
            "create_record": lambda: self._new(step),
            "send_email": lambda: step["subject"],
            "notify": lambda: step["text"],
            "wait": lambda: self._length(step),
            "wait_for": lambda: (
                _("at most %(length)s") % {"length": length_in_words(days=step.get("days", 7))}
            ),
            "update_field": lambda: self._setting(step),
            "move_stage": lambda: self.stages.get(step["stage_id"], "–"),
            "assign": lambda: (
                self.members.get(step.get("member_id")) or self.rules.get(step.get("rule_id"), "–")
            ),
            "claim_pool": lambda: self.teams.get(step.get("team_id"), _("Everybody")),
            "enroll": lambda: self.sequences.get(step["sequence_id"], "–"),
            "unenroll": lambda: self.sequences.get(step.get("sequence_id"), _("All of them")),
            "add_tag": lambda: step["tag"],
            "add_note": lambda: step["body"],
            "call_webhook": lambda: step["url"],
        }.get(step["kind"])
        return str(said()) if said else ""

    @staticmethod
    def _new(step: dict[str, Any]) -> str:
        node = STEP.validate_python(step)
        return (
            f"{dict(OBJECTS)[step.get('object', 'deal')]}: {name_of(node)}"
            if isinstance(node, CreateRecord)
            else ""
        )

    def _setting(self, step: dict[str, Any]) -> str:
        field, value = self.fields.get(step["field"]), step.get("value")
        said = "–" if value is None else str(value) if field is None else self.value_of(field, value)
        return f"{self.labels.get(step['field'], step['field'])} → {said}"

    @staticmethod
    def _length(step: dict[str, Any]) -> str:
        length = {unit: step.get(unit, 0) for unit in ("days", "hours", "minutes")}
        parts = [length_in_words(**length)] if any(length.values()) else []
        parts += [_("until working hours")] if step.get("business_hours") else []
        return " · ".join(parts) or "–"
