"""Live regions of workflow runs."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.web.pages import ask, trail_pages
from crm.web.run_words import built_by, cards_of, is_refusal, note_in_words, told
from crm.web.subjects import subject_link, subject_names
from crm.web.words import function_label, workflow_label
from realtime.functions import Context, Cursor, Id, translated
from realtime.live.fragments import fragment
from workflows.runs.queries import get_run, list_runs
from workflows.runs.schemas import RunStatus, WorkflowName

#: A status in words, with the badge's colour.
STATUSES = {
    "running": (_("Running"), "accent"),
    "waiting": (_("Waiting"), ""),
    "paused": (_("Resting"), "warn"),
    "cancelling": (_("Being cancelled"), "warn"),
    "blocked": (_("Blocked"), "bad"),
    "completed": (_("Completed"), "good"),
    "failed": (_("Failed"), "bad"),
    "cancelled": (_("Cancelled"), ""),
}
#: A step's kind in words, with its icon.
KINDS = {
    "mutation": (_("Change"), "pencil"),
    "query": (_("Look-up"), "search"),
    "action": (_("Outside"), "send"),
    "sleep": (_("Wait"), "clock"),
    "event": (_("Wait for an event"), "bell"),
    "child": (_("Workflow"), "corner-down-left"),
    "spawn": (_("Start a workflow"), "corner-down-left"),
    "race": (_("Race"), "zap"),
    "patch": (_("Version mark"), "tag"),
}
STEP_STATES = {
    "waiting": (_("Waiting"), ""),
    "started": (_("Under way"), "accent"),
    "done": (_("Done"), ""),
    "failed": (_("Failed"), "bad"),
    "skipped": (_("Not needed"), ""),
}
OPEN = ("running", "waiting", "paused", "blocked")


@fragment("runs/table", template="settings/_runs.html")
def run_table(
    ctx: Context,
    *,
    status: RunStatus | None = None,
    workflow: WorkflowName | None = None,
    cursor: Cursor | None = None,
    trail: str = "",
) -> dict[str, Any]:
    """A page of the runs."""
    found = ask(ctx, list_runs, status=status, workflow=workflow, cursor=cursor)
    address = {"status": status, "workflow": workflow, "cursor": cursor}
    return {
        "rows": _rows(ctx, found["data"]),
        "pages": trail_pages(address, found["next_cursor"], trail),
        "is_filtered": bool(status or workflow),
    }


@fragment("runs/run", template="settings/_run.html")
def run(ctx: Context, *, run_id: Id) -> dict[str, Any]:
    """One run: how it stands, what may be done about it, and its timeline."""
    found = ask(ctx, get_run, run_id=run_id)
    return {
        "run": _rows(ctx, [found])[0],
        "args": _written(found["args"]),
        "result": _written(found["result"]),
        "failure": _failure(found["error"]),
        "entries": told(_entries(found), cards_of(ctx, found)),
        "children": found["children"],
        "events": [{**event, "payload": _written(event["payload"])} for event in found["events"]],
        "may_manage": scope_of(ctx).allows(Permission.RUN_MANAGE),
        "is_open": found["status"] in OPEN,
    }


def _rows(ctx: Context, rows: list[Any]) -> list[dict[str, Any]]:
    names = subject_names(ctx, [(row["subject"], row["subject_id"]) for row in rows])
    builders = built_by(ctx, rows)
    return [
        {**_row(row, *builders.get(row["id"], ("", ""))), "about": names.get((row["subject"], row["subject_id"]), "")}
        for row in rows
    ]  # fmt: skip


def _row(row: Any, built: str, built_link: str) -> dict[str, Any]:
    label, colour = STATUSES[row["status"]]
    return {
        **row,
        "label": built or workflow_label(row["workflow"]),
        "kind": workflow_label(row["workflow"]) if built else "",
        "built_link": built_link,
        "note": note_in_words(row["note"]),
        "status_label": label,
        "colour": "warn" if row["status"] == "completed" and is_refusal(row["note"]) else colour,
        "link": subject_link(row["subject"], row["subject_id"]),
    }


def _entries(found: Any) -> list[dict[str, Any]]:
    """The steps in the order in which they were reached, each with its attempts that failed."""
    attempts: dict[str, list[Any]] = {}
    for attempt in found["attempts"]:
        attempts.setdefault(attempt["position"], []).append({**attempt, "error": _failure(attempt["error"])})
    return [_entry(step, attempts.get(step["position"], [])) for step in found["steps"]]


def _entry(step: Any, attempts: list[Any]) -> dict[str, Any]:
    kind, sign = KINDS.get(step["kind"], (step["kind"], "circle"))
    state, colour = STEP_STATES[step["status"]]
    return {
        **step,
        "title": function_label(step["name"].partition("/")[0]) if step["name"] else kind,
        "kind_label": kind,
        "icon": sign,
        "state": state,
        "colour": colour,
        "depth": step["position"].count("/") // 2,
        "args": _written(step.get("args")),
        "result": _written(step["result"]),
        "found": step["result"],
        "is_lookup": False,
        "failure": _failure(step["error"]),
        "tries": attempts,
        "moment": step["finished_at"] or step["started_at"],
        "is_waiting": step["status"] == "waiting",
    }


def _failure(error: Any) -> str:
    """An error's sentence; what it holds besides is in the REST answer."""
    if not error:
        return ""
    return translated(
        str(error.get("detail") or error.get("message") or error.get("code") or _written(error))
    )


def _written(value: Any) -> str:
    """A value as indented JSON; nothing for one that says nothing."""
    return "" if value in (None, {}, [], "") else json.dumps(value, indent=2, ensure_ascii=False)
