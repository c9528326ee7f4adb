"""One turn of a run: its code from the top, past what the journal holds, as far as it gets without waiting.

The engine part of a step is here; ``step.py`` is the face that workflow code sees.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from pydantic import ValidationError

from realtime.functions import Context, FunctionError
from realtime.functions.transactions import joining
from workflows.clock import Clock
from workflows.crashes import reach
from workflows.guards import DirectAccess
from workflows.journal import FAILED, Entry, Journal
from workflows.registry import AnyWorkflow
from workflows.retries import DATABASE_STEP, RetryPolicy
from workflows.signals import CancelRequested, Nondeterminism, Refused, Restart, StepFailed, Suspend, Wake
from workflows.sql import execute
from workflows.tracing import step_span
from workflows.unit import Unit, is_cut, restart_of
from workflows.writes import Batch, Grip

#: For so long after a failed step the workflow's steps have savepoints.
REFUSING_SECONDS = 60.0
_refusing: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as it was read at the start of the turn."""

    id: int
    workflow: str
    version: int
    code_hash: str
    args: bytes
    status: str
    generation: int
    round: int
    note: str
    parent_id: int | None
    error: dict[str, Any] | None
    started_at: datetime
    gate: str = ""


class Activation:
    """The state of one turn."""

    def __init__(
        self,
        schema: str,
        run: RunRow,
        workflow: AnyWorkflow,
        journal: Journal,
        clock: Clock,
        grip: Grip,
        *,
        batch: Batch | None = None,
        isolated: bool = False,
        careful: bool = False,
        read_only: bool = False,
    ) -> None:
        self.schema = schema
        self.run = run
        self.workflow = workflow
        self.journal = journal
        self.clock = clock
        self.unit = Unit(grip, journal, batch)
        #: Other runs share the transaction, so that nothing outside may be waited for.
        self.shared = batch is not None
        #: An earlier start did not end: one transaction a step, so that the culprit is found.
        self.isolated = isolated
        #: Each step has a savepoint; else one that fails undoes the transaction, and all is done again with care.
        self.careful = careful or isolated
        #: A check of the journal against the code: nothing new is done.
        self.read_only = read_only
        self.cancelling = run.status == "cancelling"
        self.waits: list[Wake] = []
        self.note = run.note
        self.on_cancel: list[Callable[[Any], object]] = []
        self._engine = False
        #: Whether it may have written something that is not committed.
        self.has_worked = False

    # -- what the code may not do ---------------------------------------------------------------------------

    @property
    def is_in_step(self) -> bool:
        """Whether the engine or a step is at work, not the workflow's own code."""
        return self._engine

    def refuse_sql(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Let SQL through from inside a step only."""
        if not self._engine:
            raise DirectAccess("Workflow code may not use the database: make it a step.")
        return execute(sql, params, many, context)

    @contextmanager
    def working(self) -> Iterator[None]:
        """The engine or a step is at work, not the workflow's code."""
        before, self._engine = self._engine, True
        self.has_worked = True
        try:
            yield
        finally:
            self._engine = before

    # -- entries --------------------------------------------------------------------------------------------

    def reach(self, wanted: Entry) -> Entry:
        """The journal's entry for a step that the code reached; in a run being cancelled new ones end the code."""
        found = self.journal.reach(wanted)
        if found.is_over:
            return found
        if self.read_only:
            raise Suspend
        if self.cancelling and not wanted.position.startswith("cancel/"):
            raise CancelRequested
        if found.started_at is None:
            found.started_at = self.clock.now()
        return found

    def block(self, wake: Wake) -> Suspend:
        """Note until when a step waits (None: for somebody else); raise the answer."""
        self.waits.append(wake)
        return Suspend()

    def wait_until(self, entry: Entry, moment: datetime) -> None:
        """Let the step go on only when its time has come; the first time given is the one that counts."""
        if entry.due_at is None:
            entry.due_at = moment
            self.journal.note(entry)
        if entry.due_at > self.clock.now():
            raise self.block(entry.due_at)

    # -- steps on the database ------------------------------------------------------------------------------

    def transact(self, entry: Entry, body: Callable[[], Any]) -> None:
        """Run a step on the database and note its end, in one transaction with its journal row."""
        with self.working(), step_span(self, entry):
            self.unit.open()
            try:
                result = self._joined(body)
                reach("step.body_done")
                self.journal.finish(entry, result, self.clock.now())
            except FunctionError as error:
                self.journal.fail(entry, error_of(error), self.clock.now())
            except Exception as error:  # noqa: BLE001  (what a step raises is its outcome)
                self._note_accident(entry, error)
            if self.isolated or self.unit.is_old:
                self.commit_and_hold()

    def _joined(self, body: Callable[[], Any]) -> Any:
        """Do a step as a part of the open transaction. A savepoint costs as much as a small step does, so steps
        have none until one of their workflow's fails."""
        if self.careful:
            return body()
        try:
            with joining(self.unit.audit):
                return body()
        except Exception as error:
            if again := restart_of(error):
                raise again from error
            _refusing[self.workflow.name] = time.monotonic()
            raise Refused(str(error)) from error

    def _note_accident(self, entry: Entry, error: Exception) -> None:
        """Something unforeseen: collisions and lost connections end the turn, the rest is tried a few times."""
        again = restart_of(error) or (Restart(str(error)) if is_cut(error) else None)
        if again is not None:
            raise again from error
        if self.retry_later(entry, error_of(error), DATABASE_STEP):
            assert entry.due_at is not None
            raise self.block(entry.due_at)

    def retry_later(
        self, entry: Entry, error: dict[str, Any], policy: RetryPolicy, *, counted: bool = False
    ) -> bool:
        """Note a failed attempt: True if another one is due later, False if the step has failed for good."""
        now = self.clock.now()
        entry.attempts += 0 if counted else 1
        if entry.attempts >= policy.attempts:
            self.journal.failed_attempts.append((entry.position, entry.attempts, error, now))
            self.journal.fail(entry, error, now)
            return False
        self.journal.postpone(entry, error, now, now + policy.pause(entry.attempts))
        return True

    def commit_and_hold(self) -> None:
        """Commit what is open and keep the run for the next step."""
        if self.unit.is_open and not self.shared:
            with self.working():
                self._write_note()
                self.unit.commit("hold", single=self.isolated)

    def _write_note(self) -> None:
        if self.note != self.run.note:
            execute("UPDATE runs_run SET note = %s WHERE id = %s", [self.note, self.run.id])

    def context(self, entry: Entry) -> Context:
        """The system's context in this tenant; the audit log names run and step."""
        make: Callable[..., Context] = import_string(settings.WORKFLOWS_CONTEXT)
        return make(self.schema, request_id=f"run-{self.run.id}-{entry.key}"[:64])

    def idempotency_key(self, entry: Entry) -> str:
        """Names the step over all attempts, workers and deploys."""
        return f"{self.schema}/{self.run.id}/{self.run.round}/{entry.key}"


def refuses(workflow: AnyWorkflow) -> bool:
    """Whether a step of such a run failed in this process lately, so that another one may, too."""
    return time.monotonic() - _refusing.get(workflow.name, -REFUSING_SECONDS) < REFUSING_SECONDS


def error_of(error: BaseException) -> dict[str, Any]:
    """An error as the journal keeps it."""
    if isinstance(error, FunctionError):
        return {"code": error.code, "detail": error.detail, "errors": error.errors}
    if isinstance(error, StepFailed):
        return {**error.error, "step": error.key}
    return {"code": type(error).__name__, "detail": plain(str(error))[:2000], "errors": []}


def plain(text: str) -> str:
    """A text from anywhere, without what can't be stored."""
    return text.replace("\0", "").encode(errors="replace").decode()


def answer(entry: Entry, read: Callable[[bytes], Any], failure: type[StepFailed] = StepFailed) -> Any:
    """What a step that is over gives to the code: its result, read from its JSON, or its error, raised."""
    if entry.status == FAILED:
        raise failure(entry.key, entry.error or {})
    try:
        return read(entry.result or b"null")
    except ValidationError as error:
        why = f"The result of {entry.key} can't be read by this code: {error}"
        raise Nondeterminism(entry.position, why[:2000], entry.side(), entry.side()) from None


def later(clock: Clock, delay: timedelta | None, moment: datetime | None) -> datetime | None:
    """The moment that run_after and run_at mean together."""
    if delay is not None and moment is not None:
        raise TypeError("Give run_after or run_at, not both.")
    return clock.now() + delay if delay is not None else moment
