"""Which subscriptions share one run.

A run's answer depends on its query, on the scope's shared key, and on the facets of the scope that the function
looked at while it ran. The first is known before, the facets only after. So a family (query, shared key)
remembers for each set of looked-at facets the runs by the facets' values: whoever has the same values would
have looked at the same facets and got the same answer.
"""

import asyncio
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from realtime.functions import Actor
from realtime.functions.context import Scope
from realtime.live.answers import LiveQuery
from realtime.live.versions import Version
from realtime.reads.readset import ReadSet

if TYPE_CHECKING:
    from realtime.live.sockets import Socket, Subscription

Pattern = frozenset[str]
Values = tuple[Hashable, ...]


@dataclass(eq=False)
class ScopeRun:
    """An actor's scope, kept right like any other answer; everything that the actor watches hangs on it."""

    actor: Actor
    scope: Scope | None = None
    sockets: "set[Socket]" = field(default_factory=set)
    timer: asyncio.TimerHandle | None = None


@dataclass(eq=False)
class Run:
    """One query kept right for everybody who shares its answer."""

    query: LiveQuery
    shared_key: Hashable
    pattern: Pattern
    values: Values
    version: Version
    subscriptions: "dict[Subscription, None]" = field(default_factory=dict)
    timer: asyncio.TimerHandle | None = None
    #: Monotonic time since which nobody has subscribed; kept for a while, for the next page may ask again.
    idle_since: float = 0.0
    #: Monotonic time of the step that ran it last.
    ran_at: float = 0.0
    #: Seconds that it took the last time.
    cost: float = 0.0
    #: Monotonic time before which it is not run again, as it costs too much.
    rests_until: float = 0.0
    #: For those who look on: how often it ran, how long that took in all (seconds), and what it read last.
    runs: int = 0
    seconds: float = 0.0
    read_set: ReadSet = field(default_factory=ReadSet)

    def note(self, read_set: ReadSet, seconds: float) -> None:
        """Take down one run."""
        self.runs += 1
        self.seconds += seconds
        self.read_set = read_set


def facets(actor: Actor, scope: Scope, pattern: Pattern) -> Values:
    """The values of the facets; "actor" is the actor itself."""
    return tuple(actor if name == "actor" else scope.facet(name) for name in sorted(pattern))


class Shares:
    """The runs of one room, found by what they depend on."""

    def __init__(self) -> None:
        self._families: dict[tuple[LiveQuery, Hashable], dict[Pattern, dict[Values, Run]]] = {}

    def find(self, query: LiveQuery, actor: Actor, scope: Scope) -> Run | None:
        """The run whose answer is this actor's too."""
        family = self._families.get((query, scope.shared_key()), {})
        for pattern, runs in family.items():
            run = runs.get(facets(actor, scope, pattern))
            if run is not None:
                return run
        return None

    def likely(self, query: LiveQuery, actor: Actor, scope: Scope) -> Hashable:
        """Equal for actors who will probably share a run, as far as earlier runs tell."""
        family = self._families.get((query, scope.shared_key()), {})
        pattern = frozenset[str]().union(*family)
        return (query, scope.shared_key(), facets(actor, scope, pattern))

    def add(self, run: Run) -> None:
        """Let the run be found."""
        family = self._families.setdefault((run.query, run.shared_key), {})
        family.setdefault(run.pattern, {})[run.values] = run

    def remove(self, run: Run) -> None:
        """Let it not be found any more."""
        family = self._families.get((run.query, run.shared_key), {})
        runs = family.get(run.pattern, {})
        if runs.get(run.values) is run:
            del runs[run.values]
            if not runs:
                del family[run.pattern]
            if not family:
                del self._families[run.query, run.shared_key]

    def __iter__(self) -> Iterator[Run]:
        for family in list(self._families.values()):
            for runs in list(family.values()):
                yield from list(runs.values())
