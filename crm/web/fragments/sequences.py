"""Live regions of sequences: the list, the steps with their figures, who is in it, and a contact's panel."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.contacts.queries import get_contact
from crm.sequences.queries import (
    get_enrollment,
    get_sequence,
    list_enrollments,
    list_enrollments_of_contact,
    list_intakes,
    list_sequences,
)
from crm.sequences.schemas import EnrollmentState, SequenceState
from crm.web.choices import contact_stage_choices, deal_stage_choices
from crm.web.clock_words import length_in_words
from crm.web.forms.records import may
from crm.web.forms.sequences import STEPS
from crm.web.fragments.runs import STATUSES
from crm.web.pages import ask, trail_pages
from crm.web.run_words import REASONS
from realtime.functions import Context, Cursor, Id, translated
from realtime.live.fragments import fragment

#: States in words, with the badge's colour.
SEQUENCE_STATES = {
    "draft": (_("Draft"), ""),
    "active": (_("Active"), "good"),
    "paused": (_("Paused"), "warn"),
    "archived": (_("Archived"), ""),
}
ENROLLMENT_STATES = {
    "active": (_("Under way"), "accent"),
    "paused": (_("Paused"), "warn"),
    "finished": (_("Finished"), "good"),
    "stopped": (_("Stopped"), ""),
}
VISIT_STATES = {
    "here": (_("Here now"), "accent"),
    "sent": (_("Sent"), "good"),
    "done": (_("Done"), "good"),
    "skipped": (_("Skipped"), ""),
    "stopped": (_("Stopped here"), ""),
    "failed": (_("Failed"), "bad"),
}
#: Figures of a step, in the order of the page; the last ones only where there are any.
FIGURES = (
    ("here", _("here now")),
    ("sent", _("sent")),
    ("done", _("done")),
    ("opened", _("opened")),
    ("clicked", _("clicked")),
    ("replied", _("answered")),
    ("skipped", _("skipped")),
    ("stopped", _("stopped")),
    ("failed", _("failed")),
)
#: The latest intakes that a page shows.
MOST_INTAKES = 3
#: How long the page tells of one that is over.
INTAKES_TOLD = timedelta(days=1)


@fragment("sequences/table", template="sequences/_table.html")
def table(
    ctx: Context, *, state: SequenceState | None = None, cursor: Cursor | None = None, trail: str = ""
) -> dict[str, Any]:
    """A page of the sequences."""
    found = ask(ctx, list_sequences, state=state, cursor=cursor)
    return {
        "rows": [{**row, "shown": _shown(SEQUENCE_STATES, row["state"])} for row in found["data"]],
        "pages": trail_pages({"cursor": cursor, "state": state}, found["next_cursor"], trail),
        "state": state,
        "may_manage": scope_of(ctx).allows(Permission.SEQUENCE_MANAGE),
    }


@fragment("sequences/steps", template="sequences/_steps.html")
def steps(ctx: Context, *, sequence_id: Id) -> dict[str, Any]:
    """A sequence with its steps as cards, their figures, and what keeps it from being published."""
    row = ask(ctx, get_sequence, sequence_id=sequence_id)
    scope = scope_of(ctx)
    return {
        "row": row,
        "shown": _shown(SEQUENCE_STATES, row["state"]),
        "steps": [_card(step) for step in row["steps"]],
        "kinds": [(word, *shown) for word, shown in STEPS.items()],
        "rules": _rules(ctx, row),
        "may_manage": scope.allows(Permission.SEQUENCE_MANAGE),
        "may_enroll": scope.allows(Permission.SEQUENCE_ENROLL),
    }


def _card(step: dict[str, Any]) -> dict[str, Any]:
    label, sign = STEPS[step["kind"]]
    figures = step["figures"]
    return {
        **step,
        "label": label,
        "icon": sign,
        "said": said(step),
        "shown_figures": [(figures[name], text) for name, text in FIGURES if figures[name]],
    }


def said(step: dict[str, Any]) -> Any:
    """What a step does, in a few words."""
    params = step["params"]
    if step["kind"] == "wait":
        return wait_in_words(params)
    if step["kind"] == "email":
        return params.get("subject") or step.get("template_name") or _("Answers the email before")
    return params.get("title") or params.get("body")


def wait_in_words(params: dict[str, Any]) -> str:
    """How long a wait is."""
    parts = []
    if params.get("days"):
        parts.append(length_in_words(days=params["days"]))
    if params.get("hours"):
        parts.append(length_in_words(hours=params["hours"]))
    if params.get("until"):
        parts.append(str(_("until %(time)s") % {"time": params["until"]}))
    if params.get("business", True):
        parts.append(str(_("working time only")))
    return " · ".join(parts)


def _rules(ctx: Context, row: dict[str, Any]) -> list[str]:
    """What ends it, in words."""
    found = [str(_("an answer"))] if row["stop_on_reply"] else []
    if row["stop_on_contact_stages"]:
        names = dict(contact_stage_choices(ctx))
        found += [names[pk] for pk in row["stop_on_contact_stages"] if pk in names]
    if row["stop_on_deal_stages"]:
        offered = deal_stage_choices(ctx)
        flat = dict(
            pair for entry in offered for pair in (entry[1] if isinstance(entry[1], list) else [entry])
        )
        found += [flat[pk] for pk in row["stop_on_deal_stages"] if pk in flat]
    return [*found, str(_("unsubscribing")), str(_("the bin"))]


@fragment("sequences/enrollments", template="sequences/_enrollments.html")
def enrollments(
    ctx: Context,
    *,
    sequence_id: Id,
    state: EnrollmentState | None = None,
    cursor: Cursor | None = None,
    trail: str = "",
) -> dict[str, Any]:
    """The contacts who are or were in a sequence, and what is being enrolled by a filter."""
    found = ask(ctx, list_enrollments, sequence_id=sequence_id, state=state, cursor=cursor)
    intakes = (
        ask(ctx, list_intakes, sequence_id=sequence_id, limit=MOST_INTAKES)["data"] if not cursor else []
    )
    return {
        "rows": [enrollment_row(row) for row in found["data"]],
        "pages": trail_pages({"cursor": cursor, "state": state}, found["next_cursor"], trail),
        "state": state,
        "states": [(word, shown[0]) for word, shown in ENROLLMENT_STATES.items()],
        # What is over is told for a day.
        "intakes": [row for row in intakes if row["error"] or not _is_old(ctx, row["finished_at"])],
    }


def _is_old(ctx: Context, finished_at: datetime | None) -> bool:
    return finished_at is not None and finished_at < ctx.now - INTAKES_TOLD


def enrollment_row(row: dict[str, Any]) -> dict[str, Any]:
    """An enrollment as lists show it: a run that failed is what somebody has to look at."""
    is_stuck = row["run_status"] in ("failed", "blocked")
    return {
        **row,
        "shown": _shown(STATUSES, row["run_status"]) if is_stuck else _shown(ENROLLMENT_STATES, row["state"]),
        "reason": REASONS.get(row["stop_reason"], ""),
        "step": STEPS[row["step_kind"]] if row["step_kind"] else None,
        "run_link": reverse("settings_run", args=[row["run_id"]]) if row["run_status"] else "",
        "is_live": row["state"] in ("active", "paused"),
    }


@fragment("sequences/of_contact", template="sequences/_of_contact.html")
def of_contact(ctx: Context, *, contact_id: Id) -> dict[str, Any]:
    """Where a contact stands in sequences; nothing for those who may not see any."""
    scope = scope_of(ctx)
    if not scope.allows(Permission.SEQUENCE_VIEW):
        return {"rows": [], "is_hidden": True}
    contact = ask(ctx, get_contact, contact_id=contact_id)
    may_edit = not contact["archived_at"] and may(ctx, Permission.CONTACT_EDIT, contact)
    return {
        "contact_id": contact_id,
        "rows": [enrollment_row(row) for row in ask(ctx, list_enrollments_of_contact, contact_id=contact_id)],
        "may_enroll": may_edit and scope.allows(Permission.SEQUENCE_ENROLL),
    }


@fragment("sequences/enrollment", template="sequences/_enrollment.html")
def one_enrollment(ctx: Context, *, enrollment_id: Id) -> dict[str, Any]:
    """An enrollment, and what became of its steps."""
    row = ask(ctx, get_enrollment, enrollment_id=enrollment_id)
    visits = [
        {**visit, "label": STEPS[visit["kind"]][0], "icon": STEPS[visit["kind"]][1],
         "shown": _shown(VISIT_STATES, visit["state"]), "note": translated(visit["note"]) if visit["note"] else ""}
        for visit in row["visits"]
    ]  # fmt: skip
    may_change = scope_of(ctx).allows(Permission.SEQUENCE_ENROLL)
    return {"row": enrollment_row(row), "visits": visits, "may_change": may_change}


def _shown(words: Any, word: str) -> Any:
    """A state in words and its badge's colour."""
    return words[word]
