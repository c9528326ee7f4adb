"""Child runs: started in the parent's transaction, and back in it when they are over."""

from collections.abc import Iterable
from typing import Any

from workflows.activation import Activation
from workflows.crashes import reach
from workflows.journal import WAITING, Entry, value_of
from workflows.registry import get_workflow
from workflows.schedule import hint
from workflows.sql import fetch
from workflows.starting import insert, start

CHILDREN = "SELECT id, status, result, error FROM runs_run WHERE id = ANY(%s::bigint[])"


def start_or_wait(turn: Activation, entry: Entry, workflow: str) -> None:
    """Start the child; or take its result; or wait on. A child that ends makes its parent due."""
    with turn.working():
        turn.unit.open()
        if entry.child_id is None:
            entry.child_id = insert(get_workflow(workflow), value_of(entry.args), parent=turn.run.id)
            turn.journal.note(entry)
            hint()
            reach("child.started")
            if turn.isolated or turn.unit.is_old:  # many children are not started under one lock
                turn.commit_and_hold()
            raise turn.block(None)
        status, result, error = _outcome(turn, entry.child_id)
        now = turn.clock.now()
        if status == "completed":
            turn.journal.finish(entry, value_of(result), now)
        elif status in ("failed", "cancelled"):
            turn.journal.fail(
                entry, value_of(error) or {"code": status, "detail": f"The run was {status}."}, now
            )
        else:
            raise turn.block(None)


def _outcome(turn: Activation, child_id: int) -> tuple[Any, ...]:
    """The child's status, result and error; those of all children that are waited for are read together.

    They hold for the transaction, which has the run's due row locked: a child that ends meanwhile makes it due again.
    """
    if turn.unit.children is None:
        waiting = [
            entry.child_id
            for entry in turn.journal.entries.values()
            if entry.kind == "child" and entry.status == WAITING and entry.child_id
        ]
        turn.unit.children = {row[0]: row[1:] for row in fetch(CHILDREN, [waiting])}
    return turn.unit.children.get(child_id, ("failed", None, b'{"detail": "It was deleted."}'))


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
