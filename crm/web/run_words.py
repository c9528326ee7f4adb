"""Runs of automations and sequences in the words of whoever built them: names in lists, cards in timelines."""

import re
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.automations.definition import object_of, read
from crm.automations.models import AutomationRun, AutomationVersion
from crm.sequences.models import Enrollment
from crm.web.automation_words import Words
from crm.web.forms.automation_steps import STEPS
from realtime.functions import Context, translated

AUTOMATIONS, ENROLLMENTS = "automations.", "sequences.enrollment"
#: How a contact's way through a sequence ended.
REASONS = {
    "replied": gettext_lazy("The contact answered"),
    "unsubscribed": gettext_lazy("Wants no emails"),
    "stage": gettext_lazy("Came to a stage"),
    "binned": gettext_lazy("Moved to the bin"),
    "by_hand": gettext_lazy("Taken out by hand"),
    "automation": gettext_lazy("Taken out by an automation"),
    "sequence": gettext_lazy("The sequence was archived"),
}
OUTCOMES = {**REASONS, "finished": gettext_lazy("Finished"), "stopped": gettext_lazy("Stopped")}
#: What wakes a contact in a sequence before its time.
STIR = "stir"
#: What a run's steps look up before they do something: nobody built these.
LOOKUPS = ("plan", "facts")
_REFUSED = re.compile(r"^([a-z_]+) was refused: (.*)$", re.DOTALL)
_KEPT_OPEN = ("waiting", "failed")


def built_by(ctx: Context, rows: Iterable[Any]) -> dict[int, tuple[str, str]]:
    """What each run of an automation or a sequence goes through: run id -> name and address."""
    scope, ids = scope_of(ctx), {"automation": list[int](), "sequence": list[int]()}
    for row in rows:
        if row["workflow"].startswith(AUTOMATIONS):
            ids["automation"].append(row["id"])
        elif row["workflow"] == ENROLLMENTS:
            ids["sequence"].append(row["id"])
    found: dict[int, tuple[str, str]] = {}
    if ids["automation"] and scope.allows(Permission.AUTOMATION_VIEW):
        runs = AutomationRun.objects.filter(run_id__in=ids["automation"])
        for run_id, pk, name in runs.values_list("run_id", "automation_id", "automation__name"):
            found[run_id or 0] = (name, reverse("automation", args=[pk]))
    if ids["sequence"] and scope.allows(Permission.SEQUENCE_VIEW):
        ways = Enrollment.objects.filter(run_id__in=ids["sequence"])
        for way_id, pk, name in ways.values_list("run_id", "sequence_id", "sequence__name"):
            found[way_id or 0] = (name, reverse("sequence", args=[pk]))
    return found


def note_in_words(note: str) -> str:
    """A run's note for people: a refusal by the step's name, in the reader's language."""
    refused = _REFUSED.match(note)
    if refused is None or refused[1] not in STEPS:
        return str(OUTCOMES[note]) if note in OUTCOMES else translated(note)
    return _("“%(step)s” was refused: %(why)s") % {
        "step": STEPS[refused[1]][0], "why": translated(refused[2]),
    }  # fmt: skip


def is_refusal(note: str) -> bool:
    """Whether the note says that a step was refused."""
    return _REFUSED.match(note) is not None


def cards_of(ctx: Context, run: Any) -> dict[str, dict[str, Any]]:
    """The cards of the version that an automation's run follows, by the step's id; nothing for other runs."""
    version_id = (run["args"] or {}).get("version_id") if run["workflow"].startswith(AUTOMATIONS) else None
    if version_id is None or not scope_of(ctx).allows(Permission.AUTOMATION_VIEW):
        return {}
    stored = AutomationVersion.objects.filter(pk=version_id).values_list("definition", flat=True).first()
    if stored is None:
        return {}
    words = Words(ctx, object_of(read(stored).trigger))
    return {card["id"]: card for card in _flat([words.card(step, {}) for step in stored["steps"]])}


def _flat(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        one for card in cards for one in (card, *_flat([c for _w, way in card.get("ways", []) for c in way]))
    ]


def told(entries: list[dict[str, Any]], cards: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """A timeline's entries by what was built: look-ups are marked, a wait for conditions is one entry."""
    for entry in entries:
        if entry["name"] == STIR:
            entry |= {"title": _("Wait"), "kind_label": _("or until something changes for the contact")}
    if not cards:
        return entries
    for entry in entries:
        kind, _slash, rest = entry["name"].partition("/")
        card = cards.get(rest.partition("/")[0])
        entry["is_lookup"] = kind in LOOKUPS and entry["status"] not in _KEPT_OPEN
        if card is not None:
            entry |= {"title": card["label"], "kind_label": _said(card), "icon": card["icon"]}
            entry["answer"] = _answer(entry)
    _join_waits(entries)
    return entries


def _said(card: dict[str, Any]) -> str:
    """What the card says below its label."""
    asked = _("the contact has answered") if card["replied"] else ", ".join(card["conditions"])
    return " · ".join(part for part in (card["said"], asked) if part)


def _answer(entry: dict[str, Any]) -> str:
    """Which way a branch went, or whether a wait's conditions hold."""
    if entry["kind"] != "query" or entry["status"] != "done":
        return ""
    found = entry["found"] or {}
    holds = found.get("matches", found.get("replied"))
    return "" if holds is None else _("Yes") if holds else _("No")


def _join_waits(entries: list[dict[str, Any]]) -> None:
    """A wait for conditions looks again and again: the last look stands for it, with what it waits for."""
    latest: dict[str, dict[str, Any]] = {}
    last: dict[str, Any] | None = None
    for entry in entries:
        if entry["name"].startswith("wait_for/"):
            if entry["name"] in latest:
                latest[entry["name"]]["is_lookup"] = True
            latest[entry["name"]] = last = entry
        elif entry["name"] == "changed" and last is not None:
            entry["is_lookup"] = True
            if entry["status"] == "waiting":
                last |= {name: entry[name] for name in ("status", "state", "colour", "due_at", "is_waiting")}
                last["answer"] = ""
