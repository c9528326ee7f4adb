"""Child runs: started in the parent's transaction, and back in it when they are over."""

from collections.abc import Iterable

from workflows.activation import Activation
from workflows.crashes import reach
from workflows.journal import Entry, value_of
from workflows.registry import get_workflow
from workflows.schedule import hint
from workflows.sql import fetch_one
from workflows.starting import insert, start


def start_or_wait(turn: Activation, entry: Entry, workflow: str) -> None:
    """Start the child; or take its result; or wait on. A child that ends makes its parent due."""
    with turn.working():
        turn.unit.open()
        if entry.child_id is None:
            entry.child_id = insert(get_workflow(workflow), value_of(entry.args), parent=turn.run.id)
            turn.journal.note(entry)
            hint()
            reach("child.started")
            raise turn.block(None)
        found = fetch_one("SELECT status, result, error FROM runs_run WHERE id = %s", [entry.child_id])
        status, result, error = found or ("failed", None, b'{"detail": "It was deleted."}')
        now = turn.clock.now()
        if status == "completed":
            turn.journal.finish(entry, value_of(result), now)
        elif status in ("failed", "cancelled"):
            turn.journal.fail(
                entry, value_of(error) or {"code": status, "detail": f"The run was {status}."}, now
            )
        else:
            raise turn.block(None)


def spawn(turn: Activation, entry: Entry, workflow: str, key: str) -> None:
    """Start a run that nobody waits for."""
    found = get_workflow(workflow)

    def begin() -> int:
        if key:
            return start(found, value_of(entry.args), key=key)
        run_id = insert(found, value_of(entry.args), parent=turn.run.id)
        assert run_id is not None
        entry.child_id = run_id
        hint()
        return run_id

    turn.transact(entry, begin)


def cancel(turn: Activation, run_ids: Iterable[int]) -> None:
    """Cancel child runs, in the turn's transaction."""
    from workflows import control

    found = list(run_ids)
    if found:
        with turn.working():
            turn.unit.open()
            for run_id in found:
                control.cancel(run_id, missing_ok=True)
