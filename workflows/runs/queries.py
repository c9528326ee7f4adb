"""Reading runs."""

from typing import Any, cast

from realtime.functions import Context, Cursor, Id, Limit, NotFound, Page, query, take_page
from workflows.runs.models import Attempt, Run, RunEvent, StepRun
from workflows.runs.schemas import RunRow, RunStatus, RunTimeline, WorkflowName

VIEW = "run.view"
ROW = (
    "id", "workflow", "version", "key", "status", "note", "subject", "subject_id", "parent_id", "created_at",
    "finished_at",
)  # fmt: skip
STEP = (
    "seq", "position", "key", "kind", "name", "args", "status", "attempts", "due_at", "started_at", "finished_at",
    "result", "error", "child_id",
)  # fmt: skip
#: The latest entries that a timeline shows.
TIMELINE = 500


@query(permission=VIEW)
def list_runs(
    ctx: Context,
    *,
    workflow: WorkflowName | None = None,
    status: RunStatus | None = None,
    subject: WorkflowName | None = None,
    subject_id: Id | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[RunRow]:
    """List workflow runs, the newest first; of one workflow, one status or about one record."""
    wanted = {"workflow": workflow, "status": status, "subject": subject, "subject_id": subject_id}
    found = Run.objects.filter(**{name: value for name, value in wanted.items() if value is not None})
    rows, next_cursor = take_page(
        found.values(*ROW), order=("-created_at", "-id"), cursor=cursor, limit=limit
    )
    return {"data": rows, "next_cursor": next_cursor}


@query(permission=VIEW)
def get_run(ctx: Context, *, run_id: Id) -> RunTimeline:
    """Read a run with its timeline: steps, failed attempts, events and children."""
    run: Any = Run.objects.filter(pk=run_id).values(*ROW, "args", "round", "result", "error").first()
    if run is None:
        raise NotFound("There is no run with this id.")
    steps = StepRun.objects.filter(run=run_id).order_by("-seq").values(*STEP)[:TIMELINE]
    attempts = Attempt.objects.filter(run=run_id).order_by("-at", "-id")
    events = RunEvent.objects.filter(run=run_id).order_by("-id")
    children = Run.objects.filter(parent=run_id).order_by("id").values_list("id", flat=True)
    found: Any = {
        **run,
        "steps": list(steps)[::-1],
        "attempts": list(attempts.values("position", "number", "error", "at")[:TIMELINE])[::-1],
        "events": list(events.values("id", "name", "payload", "created_at", "taken_at")[:TIMELINE])[::-1],
        "children": list(children[:TIMELINE]),
    }
    return cast("RunTimeline", found)
