"""One step of a room: run again, at one snapshot, whatever is due, and find a run for whoever has none.

Nothing becomes visible to sockets before ``publish``: until then new answers and new places wait here, so a
socket never sends a mixture of two snapshots.
"""

import asyncio
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from realtime import metrics
from realtime.changes.change import Change
from realtime.changes.net import net_changes
from realtime.functions import Actor, Unauthenticated
from realtime.functions.context import Scope
from realtime.live.answers import Answer, FoundScope, answer_query, resolve_scope
from realtime.live.followers import Watcher
from realtime.live.readers import Session
from realtime.live.shares import Pattern, Run, ScopeRun, Values, facets
from realtime.live.sockets import Subscription
from realtime.live.versions import Version

if TYPE_CHECKING:
    from realtime.live.room import Room


#: Seconds from which on a query is costly; how long it rests then, in times of its own cost, and at most.
COSTLY, RESTS, MOST_REST = 0.25, 3.0, 5.0


class Step:
    """What a room does between two positions."""

    def __init__(self, room: "Room") -> None:
        self.room = room
        self.due, room.due = room.due, set()
        self.joining, room.joining = room.joining, []
        self.barriers, room.barriers = room.barriers, []
        self._scopes: dict[ScopeRun, Scope] = {}
        self._versions: dict[Run, Version] = {}
        self._places: dict[Subscription, Run] = {}
        self._refused: list[tuple[ScopeRun, Unauthenticated]] = []
        #: Runs that were given up for new ones, and their subscriptions.
        self._given_up: list[Run] = []
        self._moved: list[Subscription] = []
        self._began_at = asyncio.get_running_loop().time()

    def give_back(self) -> None:
        """Undo the taking, after a step that failed."""
        self.room.due |= self.due
        self.room.joining[:0] = self.joining
        self.room.barriers[:0] = self.barriers

    def touch(self, changes: Iterable[Change]) -> None:
        """Make due what the changes can alter.

        What changes of a row come to counts for answers, which are all of the room's position. Who only watches has
        looked at a moment of their own, and so may an answer have looked at the public schema: for those each counts.
        """
        found = list(changes)
        net = net_changes(change for change in found if change.schema == self.room.schema)
        for change in (*net, *(change for change in found if change.schema != self.room.schema)):
            self.due |= self.room.index.match(change)
        if self.room.watchers and len(net) < len(found):
            self.due |= {
                run for change in found for run in self.room.index.match(change) if isinstance(run, Watcher)
            }
        for run in [run for run in self.due if isinstance(run, Run) and not run.subscriptions]:
            self.due.discard(run)
            self.room.drop(run)

    def postpone_costly(self) -> None:
        """Leave out the runs that have not rested yet; whoever watches them hears nothing until they are done."""
        now = asyncio.get_running_loop().time()
        for run in [run for run in self.due if isinstance(run, Run) and run.rests_until > now]:
            self.due.discard(run)
            self.room.postpone(run)

    @property
    def has_work(self) -> bool:
        """Whether there is anything to run."""
        return bool(self.joining or any(not isinstance(run, Watcher) for run in self.due))

    async def run(self, session: Session) -> None:
        """Scopes first, then the answers that are due, then those that somebody waits for."""
        moved = await self._resolve_scopes(session)
        waiting = moved + await self._renew(session, set(moved))
        await self._place(session, waiting + self.joining)

    def publish(self) -> None:
        """Make all of it visible at once."""
        for scope_run, scope in self._scopes.items():
            scope_run.scope = scope
        for run, version in self._versions.items():
            self.room.catch_up(run)
            if version.hash == run.version.hash:
                metrics.unchanged.inc()
            else:
                version.follow(run.version)
                run.version = version
                for subscription in run.subscriptions:
                    subscription.socket.mark(subscription)
        for subscription, run in self._places.items():
            if subscription.is_open:
                self.room.attach(subscription, run)
        for run in self._given_up:
            self.room.drop(run)
        for refused, refusal in self._refused:
            for socket in list(refused.sockets):
                self.room.expel(socket, refusal)
        for socket, id in self.barriers:
            socket.acknowledge(id)
        for watcher in self.due:
            if isinstance(watcher, Watcher):
                watcher.wake()

    async def _resolve_scopes(self, session: Session) -> list[Subscription]:
        """Resolve the due scopes; returns the subscriptions that must move to another run."""
        scopes = [run for run in self.due if isinstance(run, ScopeRun) and run.sockets]
        schema = self.room.schema
        found = await session.run_all([partial(resolve_scope, schema, run.actor) for run in scopes])
        moved = [run for run, result in zip(scopes, found, strict=True) if self._rescope(run, result)]
        sockets = (socket for run in moved for socket in run.sockets)
        return [mark for socket in sockets for mark in socket.subscriptions.values() if mark.run is not None]

    def _rescope(self, run: ScopeRun, found: FoundScope) -> bool:
        """Take in a resolved scope; whether its subscriptions must move."""
        if not run.sockets:
            return False
        self.room.watch(run, found.read_set, found.expires_at)
        if found.scope is None:
            self._refused.append((run, found.refusal or Unauthenticated()))
            return False
        self._scopes[run] = found.scope
        return run.scope is not None and run.scope != found.scope

    async def _renew(self, session: Session, moved: set[Subscription]) -> list[Subscription]:
        """Run the due answers again; returns the subscriptions that no longer share them."""
        pairs: list[tuple[Run, Asker]] = []
        for run in self.due:
            if isinstance(run, Run):
                stayed = (
                    asker for mark in run.subscriptions if mark not in moved and (asker := self._asker(mark))
                )
                asker = next(stayed, None)
                if asker is None:
                    self.room.drop(run)
                else:
                    pairs.append((run, asker))
        answers = await session.run_all([self._body(asker) for _, asker in pairs])
        left: list[Subscription] = []
        for (run, asker), answer in zip(pairs, answers, strict=True):
            left += self._take(run, asker, answer, moved)
        return left

    def _take(self, run: Run, asker: "Asker", answer: Answer, moved: set[Subscription]) -> list[Subscription]:
        """Take in a renewed answer; returns the subscribers whom it does not fit, as it looked at other facets."""
        self._versions[run] = answer.version
        run.ran_at = self._began_at
        rest(run, answer)
        run.note(answer.read_set, answer.cost)
        metrics.runs.labels("again").inc()
        metrics.run_seconds.observe(answer.cost)
        metrics.shared.inc(max(0, len(run.subscriptions) - 1))
        self.room.watch(run, answer.read_set, answer.expires_at)
        if answer.observed <= run.pattern:
            return []
        self.room.shares.remove(run)
        run.pattern, run.values = answer.observed, asker.facets(answer.observed)
        self.room.shares.add(run)
        others = (other for mark in run.subscriptions if mark not in moved and (other := self._asker(mark)))
        return [other.mark for other in others if other.facets(run.pattern) != run.values]

    async def _place(self, session: Session, waiting: list[Subscription]) -> None:
        """Find or make a run for each; of those who will probably share one, the first makes it."""
        shares = self.room.shares
        while waiting:
            first: dict[Hashable, Asker] = {}
            later: list[Subscription] = []
            for asker in filter(None, map(self._asker, waiting)):
                run = self._held(asker)
                if run is not None:
                    self._places[asker.mark] = run
                    metrics.shared.inc()
                elif (
                    first.setdefault(shares.likely(asker.mark.query, asker.actor, asker.scope), asker)
                    is not asker
                ):
                    later.append(asker.mark)
            answers = await session.run_all([self._body(asker) for asker in first.values()])
            for asker, answer in zip(first.values(), answers, strict=True):
                self._places[asker.mark] = self._new_run(asker, answer)
            waiting, self._moved = later + self._moved, []

    def _held(self, asker: "Asker") -> Run | None:
        """A run whose answer is the asker's, and no older one than a client of another history allows."""
        run = self.room.shares.find(asker.mark.query, asker.actor, asker.scope)
        if run is None or run in self.room.late or self.room.trusts(asker.mark.socket, run):
            return run
        # Who watches it goes along to the one that is made in its place.
        self._moved += [mark for mark in run.subscriptions if mark not in self._places]
        self._given_up.append(run)
        self.room.shares.remove(run)
        return None

    def _new_run(self, asker: "Asker", answer: Answer) -> Run:
        key, values = asker.scope.shared_key(), asker.facets(answer.observed)
        run = Run(asker.mark.query, key, answer.observed, values, answer.version)
        run.ran_at = self._began_at
        rest(run, answer)
        run.note(answer.read_set, answer.cost)
        metrics.runs.labels("first").inc()
        metrics.run_seconds.observe(answer.cost)
        self.room.shares.add(run)
        self.room.watch(run, answer.read_set, answer.expires_at)
        return run

    def _body(self, asker: "Asker") -> partial[Answer]:
        return partial(answer_query, asker.mark.query, self.room.schema, asker.actor, asker.scope)

    def _asker(self, mark: Subscription) -> "Asker | None":
        """The subscription with its actor's scope as of this step; None if it or its actor is gone."""
        scope_run = mark.socket.scope
        if scope_run is None or not mark.is_open:
            return None
        scope = self._scopes.get(scope_run) or scope_run.scope
        return Asker(mark, scope_run.actor, scope) if scope is not None else None


def rest(run: Run, answer: Answer) -> None:
    """Let a costly run rest for a few times as long as it took: no query takes more than a share of the process.

    Costly is what was so twice: once, the machine may have been busy with something else.
    """
    cost, run.cost = min(run.cost, answer.cost), answer.cost
    if cost > COSTLY:
        run.rests_until = asyncio.get_running_loop().time() + min(MOST_REST, RESTS * cost)


@dataclass(frozen=True, slots=True)
class Asker:
    """On whose behalf a run is made."""

    mark: Subscription
    actor: Actor
    scope: Scope

    def facets(self, pattern: Pattern) -> Values:
        """The asker's values of what a run looked at."""
        return facets(self.actor, self.scope, pattern)
