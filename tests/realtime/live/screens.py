"""A screen that comes back by itself, and what it may show: one of the states that fresh queries had."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

from accounts.tenancy import tenant_context
from realtime.functions import FunctionError
from realtime.functions.call import call
from realtime.functions.encoding import encode_json
from realtime.live.answers import error_of
from tests.cast import Person
from tests.processes import PATIENCE
from tests.realtime.live.client import LiveClient

State = dict[str, Any]
Queries = dict[str, tuple[str, dict[str, Any]]]


def answers_of(person: Person, queries: Queries) -> State:
    """What fresh queries say to the person now."""
    with tenant_context(person.schema):
        return {name: answer_of(person, *query) for name, query in queries.items()}


def answer_of(person: Person, function: str, args: dict[str, Any]) -> Any:
    """One fresh answer, as the client would have it."""
    try:
        found = call(function, person.context(), args)
    except FunctionError as error:
        found = error_of(error)
    return orjson.loads(encode_json(found))


@dataclass
class Screen:
    """A client's screen. It connects to any of the addresses, again and again, and keeps what it has."""

    person: Person
    key: str
    addresses: Sequence[str]
    queries: Queries
    states: list[State]
    at: int = 0
    checked: int = 0
    connections: int = 0
    unchanged: int = 0
    faults: list[str] = field(default_factory=list)
    client: LiveClient | None = None

    def keep(self) -> None:
        """Connect if there is no connection; check what has come."""
        client = self.client
        if client is not None:
            self.check(client)
        if client is None or client.close_code is not None or not client.is_reading:
            self.connect()

    def connect(self) -> None:
        """Come back with the answers and hashes at hand."""
        before = self.client
        self.connections += 1
        with suppress(OSError, AssertionError, TimeoutError, Exception):
            address = self.addresses[self.connections % len(self.addresses)]
            place = before.place if before is not None and before.transitions else None
            client = LiveClient(address, key=self.key, patches=True, came_with=place, open_timeout=10)
            if before is not None:
                client.answers.update(before.answers)
                client.hashes.update(before.hashes)
            asked = [
                {"id": name, "function": function, "args": args, "hash": client.hashes.get(name, "")}
                for name, (function, args) in self.queries.items()
            ]
            client.on_change = self._count
            client.send(type="subscribe", queries=asked)
            self.client, self.checked = client, 0

    def _count(self, _id: str, change: dict[str, Any]) -> None:
        self.unchanged += bool(change.get("unchanged"))

    def check(self, client: LiveClient) -> None:
        """Each transition brings the screen to one of the states, none earlier than the one before."""
        while self.checked < len(client.folded):
            seen = client.folded[self.checked]
            self.checked += 1
            if len(seen) < len(self.queries):
                continue
            found = next((n for n in range(self.at, len(self.states)) if self.states[n] == seen), None)
            if found is None:
                wrong = {name for name in seen if seen[name] != self.states[-1].get(name)}
                self.faults.append(
                    f"{self.person.name} after state {self.at} saw a state that never was: {wrong}"
                )
                return
            self.at = found

    @property
    def is_right(self) -> bool:
        """Whether it shows the last state, on a connection that lives."""
        client = self.client
        return client is not None and client.close_code is None and client.answers == self.states[-1]


def until_right(screens: Sequence[Screen], seconds: float = PATIENCE) -> float:
    """Wait until all screens show the last state; the seconds that it took."""
    began = time.monotonic()
    while True:
        for screen in screens:
            screen.keep()
        if all(screen.is_right for screen in screens):
            return time.monotonic() - began
        assert time.monotonic() - began < seconds, [s.person.name for s in screens if not s.is_right]
        time.sleep(0.02)


def retried(work: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What the work returns once it no longer fails."""
    end = time.monotonic() + seconds
    while True:
        try:
            return work()
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
