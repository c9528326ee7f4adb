"""What a workflow's code holds in its hand.

The code runs from the top at every turn. A step that is in the journal answers at once with what it answered
then; the first one that is not is done now, or waited for. So code between steps must come to the same steps
every time: no clock, chance, files, sockets or queries outside ``step``.
"""

import random
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar, cast

from pydantic import BaseModel

from realtime.functions.call import call
from realtime.functions.encoding import encode_json
from realtime.functions.registry import Function, registry
from workflows import children, mailbox, outside
from workflows.activation import Activation, answer, later, plain
from workflows.hours import BusinessHours
from workflows.journal import MAX_STEP_BYTES, NUL, SKIPPED, Changed, Entry, digest, value_of
from workflows.registry import Action, Workflow
from workflows.retries import RetryPolicy
from workflows.signals import CancelRequested, ChildFailed, ContinueAsNew, OutcomeUnknown, StepFailed, Suspend
from workflows.slots import take_slot

R = TypeVar("R")
Args = Mapping[str, object] | BaseModel | None
MINUTE = timedelta(minutes=1)


class Step:
    """The durable operations of one run, or of one branch of it."""

    def __init__(self, turn: Activation, path: str = "", moment: datetime | None = None) -> None:
        self._turn = turn
        self._path = path
        self._number = -1
        self._draws = 0
        self._occurrences: dict[str, int] = {}
        self._moment = moment or turn.run.started_at

    @property
    def run_id(self) -> int:
        """The run's id, for ``send_event``."""
        return self._turn.run.id

    # -- steps on the database: exactly once ----------------------------------------------------------------

    def run_mutation(
        self,
        function: Function[..., R] | str,
        args: Args = None,
        *,
        run_after: timedelta | None = None,
        run_at: datetime | None = None,
        name: str = "",
        changed: Changed = "fail",
    ) -> R:
        """Call a mutation exactly once: it commits with its journal row. StepFailed if it refuses.

        ``changed`` says what happens to a run that did the step with other arguments than today's code gives it.
        """
        found: Function[..., R] = registry.get(function) if isinstance(function, str) else function
        entry = self._enter("mutation", name or found.name, args, changed)
        if not entry.is_over:
            moment = later(self._turn.clock, run_after, run_at)
            if moment is not None or entry.due_at is not None:
                self._turn.wait_until(entry, self._spread(moment or self._turn.clock.now()))
            self._call(entry, found)
        return cast(R, self._answer(entry, found.result_adapter.validate_json))

    def run_query(
        self,
        function: Function[..., R] | str,
        args: Args = None,
        *,
        name: str = "",
        changed: Changed = "fail",
    ) -> R:
        """Call a query; every replay sees the answer of the first time."""
        found: Function[..., R] = registry.get(function) if isinstance(function, str) else function
        entry = self._enter("query", name or found.name, args, changed)
        if not entry.is_over:
            if entry.due_at is not None:
                self._turn.wait_until(entry, entry.due_at)
            self._call(entry, found)
        return cast(R, self._answer(entry, found.result_adapter.validate_json))

    def _call(self, entry: Entry, function: Function[..., Any]) -> None:
        turn = self._turn
        if function.kind == "query":
            with turn.working():
                turn.unit.write_audit()
        turn.transact(entry, lambda: call(function, turn.context(entry), value_of(entry.args) or {}))

    # -- steps outside: at least once -----------------------------------------------------------------------

    def run_action(
        self,
        action: Action[..., R],
        args: Args = None,
        *,
        retry: RetryPolicy | None = None,
        timeout: timedelta = MINUTE,
        at_most_once: bool = False,
        name: str = "",
        changed: Literal["fail", "keep"] = "fail",
    ) -> R:
        """Act on the outside world. At least once, all attempts with one idempotency key; or at most once, and
        OutcomeUnknown if the worker died in it. StepFailed when the attempts are used up."""
        entry = self._enter("action", name or action.name, args, changed)
        if not entry.is_over:
            policy = RetryPolicy(attempts=1) if at_most_once else retry or RetryPolicy()
            outside.act(self._turn, entry, action, policy, timeout, at_most_once)
        lost = (entry.error or {}).get("code") == outside.LOST
        return cast(R, self._answer(entry, value_of, OutcomeUnknown if lost else StepFailed))

    # -- time -----------------------------------------------------------------------------------------------

    def sleep(self, length: timedelta, *, name: str = "sleep") -> None:
        """Wait for this long; a row waits, no process does. A length changed later holds for new waits only."""
        self._sleep(name, None, lambda: self._turn.clock.now() + length)

    def sleep_until(self, moment: datetime | BusinessHours, *, name: str = "sleep_until") -> datetime:
        """Wait until the moment, or until business hours begin; answers when it went on."""
        if isinstance(moment, BusinessHours):
            hours = moment
            return self._sleep(name, hours.as_json(), lambda: hours.next_open(self._turn.clock.now()))
        fixed = moment
        return self._sleep(name, None, lambda: fixed)

    def take_slot(
        self, resource: str, *, every: timedelta, burst: int = 1, name: str = "take_slot"
    ) -> datetime:
        """Wait for a turn at a resource that the tenant's runs share: turns are ``every`` apart, ``burst`` of them
        may come at once. Answers when it went on. ``resource`` names what is throttled, such as "mailbox/7"."""
        entry = self._enter("sleep", name, {"resource": resource})
        if not entry.is_over:
            self._turn.wait_until(entry, entry.due_at or self._place(resource, every, burst))
            self._turn.journal.finish(entry, None, self._turn.clock.now())
        self._answer(entry, value_of)
        assert entry.finished_at is not None
        return entry.finished_at

    def _place(self, resource: str, every: timedelta, burst: int) -> datetime:
        """Reserved in the transaction that notes it."""
        with self._turn.working():
            self._turn.unit.open()
            return take_slot(resource[:200], every, burst)

    def _sleep(self, name: str, args: Args, moment: Callable[[], datetime]) -> datetime:
        entry = self._enter("sleep", name, args)
        if not entry.is_over:
            self._turn.wait_until(entry, self._spread(moment()) if entry.due_at is None else entry.due_at)
            self._turn.journal.finish(entry, None, self._turn.clock.now())
        self._answer(entry, value_of)
        assert entry.finished_at is not None
        return entry.finished_at

    def _spread(self, moment: datetime) -> datetime:
        """The moment, later by the run's own share of the workflow's spread."""
        share: float = random.Random(f"{self._turn.schema}/{self.run_id}").random()  # noqa: S311  (to be repeated, not secret)
        return moment + self._turn.workflow.spread * share

    def now(self) -> datetime:
        """The time of the latest step before this point: the same at every replay."""
        return self._moment

    def random(self) -> random.Random:
        """A generator that gives the same numbers at every replay."""
        self._draws += 1
        turn = self._turn
        return random.Random(f"{turn.schema}/{self.run_id}/{turn.run.round}/{self._path}{self._draws}")  # noqa: S311  (to be repeated, not secret)

    def uuid(self) -> uuid.UUID:
        """A version 4 UUID that is the same at every replay."""
        return uuid.UUID(int=self.random().getrandbits(128), version=4)

    # -- others ---------------------------------------------------------------------------------------------

    def await_event(self, name: str, *, timeout: timedelta | None = None) -> dict[str, Any] | None:
        """The payload of the next event of that name, sent before or after; None when none came in time."""
        entry = self._enter("event", name, None)
        if not entry.is_over:
            mailbox.take_or_wait(self._turn, entry, timeout)
        found: dict[str, Any] | None = self._answer(entry, value_of)
        return found

    def run_workflow(self, workflow: Workflow[..., R], args: Args = None, *, name: str = "") -> R:
        """Run another workflow as a child and wait for its result; ChildFailed if it fails or is cancelled."""
        entry = self._enter("child", name or workflow.name, args)
        if not entry.is_over:
            children.start_or_wait(self._turn, entry, workflow.name)
        return cast(R, self._answer(entry, value_of, ChildFailed))

    def spawn(self, workflow: Workflow[..., Any], args: Args = None, *, key: str = "", name: str = "") -> int:
        """Start another workflow without waiting for it; returns its run's id. It is cancelled with this one."""
        entry = self._enter("spawn", name or workflow.name, args)
        if not entry.is_over:
            children.spawn(self._turn, entry, workflow.name, key)
        found: int = self._answer(entry, value_of)
        return found

    # -- branches -------------------------------------------------------------------------------------------

    def gather(self, *branches: Callable[["Step"], Any]) -> list[Any]:
        """Let branches wait side by side; their results in order, or the first one's error, once all are over.

        Steps themselves run one after the other: what goes on in parallel is the waiting.
        """
        self._occurrences["gather()"] = number = self._occurrences.get("gather()", 0) + 1
        position = self._next_position(f"gather()#{number}")
        self._turn.journal.reach_branches(position, len(branches))
        found = [self._branch(branch, position, number) for number, branch in enumerate(branches)]
        for signal in (CancelRequested, Suspend):
            if any(isinstance(outcome, signal) for _, outcome in found):
                self._turn.journal.refuse_later_than(position)
                raise signal
        self._moment = max([self._moment, *(step.now() for step, _ in found)])
        for _, outcome in found:
            if isinstance(outcome, BaseException):
                raise outcome
        return [outcome for _, outcome in found]

    def race(self, *branches: Callable[["Step"], Any]) -> tuple[int, Any]:
        """The number and result of the branch that is over first (its error, if it failed).

        What the others wait for is dropped; child runs that they wait for are cancelled.
        """
        wanted = self._wanted("race", "race", None)
        entry = self._turn.journal.reach(wanted)
        position = wanted.position
        if entry.is_over:
            winner = int(value_of(entry.result))
            step, outcome = self._branch(branches[winner], position, winner)
            self._drop_losers(position, winner, len(branches))
        else:
            winner, step, outcome = self._first(entry, branches)
        self._moment = max(self._moment, step.now())
        if isinstance(outcome, BaseException):
            raise outcome
        return winner, outcome

    def _first(self, entry: Entry, branches: tuple[Callable[["Step"], Any], ...]) -> tuple[int, "Step", Any]:
        waits = len(self._turn.waits)
        signals: list[BaseException] = []
        for number, branch in enumerate(branches):
            step, outcome = self._branch(branch, entry.position, number)
            if isinstance(outcome, CancelRequested | Suspend):
                signals.append(outcome)
                continue
            del self._turn.waits[waits:]
            entry.started_at = entry.started_at or self._turn.clock.now()
            self._turn.journal.finish(entry, number, self._turn.clock.now())
            self._drop_losers(entry.position, number, len(branches))
            return number, step, outcome
        self._turn.journal.refuse_later_than(entry.position)
        raise next((s for s in signals if isinstance(s, CancelRequested)), Suspend())

    def _branch(self, branch: Callable[["Step"], Any], position: str, number: int) -> tuple["Step", Any]:
        """Run one branch; its outcome is a result, an error, or the signal that it waits."""
        step = Step(self._turn, f"{position}/{number}/", self._moment)
        try:
            return step, branch(step)
        except (Exception, Suspend, CancelRequested) as outcome:  # noqa: BLE001  (raised again in the branches' order)
            return step, outcome

    def _drop_losers(self, position: str, winner: int, count: int) -> None:
        turn = self._turn
        for number in range(count):
            if number != winner:
                dropped = turn.journal.give_up(f"{position}/{number}/", turn.clock.now())
                children.cancel(turn, dropped)

    # -- the run itself -------------------------------------------------------------------------------------

    def patched(self, change: str) -> bool:
        """Whether the run goes the new way at a place where the code was changed: True for runs that come here
        after the change, False for those that had been past it."""
        if self._was_past(change):
            return False
        entry = self._enter("patch", change, None)
        if not entry.is_over:
            self._turn.journal.finish(entry, True, self._turn.clock.now())
        self._answer(entry, value_of)
        return True

    def _was_past(self, change: str) -> bool:
        """Whether the journal went on here without the change."""
        journal = self._turn.journal
        if journal.by_name:
            number = self._occurrences.get(change, 0) + 1
            return journal.peek(f"{self._path}{change}#{number}") is None and journal.has_more(self._path)
        found = journal.peek(f"{self._path}{self._number + 1}")
        return found is not None and (found.kind, found.name) != ("patch", change)

    def continue_as_new(self, args: Args = None) -> None:
        """Begin again with an empty journal and these arguments, under the newest version of the code."""
        raw = _json(args)
        if len(raw) > MAX_STEP_BYTES:
            raise ValueError("continue_as_new: arguments of more than 256 kB; store them and pass an id.")
        if NUL.search(raw):
            raise ValueError(
                "continue_as_new: an argument holds the character U+0000, which can't be stored."
            )
        raise ContinueAsNew(value_of(raw) or {})

    def set_status(self, text: str) -> None:
        """Say in a line, for people, how far the run is."""
        self._turn.note = plain(text)[:200]

    def on_cancel(self, clean_up: Callable[["Step"], Any]) -> None:
        """Do this, by durable steps, if the run is cancelled after this point; the latest one first."""
        self._turn.on_cancel.append(clean_up)

    # -- positions ------------------------------------------------------------------------------------------

    def _next_position(self, key: str) -> str:
        self._number += 1
        return f"{self._path}{key if self._turn.journal.by_name else self._number}"

    def _wanted(self, kind: str, name: str, args: Args) -> Entry:
        self._occurrences[name] = number = self._occurrences.get(name, 0) + 1
        raw = _json(args)
        key = f"{name}#{number}"
        return Entry(self._next_position(key), f"{self._path}{key}", kind, name, digest(name, raw), raw)

    def _enter(self, kind: str, name: str, args: Args, changed: Changed = "fail") -> Entry:
        wanted = self._wanted(kind, name, args)
        wanted.changed = changed
        entry = self._turn.reach(wanted)
        if entry.status == SKIPPED:
            raise self._turn.block(None)
        return entry

    def _answer(
        self, entry: Entry, read: Callable[[bytes], Any], failure: type[StepFailed] = StepFailed
    ) -> Any:
        if entry.finished_at is not None:
            self._moment = max(self._moment, entry.finished_at)
        return answer(entry, read, failure)


def _json(args: Args) -> bytes:
    return encode_json({} if args is None else args, sort_keys=True)
