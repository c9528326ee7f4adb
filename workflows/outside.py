"""Actions: steps with an effect outside the database, made at least once with a key that never changes.

The start is committed before the call and the outcome after it, so a worker that dies between leaves a start
without an end. The next one makes the call again, with the same key; or, for an action that may run at most
once, tells the workflow that nobody knows.
"""

import contextvars
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from realtime.functions import FunctionError
from workflows.activation import Activation, error_of
from workflows.crashes import reach
from workflows.journal import STARTED, Entry
from workflows.registry import AnyAction, Outside
from workflows.retries import RetryPolicy
from workflows.signals import Apart, LostLease, NonRetryable
from workflows.sql import execute
from workflows.tracing import step_span

RENEW = """
    UPDATE workflows_due SET lease_until = clock_timestamp() + %s WHERE id = %s AND token = %s
"""
#: Error code of a start without an end.
LOST = "outcome_unknown"


class TimedOut(Exception):
    """The action took longer than it may; its thread is left behind, and its answer dropped."""


def act(
    turn: Activation, entry: Entry, action: AnyAction, policy: RetryPolicy, timeout: timedelta, once: bool
) -> None:
    """Make one attempt and note what came of it; raises Suspend when another one is due later."""
    if turn.shared:
        raise Apart
    if entry.status == STARTED and not _note_lost_start(turn, entry, policy, once):
        return
    if entry.due_at is not None and entry.due_at > turn.clock.now():
        raise turn.block(entry.due_at)
    _note_start(turn, entry)
    reach("action.started")
    outside = Outside(turn.schema, turn.run.id, turn.idempotency_key(entry), entry.attempts)
    try:
        with turn.working(), step_span(turn, entry):
            result = _call(turn, lambda: action.run(outside, entry.args), timeout)
    except Exception as error:  # noqa: BLE001  (what an action raises is its outcome)
        fault, is_final = error_of(error), isinstance(error, NonRetryable | FunctionError)
        _note_outcome(turn, entry, lambda: _note_fault(turn, entry, fault, policy, is_final))
    else:
        reach("action.answered")
        _note_outcome(turn, entry, lambda: turn.journal.finish(entry, result, turn.clock.now()))


def _note_lost_start(turn: Activation, entry: Entry, policy: RetryPolicy, once: bool) -> bool:
    """A worker died in this action; True if it may be tried again now."""
    error = {"code": LOST, "detail": "The worker that began this step ended before its answer.", "errors": []}
    with turn.working():
        turn.unit.open()
        if once or entry.attempts >= policy.attempts:
            turn.journal.fail(entry, error, turn.clock.now())
            return False
        turn.journal.failed_attempts.append((entry.position, entry.attempts, error, turn.clock.now()))
    return True


def _note_start(turn: Activation, entry: Entry) -> None:
    entry.status, entry.due_at, entry.error = STARTED, None, None
    entry.attempts += 1
    turn.journal.note(entry)
    with turn.working():
        turn.unit.open()
    reach("action.before_start")
    turn.commit_and_hold()


def _note_outcome(turn: Activation, entry: Entry, write: Callable[[], object]) -> None:
    with turn.working():
        turn.unit.open()
        reach("action.before_outcome")
        write()
    # What the world was told stands: a step that is refused after it undoes what is not committed.
    turn.commit_and_hold()


def _note_fault(
    turn: Activation, entry: Entry, error: dict[str, Any], policy: RetryPolicy, is_final: bool
) -> None:
    if is_final:
        turn.journal.fail(entry, error, turn.clock.now())
    elif turn.retry_later(entry, error, policy, counted=True):
        raise turn.block(entry.due_at)


def _call(turn: Activation, body: Callable[[], Any], timeout: timedelta) -> Any:
    """Run the body in a thread of its own, keep the lease meanwhile, and give up after the timeout."""
    box: dict[str, Any] = {}
    over = threading.Event()
    thread = threading.Thread(
        target=contextvars.copy_context().run, args=[_into, box, over, body], daemon=True, name="action"
    )
    thread.start()
    beat = settings.WORKFLOWS_LEASE_SECONDS / 3
    left = timeout.total_seconds()
    while not over.wait(min(beat, max(left, 0))):
        left -= beat
        if left <= 0:
            raise TimedOut(f"No answer within {timeout}.")
        _renew(turn)
    if "error" in box:
        raise box["error"]
    return box["result"]


def _into(box: dict[str, Any], over: threading.Event, body: Callable[[], Any]) -> None:
    try:
        box["result"] = body()
    except Exception as error:  # noqa: BLE001  (raised again by the thread that waits)
        box["error"] = error
    finally:
        connection.close()
        over.set()


def _renew(turn: Activation) -> None:
    """Hold on to the run; LostLease if it went to somebody else, whose call it is then."""
    lease = timedelta(seconds=settings.WORKFLOWS_LEASE_SECONDS)
    if not execute(RENEW, [lease, turn.unit.grip.due_id, turn.unit.grip.token]):
        raise LostLease
