"""Live regions of automations: the list, the builder, and what went through."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.automations.definition import ABOUT
from crm.automations.queries import get_automation, list_automation_runs, list_automations
from crm.automations.recipes import RECIPES
from crm.automations.routing import list_routing_rules
from crm.automations.secret import get_signing_state
from crm.web.automation_words import Words
from crm.web.forms.automation_steps import STEPS
from crm.web.forms.automations import TRIGGERS
from crm.web.forms.routing import KINDS
from crm.web.fragments.runs import STATUSES
from crm.web.pages import ask, trail_pages
from crm.web.run_words import is_refusal, note_in_words
from realtime.functions import Context, Cursor, Id
from realtime.live.fragments import fragment


@fragment("automations/table", template="automations/_table.html")
def table(ctx: Context, *, cursor: Cursor | None = None, trail: str = "") -> dict[str, Any]:
    """A page of the automations."""
    found = ask(ctx, list_automations, cursor=cursor)
    return {
        "rows": [{**row, **_labels(row["trigger"])} for row in found["data"]],
        "pages": trail_pages({"cursor": cursor}, found["next_cursor"], trail),
        "may_manage": scope_of(ctx).allows(Permission.AUTOMATION_MANAGE),
        "recipes": list(RECIPES.values()),
    }


def _labels(kind: str) -> dict[str, Any]:
    label, sign = TRIGGERS[kind]
    return {"trigger_label": label, "label": label, "icon": sign}


@fragment("automations/builder", template="automations/_builder.html")
def builder(ctx: Context, *, automation_id: Id) -> dict[str, Any]:
    """The draft: its trigger, its steps as cards, and what keeps it from being published."""
    row = ask(ctx, get_automation, automation_id=automation_id)
    words, wrong = Words(ctx, row["object"]), _by_step(row["step_problems"])
    definition = row["definition"]
    trigger = definition["trigger"]
    return {
        "row": row,
        "webhook": f"{settings.SITE_URL}{row['webhook_path']}" if row["webhook_path"] else "",
        "trigger": {"kind": trigger["kind"], **_labels(trigger["kind"]), "said": words.trigger(trigger)},
        "only_if": words.conditions(definition.get("only_if")),
        "steps": [words.card(step, wrong) for step in definition["steps"]],
        "whole": [found["detail"] for found in row["step_problems"] if not found["step"]],
        "kinds": [
            (word, *shown)
            for word, shown in STEPS.items()
            if row["object"] in ABOUT.get(word, (row["object"],))
        ],
        "is_clock": trigger["kind"] in ("schedule", "date_reached"),
        "takes_all": trigger["kind"] == "schedule" and not definition.get("only_if"),
        "triggers": [(word, label, sign) for word, (label, sign) in TRIGGERS.items()],
        "may_manage": scope_of(ctx).allows(Permission.AUTOMATION_MANAGE),
    }  # fmt: skip


def _by_step(found: Any) -> dict[str, list[str]]:
    """What is wrong, by the step's id."""
    steps: dict[str, list[str]] = {}
    for problem in found:
        steps.setdefault(problem["step"], []).append(problem["detail"])
    return steps


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
    if row["run_id"] is None:
        label, colour = _("Did not begin"), "warn"
    link = reverse("settings_run", args=[row["run_id"]]) if may_look and row["status"] else ""
    if row["status"] == "completed" and is_refusal(row["note"]):
        colour = "warn"
    note = note_in_words(row["note"])
    return {**row, "status_label": label, "colour": colour, "link": link, "note": note}


@fragment("automations/signing", template="automations/_signing.html")
def signing(ctx: Context) -> dict[str, Any]:
    """When the signing secret was renewed, and until when the former one signs, too."""
    return {"state": ask(ctx, get_signing_state)}


@fragment("automations/rules", template="automations/_rules.html")
def rules(ctx: Context) -> dict[str, Any]:
    """The rules by which work is given out, with how much each member was given."""
    labels = dict(KINDS)
    return {
        "rows": [{**row, "kind_label": labels[row["kind"]]} for row in ask(ctx, list_routing_rules)],
        "may_manage": scope_of(ctx).allows(Permission.AUTOMATION_MANAGE),
    }
