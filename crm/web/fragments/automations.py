"""Live regions of automations: the list, the builder, and what went through."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.automations.facts import MERGE_FIELDS
from crm.automations.queries import get_automation, list_automation_runs, list_automations
from crm.automations.routing import list_routing_rules
from crm.filters.catalogs import Finder, catalog_of
from crm.web.automations import NAMES
from crm.web.choices import deal_stage_choices, form_choices, member_choices, sequence_choices, team_choices
from crm.web.forms.automations import OBJECTS, STEPS, TRIGGERS
from crm.web.forms.conditions import sentences
from crm.web.fragments.runs import STATUSES
from crm.web.pages import ask, trail_pages
from realtime.functions import Context, Cursor, Id
from realtime.live.fragments import fragment

#: Steps that only some kinds of record know.
UNITS = (("days", "d"), ("hours", "h"), ("minutes", "min"))
ONLY = {
    "move_stage": ("deal",),
    "add_tag": ("contact", "deal", "task"),
    **dict.fromkeys(("claim_pool", "enroll", "unenroll"), ("contact", "deal", "task")),
}


@fragment("automations/table", template="automations/_table.html")
def table(ctx: Context, *, cursor: Cursor | None = None, trail: str = "") -> dict[str, Any]:
    """A page of the automations."""
    found = ask(ctx, list_automations, cursor=cursor)
    return {
        "rows": [{**row, **_labels(row["trigger"])} for row in found["data"]],
        "pages": trail_pages({"cursor": cursor}, found["next_cursor"], trail),
        "may_manage": scope_of(ctx).allows(Permission.AUTOMATION_MANAGE),
    }


def _labels(kind: str) -> dict[str, Any]:
    label, sign = TRIGGERS[kind]
    return {"trigger_label": label, "label": label, "icon": sign}


@fragment("automations/builder", template="automations/_builder.html")
def builder(ctx: Context, *, automation_id: Id) -> dict[str, Any]:
    """The draft: its trigger, its steps as cards, and what keeps it from being published."""
    row = ask(ctx, get_automation, automation_id=automation_id)
    words = Words(ctx, row["object"])
    definition = row["definition"]
    trigger = definition["trigger"]
    return {
        "row": row,
        "trigger": {"kind": trigger["kind"], **_labels(trigger["kind"]), "said": words.trigger(trigger)},
        "only_if": sentences(definition.get("only_if"), words.fields, words.names),
        "steps": [words.card(step) for step in definition["steps"]],
        "kinds": [(word, *shown) for word, shown in STEPS.items() if row["object"] in ONLY.get(word, (row["object"],))],
        "triggers": [(word, label, sign) for word, (label, sign) in TRIGGERS.items()],
        "may_manage": scope_of(ctx).allows(Permission.AUTOMATION_MANAGE),
        "places": [f"{{{noun}.{name}}}" for noun, names in MERGE_FIELDS.items() for name in names],
    }  # fmt: skip


@fragment("automations/runs", template="automations/_runs.html")
def runs(ctx: Context, *, automation_id: Id, cursor: Cursor | None = None, trail: str = "") -> dict[str, Any]:
    """The records that went through, the latest first."""
    found = ask(ctx, list_automation_runs, automation_id=automation_id, cursor=cursor)
    may_look = scope_of(ctx).allows(Permission.RUN_VIEW)
    return {
        "rows": [_run(row, may_look) for row in found["data"]],
        "pages": trail_pages({"cursor": cursor}, found["next_cursor"], trail),
    }


def _run(row: Any, may_look: bool) -> dict[str, Any]:
    label, colour = STATUSES[row["status"]] if row["status"] else ("", "")
    link = reverse("settings_run", args=[row["run_id"]]) if may_look and row["status"] else ""
    return {**row, "status_label": label, "colour": colour, "link": link}


class Words:
    """A definition in short sentences: names in place of ids, found by one query a kind."""

    def __init__(self, ctx: Context, object: str) -> None:
        self.fields = list(Finder(ctx, catalog_of(object)))
        self.names = {offer: find(ctx) for offer, find in NAMES.items()}
        self.labels = {field.key: str(field.label) for field in self.fields}
        self.members = dict(member_choices(ctx))
        self.stages = {pk: name for entry in deal_stage_choices(ctx)
                       for pk, name in (entry[1] if isinstance(entry[1], list) else [entry])}  # fmt: skip
        self.forms = dict(form_choices(ctx))
        self.teams: dict[Any, str] = dict(team_choices(ctx))
        self.sequences: dict[Any, str] = dict(sequence_choices(ctx))
        self.rules = {row["id"]: row["name"] for row in ask(ctx, list_routing_rules)}

    def trigger(self, trigger: dict[str, Any]) -> str:
        """What the trigger says beyond its kind."""
        parts = [str(dict(OBJECTS)[trigger["object"]])] if "object" in trigger else []
        if "field" in trigger:
            parts.append(self.labels.get(trigger["field"], trigger["field"]))
        if "after" in trigger:
            parts.append(f"→ {trigger['after']}")
        if "stage_id" in trigger:
            parts.append(self.stages.get(trigger["stage_id"], "–"))
        if trigger["kind"] == "form_sent":
            parts.append(self.forms.get(trigger.get("form_id")) or str(_("Any form")))
        if trigger["kind"] == "date_reached":
            parts.append(f"{trigger.get('days', 0):+d}" if trigger.get("days") else "")
            parts.append(trigger.get("at", ""))
        if "cron" in trigger:
            parts.append(trigger["cron"])
        return " · ".join(part for part in parts if part)

    def card(self, step: dict[str, Any]) -> dict[str, Any]:
        """A step as its card shows it, a branch with the cards of its ways."""
        label, sign = STEPS[step["kind"]]
        filter = step.get("filter") or step.get("test", {}).get("filter")
        found = {
            "id": step["id"], "kind": step["kind"], "label": label, "icon": sign, "said": self.step(step),
            "conditions": sentences(filter, self.fields, self.names),
            "replied": step.get("test", {}).get("kind") == "replied",
        }  # fmt: skip
        if step["kind"] == "branch":
            found["ways"] = [
                (way, [self.card(inner) for inner in step.get(way, [])]) for way in ("yes", "no")
            ]
        return found

    def step(self, step: dict[str, Any]) -> str:
        """What a step does, in a few words."""
        said: Callable[[], Any] | None = {
            "create_task": lambda: step["title"],
            "send_email": lambda: step["subject"],
            "notify": lambda: step["text"],
            "wait": lambda: self._length(step),
            "wait_for": lambda: f"≤ {step.get('days', 7)} d",
            "update_field": lambda: (
                f"{self.labels.get(step['field'], step['field'])} → {step.get('value', '–')}"
            ),
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
    def _length(step: dict[str, Any]) -> str:
        parts = [f"{step[name]} {unit}" for name, unit in UNITS if step.get(name)]
        return " ".join(parts) or "–"
