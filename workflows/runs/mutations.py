"""Changing runs."""

from realtime.functions import Conflict, Context, Id, mutation
from workflows import control
from workflows.runs.schemas import Position, RunRef

MANAGE = "run.manage"


@mutation(permission=MANAGE)
def cancel_run(ctx: Context, *, run_id: Id) -> RunRef:
    """Cancel a run: no further step is done; clean-ups of its workflow are."""
    if not control.cancel(run_id):
        raise Conflict("The run is over already, or being cancelled.")
    ctx.audit("run", run_id, {"status": [None, "cancelling"]})
    return {"id": run_id}


@mutation(permission=MANAGE)
def pause_run(ctx: Context, *, run_id: Id) -> RunRef:
    """Let a run rest until it is resumed."""
    control.pause(run_id)
    ctx.audit("run", run_id, {"status": [None, "paused"]})
    return {"id": run_id}


@mutation(permission=MANAGE)
def resume_run(ctx: Context, *, run_id: Id) -> RunRef:
    """Let a paused run go on; what fell due meanwhile is done now."""
    control.resume(run_id)
    ctx.audit("run", run_id, {"status": ["paused", "running"]})
    return {"id": run_id}


@mutation(permission=MANAGE)
def retry_run(ctx: Context, *, run_id: Id, position: Position | None = None) -> RunRef:
    """Let a failed run go on from the step that failed, or from the step at a position."""
    control.retry_from(run_id, position)
    ctx.audit("run", run_id, {"status": ["failed", "running"]})
    return {"id": run_id}


@mutation(permission=MANAGE)
def fork_run(ctx: Context, *, run_id: Id, position: Position | None = None) -> RunRef:
    """Start a new run that has done what this one did before the step at a position."""
    forked = control.fork(run_id, position)
    ctx.audit("run", forked, {"forked_from": [None, run_id]})
    return {"id": forked}
