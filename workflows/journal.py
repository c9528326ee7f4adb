"""A run's journal in memory: what was reached before, compared with what the code does now, and what is new."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import orjson

from realtime.functions.encoding import encode_json
from workflows.signals import Nondeterminism, TooLarge, Unstorable

#: Block the run; go on with what the step answered; do it once more with the new arguments.
Changed = Literal["fail", "keep", "rerun"]
WAITING, STARTED, DONE, FAILED, SKIPPED = "waiting", "started", "done", "failed", "skipped"
MAX_STEP_BYTES = 256 * 1024
MAX_RUN_BYTES = 8 * 1024 * 1024
MAX_ENTRIES = 5_000
#: What to do about more steps than that.
PORTIONS = "give portions to child runs with step.run_workflow(), or go on with step.continue_as_new()"
#: As long as their columns are.
MAX_NAME, MAX_KEY, MAX_POSITION = 120, 160, 80
#: In JSON: the one character that PostgreSQL stores in no text.
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


@dataclass(slots=True)
class Entry:
    """One step's row. ``result`` and ``args`` are JSON; ``error`` is what a FunctionError or exception said."""

    position: str
    key: str
    kind: str
    name: str
    args_hash: str
    args: bytes = b"null"
    status: str = WAITING
    seq: int = 0
    attempts: int = 0
    due_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    result: bytes | None = None
    error: dict[str, Any] | None = None
    child_id: int | None = None
    #: What to do when the code comes with other arguments than the journal holds; see ``Changed``.
    changed: Changed = "fail"

    @property
    def is_over(self) -> bool:
        """Whether the code gets an answer without waiting."""
        return self.status in (DONE, FAILED)

    def side(self) -> dict[str, Any]:
        """What the report of a mismatch shows."""
        return {"kind": self.kind, "name": self.name, "key": self.key, "args_hash": self.args_hash}


def digest(name: str, args: bytes) -> str:
    """By which a step with other arguments is told from the same one."""
    return hashlib.blake2b(name.encode() + b"\0" + args, digest_size=16).hexdigest()


def branch_of(position: str) -> tuple[str, int]:
    """The path of the branch that a position lies in, and its number there; -1 for one that goes by its name."""
    path, slash, last = position.rpartition("/")
    return path + slash, int(last) if last.isdigit() else -1


@dataclass(slots=True)
class Journal:
    """The entries of one run by position.

    Strictly, steps stand where they are reached, and code that comes to others parts from the journal. ``by_name``
    a step's position is its name and occurrence: others may come and go around it, in any order.
    """

    by_name: bool = False
    entries: dict[str, Entry] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    changed: dict[str, Entry] = field(default_factory=dict)
    failed_attempts: list[tuple[str, int, dict[str, Any], datetime]] = field(default_factory=list)
    next_seq: int = 0
    size: int = 0
    _last: dict[str, int] = field(default_factory=dict)
    _given_up: list[str] = field(default_factory=list)
    _other_ways: bool = False

    @classmethod
    def of(cls, rows: Iterable[Entry], *, by_name: bool = False) -> "Journal":
        """The journal with these stored entries."""
        journal = cls(by_name)
        for entry in rows:
            journal._keep(entry)
            journal.unread.add(entry.position)
            journal.next_seq = max(journal.next_seq, entry.seq + 1)
            journal.size += len(entry.result or b"")
        return journal

    def _keep(self, entry: Entry) -> None:
        self.entries[entry.position] = entry
        path, number = branch_of(entry.position)
        if self.by_name == (number >= 0):
            self._other_ways = True
        elif number >= 0:
            self._last[path] = max(number, self._last.get(path, -1))

    def has_more(self, path: str) -> bool:
        """Whether the journal holds something of a branch that the code has not reached yet."""
        return any(position.startswith(path) for position in self.unread)

    def peek(self, position: str) -> Entry | None:
        """The entry at a position, without taking it as read."""
        return self.entries.get(position)

    def reach(self, wanted: Entry) -> Entry:
        """The stored entry of a step that the code reaches, or the wanted one as a new entry.

        Nondeterminism if the journal says that another step stood there.
        """
        if self._other_ways:  # a workflow that begins or ceases to go by name needs a new version
            raise Nondeterminism(
                wanted.position, "The journal was kept with another replay.", None, wanted.side()
            )
        found = self.entries.get(wanted.position)
        path, number = branch_of(wanted.position)
        if wanted.kind != "race" and f"{wanted.position}/0/" in self._last:
            raise Nondeterminism(wanted.position, "The journal has branches here.", None, wanted.side())
        if found is None:
            self._refuse_later(wanted, path, number)
            self._refuse_growth(wanted)
            return wanted
        self._compare(found, wanted)
        if found.args_hash != wanted.args_hash and wanted.changed == "rerun":
            self._begin_anew(found, wanted)
        if not found.is_over and wanted.changed != "rerun":
            self._refuse_later(wanted, path, number)
        self.unread.discard(found.position)
        return found

    def reach_branches(self, position: str, count: int) -> None:
        """The code starts branches here; Nondeterminism if a single step or more branches stood there.

        ValueError, before the first one begins, if there are too many for one run.
        """
        found = self.entries.get(position)
        if found is not None and found.kind != "race":
            raise Nondeterminism(position, "The code has branches here.", found.side(), {"branches": count})
        if f"{position}/{count}/" in self._last:
            raise Nondeterminism(position, "The journal has more branches here.", None, {"branches": count})
        # Only where the code is ahead of its journal: what it went through once, it goes through again.
        if self.next_seq + count > MAX_ENTRIES and not self.unread:
            why = f"{count:,} branches are too many for a run that has {self.next_seq:,}"
            raise ValueError(f"{why} of at most {MAX_ENTRIES:,} steps behind it: {PORTIONS}.")

    def refuse_later_than(self, position: str) -> None:
        """Nondeterminism if the journal went on behind branches that the code still waits for."""
        path, number = branch_of(position)
        if self._last.get(path, -1) > number:
            raise Nondeterminism(
                position, "The code waits in branches that the journal had left.", None, None
            )

    def _compare(self, found: Entry, wanted: Entry) -> None:
        for name in ("kind", "name", "key", "args_hash"):
            if name == "args_hash" and wanted.changed != "fail":
                continue
            if getattr(found, name) != getattr(wanted, name):
                what = "arguments" if name == "args_hash" else name
                why = f"The step at {wanted.position} differs in its {what}."
                raise Nondeterminism(wanted.position, why, found.side(), wanted.side())

    def _begin_anew(self, found: Entry, wanted: Entry) -> None:
        """The step is done again at once; what it wrote the first time stays. One that waits goes on waiting."""
        found.args, found.args_hash = wanted.args, wanted.args_hash
        if found.is_over:
            found.status, found.attempts, found.due_at = WAITING, 0, None
            found.result, found.error, found.finished_at = None, None, None

    def _refuse_later(self, wanted: Entry, path: str, number: int) -> None:
        if self._last.get(path, -1) > number:
            later = next(
                e
                for e in self.entries.values()
                if branch_of(e.position) > (path, number) and branch_of(e.position)[0] == path
            )
            why = f"The code waits at {wanted.position}, but the journal went on to {later.position}."
            raise Nondeterminism(wanted.position, why, later.side(), wanted.side())

    def _refuse_growth(self, wanted: Entry) -> None:
        if self.next_seq >= MAX_ENTRIES:
            raise ValueError(f"More than {MAX_ENTRIES:,} steps: {PORTIONS}.")
        if len(wanted.args) > MAX_STEP_BYTES:
            raise ValueError(f"{wanted.key}: arguments of more than 256 kB; store them and pass an id.")
        if len(wanted.name) > MAX_NAME or len(wanted.key) > MAX_KEY or len(wanted.position) > MAX_POSITION:
            raise ValueError(f"{wanted.key[:MAX_KEY]}: too long a name, or branches in too many branches.")
        if NUL.search(wanted.args):
            raise ValueError(f"{wanted.key}: an argument holds the character U+0000, which can't be stored.")

    def note(self, entry: Entry) -> None:
        """Write the entry with the next commit."""
        if entry.position not in self.entries:
            entry.seq = self.next_seq
            self.next_seq += 1
            self._keep(entry)
        self.changed[entry.position] = entry

    def finish(self, entry: Entry, result: Any, now: datetime) -> bytes:
        """Note a step's result; its JSON is what the code gets, now as at every replay."""
        raw = storable(entry.key, result)
        self.size += len(raw)
        if self.size > MAX_RUN_BYTES:
            raise TooLarge(f"{entry.key}: results of more than 8 MB in all; store them, return ids.")
        entry.status, entry.result, entry.error, entry.finished_at = DONE, raw, None, now
        self.note(entry)
        return raw

    def fail(self, entry: Entry, error: dict[str, Any], now: datetime) -> None:
        """Note that a step ended with an error."""
        entry.status, entry.error, entry.finished_at = FAILED, error, now
        self.note(entry)

    def postpone(self, entry: Entry, error: dict[str, Any], now: datetime, due_at: datetime) -> None:
        """Note a failed attempt and when the next one is due."""
        self.failed_attempts.append((entry.position, entry.attempts, error, now))
        entry.status, entry.error, entry.due_at = WAITING, error, due_at
        self.note(entry)

    def give_up(self, path: str, now: datetime) -> list[int]:
        """A branch lost a race: skip what waits in it; returns the child runs that were waited for."""
        self._given_up.append(path)
        children = []
        for entry in self._below(path):
            if not entry.is_over and entry.status != SKIPPED:
                entry.status, entry.finished_at = SKIPPED, now
                self.note(entry)
                if entry.kind == "child" and entry.child_id:
                    children.append(entry.child_id)
        return children

    def _below(self, path: str) -> Iterator[Entry]:
        return (entry for entry in self.entries.values() if entry.position.startswith(path))

    def refuse_leftovers(self) -> None:
        """Nondeterminism if the code returned without having reached everything that the journal holds."""
        if self.by_name:
            return
        skipped = (*self._given_up, "cancel/")
        left = sorted(
            (self.entries[p] for p in self.unread if not p.startswith(skipped)), key=lambda entry: entry.seq
        )
        if left:
            why = f"The code returned without reaching {left[0].key}."
            raise Nondeterminism(left[0].position, why, left[0].side(), None)

    def take_changes(self) -> list[Entry]:
        """The entries to write, in their order, once."""
        found = sorted(self.changed.values(), key=lambda entry: entry.seq)
        self.changed = {}
        return found


def storable(whose: str, result: Any) -> bytes:
    """A result as JSON that the journal takes; Unstorable if there is none."""
    try:
        raw = encode_json(result)
    except TypeError as error:
        raise Unstorable(f"{whose}: a result that is no JSON ({error}).") from None
    if NUL.search(raw):
        raise Unstorable(f"{whose}: a result with the character U+0000, which can't be stored.")
    if len(raw) > MAX_STEP_BYTES:
        raise TooLarge(f"{whose}: a result of more than 256 kB; store it, return an id.")
    return raw


def value_of(raw: bytes | str | None) -> Any:
    """The Python value of stored JSON."""
    return None if raw is None else orjson.loads(raw)
