"""A room: everything that the hub holds for one tenant, moved from snapshot to snapshot.

All answers of a room belong to one snapshot, its position. A step moves the position: it learns which changes
lie between (from the relay's ticks, or from the log), runs again what they touch at the new snapshot, and
publishes all new answers at once. Subscriptions that come in meanwhile wait for the next step. A run is thus
never registered later than the changes that it has not seen: what follows its snapshot is matched against it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from itertools import islice

from django.utils import timezone

from realtime import metrics
from realtime.changes.change import Change, Snapshot, Tick
from realtime.changes.log import LogTrimmed, read_changes
from realtime.functions import Actor, FunctionError
from realtime.live import protocol
from realtime.live.followers import Watcher
from realtime.live.readers import Readers, Session, SnapshotGone
from realtime.live.shares import Run, ScopeRun, Shares
from realtime.live.sockets import Change as SocketChange
from realtime.live.sockets import Socket, Subscription
from realtime.live.step import Step
from realtime.live.wire import Encoded
from realtime.reads.index import MatchIndex
from realtime.reads.readset import ReadSet

log = logging.getLogger(__name__)

PUBLIC = "public"
#: Encoded transitions kept until the next publication; sockets with equal changes share one.
MAX_ENCODINGS = 5_000
MAX_FOREIGN = 100
#: Waiting ticks beyond this are forgotten: the log has them all.
MAX_PENDING = 200
#: Sockets written to before the event loop does something else.
PUSHED_AT_ONCE = 500
#: A timer further away than this only asks again.
MAX_TIMER = 6 * 3600.0
#: An answer that says of itself that it is over is asked for again no sooner than this.
MIN_TIMER = 0.1
#: A room that could not step for so long says so: its sockets close, rather than show what may be untrue.
GIVE_UP_AFTER = 8.0
RETRY = 0.25


class Room:
    """One tenant's sockets, scopes and runs. Everything here happens on the event loop."""

    def __init__(self, schema: str, readers: Readers) -> None:
        self.schema, self.readers = schema, readers
        self.sockets: set[Socket] = set()
        self.scopes: dict[Actor, ScopeRun] = {}
        self.shares = Shares()
        self.index: MatchIndex[Run | ScopeRun | Watcher] = MatchIndex()
        #: What is only woken when its reads change.
        self.watchers: set[Watcher] = set()
        #: What sockets have sent and left out; counted here and added up now and then.
        self.sent = self.sent_bytes = self.skipped = 0
        self._news_since = 0.0
        self.epoch, self.number = "", 0
        #: The tick from which on it has followed every change of its epoch.
        self.followed_from = 0
        #: Epochs that clients came with and that are not this room's, and since when it knows of them.
        self.foreign: dict[str, float] = {}
        #: How far the answers have seen the tenant's own changes, and the public schema's.
        self.seen: dict[str, Snapshot] = {}
        #: What the next step must run, whatever has changed.
        self.due: set[Run | ScopeRun | Watcher] = set()
        self.joining: list[Subscription] = []
        self.barriers: list[tuple[Socket, str]] = []
        #: Sockets that have something to send since the last publication.
        self.marked: dict[Socket, None] = {}
        #: Costly runs that wait for their turn although something has changed, and how often one had to.
        self.late: dict[Run, asyncio.TimerHandle] = {}
        self.postponed = 0
        self._pending: list[Tick] = []
        self._sequences: dict[str, int] = {}
        self._must_read_log = False
        self._is_stepping = False
        self._failing_since = 0.0
        self._acks: list[tuple[int, Socket, str]] = []
        self._encodings: dict[tuple[tuple[SocketChange, ...], tuple[str, ...]], Encoded] = {}
        self._wake = asyncio.Event()

    # What the hub and the sockets ask for.

    def join(self, socket: Socket) -> None:
        """Let a socket in; its scope is resolved by the next step."""
        self.sockets.add(socket)
        scope = self.scopes.get(socket.actor)
        if scope is None:
            scope = self.scopes[socket.actor] = ScopeRun(socket.actor)
            self._make_due(scope)
        scope.sockets.add(socket)
        socket.scope = scope
        epoch, _ = socket.came_with
        if epoch and self.epoch and epoch != self.epoch:
            if len(self.foreign) >= MAX_FOREIGN:
                self.foreign.clear()
            self.foreign.setdefault(epoch, asyncio.get_running_loop().time())

    def trusts(self, socket: Socket, run: Run) -> bool:
        """Whether the held answer may be the socket's: one of before its unknown epoch was heard of may not."""
        return run.ran_at >= self.foreign.get(socket.came_with[0], 0.0)

    def resumes(self, socket: Socket) -> bool:
        """Whether every change since the client's last transition went through this room; it is counted, too."""
        epoch, tick = socket.came_with
        if not epoch:
            return False
        is_followed = epoch == self.epoch and 0 < self.followed_from <= tick
        how = "followed" if is_followed else "begun later" if epoch == self.epoch else "other epoch"
        metrics.returns.labels(how).inc()
        return is_followed

    def leave(self, socket: Socket) -> None:
        """Forget a socket and all that only it watched; nothing happens if it has left."""
        scope, socket.scope = socket.scope, None
        self.sockets.discard(socket)
        for subscription in list(socket.subscriptions.values()):
            self.unsubscribe(subscription)
        if scope is None:
            return
        scope.sockets.discard(socket)
        if not scope.sockets:
            self.scopes.pop(socket.actor, None)
            self._unwatch(scope)

    def expel(self, socket: Socket, refusal: FunctionError) -> None:
        """Close a socket whose actor may not be here any more."""
        self.leave(socket)
        socket.close(protocol.Close.UNAUTHENTICATED, refusal.detail)

    def subscribe(self, subscription: Subscription) -> None:
        """Answer the subscription at the next step, whose snapshot is taken after now."""
        subscription.socket.subscriptions[subscription.id] = subscription
        self.joining.append(subscription)
        self.read_log()

    def unsubscribe(self, subscription: Subscription) -> None:
        """Stop answering."""
        subscription.is_open = False
        subscription.socket.subscriptions.pop(subscription.id, None)
        self._detach(subscription)

    def acknowledge(self, socket: Socket, id: str, xid: int | None) -> None:
        """Tell the socket when its answers include this transaction (None: all that is committed by now)."""
        seen = self.seen.get(self.schema)
        if xid is None:
            self.barriers.append((socket, id))
            self.read_log()
        elif seen is not None and seen.sees(xid):
            socket.acknowledge(id)
            self.marked.pop(socket)
            socket.push()
        else:
            self._acks.append((xid, socket, id))

    def offer(self, tick: Tick) -> None:
        """Take in a tick of this tenant or of the public schema."""
        known = self._sequences.get(tick.schema)
        self._sequences[tick.schema] = tick.sequence
        # The first one, too: those before it may have gone out while the process was not in the group yet.
        if known not in (tick.previous, tick.sequence):
            self.read_log()
        if self.epoch and tick.epoch != self.epoch:
            self.run_all_again()
        self.epoch = tick.epoch
        self.follow(tick)

    def check(self, epoch: str, sequences: dict[str, int | None]) -> None:
        """Compare with what the relay says that it has sent; read what was lost."""
        if self.epoch and epoch != self.epoch:
            self.run_all_again()
        self.epoch = epoch
        for schema, sequence in sequences.items():
            # Unknown so far: whatever came before this room was in the group may have been missed, too.
            if sequence is not None and self._sequences.get(schema) != sequence:
                self._sequences[schema] = sequence
                self.read_log()

    def is_behind(self, changes: Iterable[Change]) -> bool:
        """Whether any of the changes of this tenant or the public schema has not been seen."""
        return any(change.schema in (self.schema, PUBLIC) for change in self._unseen(changes))

    def follow(self, tick: Tick) -> None:
        """Move to the tick's snapshot."""
        if tick.changes is None or len(self._pending) >= MAX_PENDING:
            self.read_log()
        elif tick.schema == self.schema or self._is_stepping or self._pending or self._touches(tick):
            self._pending.append(tick)
            self._news_since = self._news_since or asyncio.get_running_loop().time()
            self.wake()

    def read_log(self) -> None:
        """Make the next step take a snapshot of its own and read the log up to it."""
        self._must_read_log = True
        self.wake()

    def run_all_again(self) -> None:
        """Trust no answer: a new epoch, a log that does not reach back, a step that failed."""
        self.followed_from = 0
        for run in self.shares:
            self.drop(run)
        self.due = {*self.scopes.values(), *self.watchers}
        held = (mark for socket in self.sockets for mark in socket.subscriptions.values())
        self.joining = list(dict.fromkeys((*self.joining, *held)))
        self.read_log()

    def wake(self) -> None:
        """Let the room take its next step."""
        self._wake.set()

    def sweep(self, before: float) -> None:
        """Drop the runs that nobody has watched since the given monotonic time."""
        for run in self.shares:
            if not run.subscriptions and run.idle_since < before:
                self.drop(run)

    @property
    def is_unused(self) -> bool:
        """Whether nobody is here, and nothing is kept for whoever comes back."""
        return not self.sockets and next(iter(self.shares), None) is None

    # What a step does to the room.

    def watch(self, run: Run | ScopeRun, read_set: ReadSet, expires_at: datetime | None) -> None:
        """From here on run it again when what it read changes, or at the given time."""
        self.index.add(run, read_set)
        if run.timer is not None:
            run.timer.cancel()
            run.timer = None
        if expires_at is not None:
            delay = (expires_at - timezone.now()).total_seconds()
            loop = asyncio.get_running_loop()
            run.timer = loop.call_later(max(MIN_TIMER, min(delay, MAX_TIMER)), self._make_due, run)

    def watch_reads(self, watcher: Watcher, read_set: ReadSet) -> None:
        """From here on wake the watcher when what it read changes."""
        self.watchers.add(watcher)
        self.index.add(watcher, read_set)

    def unwatch_reads(self, watcher: Watcher) -> None:
        """Wake it no more."""
        self.watchers.discard(watcher)
        self.index.remove(watcher)
        self.due.discard(watcher)

    def postpone(self, run: Run) -> None:
        """Run it again when it has rested; until then its sockets are silent, so that they stay at one moment."""
        if run in self.late:
            self.late[run].cancel()
        else:
            self.postponed += 1
            metrics.throttled.inc()
            log.info("A costly query is run less often than it changes: %s %s", self.schema, run.query)
        loop = asyncio.get_running_loop()
        # A little later than it may: timers come early by the resolution of their clock.
        self.late[run] = loop.call_at(run.rests_until + 0.01, self._make_due, run)

    def catch_up(self, run: Run) -> None:
        """Let the sockets of a run that was late speak again."""
        timer = self.late.pop(run, None)
        if timer is not None:
            timer.cancel()
            self.marked.update((subscription.socket, None) for subscription in run.subscriptions)

    def drop(self, run: Run) -> None:
        """Forget an answer that nobody watches."""
        self.catch_up(run)
        self.shares.remove(run)
        self._unwatch(run)

    def attach(self, subscription: Subscription, run: Run) -> None:
        """Let the run answer the subscription."""
        self._detach(subscription)
        subscription.run = run
        run.subscriptions[subscription] = None
        subscription.socket.mark(subscription)

    def _detach(self, subscription: Subscription) -> None:
        run, subscription.run = subscription.run, None
        if run is not None:
            run.subscriptions.pop(subscription, None)
            run.idle_since = asyncio.get_running_loop().time()

    def _unwatch(self, run: Run | ScopeRun) -> None:
        self.index.remove(run)
        self.due.discard(run)
        if run.timer is not None:
            run.timer.cancel()
            run.timer = None

    def _make_due(self, run: Run | ScopeRun) -> None:
        self.due.add(run)
        self.read_log()

    # The steps themselves.

    async def live(self) -> None:
        """Step whenever there is a reason to; runs until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            self._is_stepping = True
            try:
                await self._advance()
                self._failing_since = 0.0
            except SnapshotGone:
                self.read_log()
            except LogTrimmed:
                self.seen.clear()
                self.run_all_again()
            except Exception:  # nothing may end a room: its sockets would look live and be stale
                log.exception("Room %s could not step and will try again.", self.schema)
                await self._recover()
            finally:
                self._is_stepping = False
            await self._push()
            self._count()

    def _count(self) -> None:
        if self._news_since and not self._pending:
            metrics.lag.observe(asyncio.get_running_loop().time() - self._news_since)
            self._news_since = 0.0
        metrics.transitions.inc(self.sent)
        metrics.sent_bytes.inc(self.sent_bytes)
        metrics.skipped.inc(self.skipped)
        self.sent = self.sent_bytes = self.skipped = 0

    async def _recover(self) -> None:
        now = asyncio.get_running_loop().time()
        self._failing_since = self._failing_since or now
        if now - self._failing_since > GIVE_UP_AFTER:
            for socket in list(self.sockets):
                self.leave(socket)
                socket.close(protocol.Close.UNAVAILABLE, "The server can't keep this up to date. Try again.")
        self.run_all_again()
        await asyncio.sleep(RETRY)

    async def _push(self) -> None:
        """Send what was published; very many sockets in slices, as other rooms want their turn."""
        while self.marked:
            for socket in list(islice(self.marked, PUSHED_AT_ONCE)):
                del self.marked[socket]
                socket.push()
            if self.marked:
                await asyncio.sleep(0)

    async def _advance(self) -> None:
        ticks, self._pending = self._pending, []
        step = Step(self)
        try:
            if self._must_read_log or any(tick.schema == PUBLIC and self._touches(tick) for tick in ticks):
                self._must_read_log = False
                await self._step_to_now(step)
                self._pending[:0] = ticks  # what of them was not seen yet is still to come
                self.wake()
            elif ticks:
                await self._step_to_tick(step, ticks)
        except BaseException:
            step.give_back()
            self._pending[:0] = ticks
            raise

    async def _step_to_now(self, step: Step) -> None:
        metrics.steps.labels("log").inc()
        async with self._session(None) as session:
            if not self.seen:
                # It is not known what was written before the first position: whoever only watches looks again.
                step.due |= self.watchers
            step.touch(self._unseen(await session.run(partial(self._read, session.snapshot))))
            step.postpone_costly()
            await step.run(session)
        self._arrive(step, dict.fromkeys((self.schema, PUBLIC), session.snapshot))

    def _read(self, upto: Snapshot) -> list[Change]:
        """The changes since the position; in the reader's thread."""
        oldest = min(self.seen.values(), key=age, default=upto)
        return read_changes(oldest, upto, {self.schema, PUBLIC})

    async def _step_to_tick(self, step: Step, ticks: list[Tick]) -> None:
        metrics.steps.labels("tick").inc()
        last = max(ticks, key=lambda tick: (tick.schema == self.schema, *age(tick.snapshot)))
        # What is run now may read what it has not read before, as of this snapshot: what the public schema has
        # become since is to be compared with that, not with what was read until now.
        later = [tick for tick in ticks if age(tick.snapshot) > age(last.snapshot)]
        ticks = [tick for tick in ticks if tick not in later]
        step.touch(self._unseen(change for tick in ticks for change in tick.changes or ()))
        step.postpone_costly()
        if step.has_work:
            if last.exported is None:
                raise SnapshotGone
            async with self._session(last.exported) as session:
                await step.run(session)
        self.number = max(self.number, last.number)
        self.followed_from = self.followed_from or self.number
        self._arrive(step, {tick.schema: tick.snapshot for tick in ticks})
        if later:
            self._pending[:0] = later
            self.wake()

    @asynccontextmanager
    async def _session(self, exported: str | None) -> AsyncIterator[Session]:
        session = await self.readers.session(self.schema, exported)
        try:
            yield session
        finally:
            await session.close()

    def _arrive(self, step: Step, positions: dict[str, Snapshot]) -> None:
        """Move the position and publish, with nothing in between."""
        for schema, snapshot in positions.items():
            self.seen[schema] = max(self.seen.get(schema, snapshot), snapshot, key=age)
        self._encodings.clear()
        step.publish()
        acks, self._acks = self._acks, []
        for xid, socket, id in acks:
            self.acknowledge(socket, id, xid)

    def _unseen(self, changes: Iterable[Change]) -> Iterable[Change]:
        for change in changes:
            seen = self.seen.get(change.schema)
            if seen is None or not seen.sees(change.xid):
                yield change

    def _touches(self, tick: Tick) -> bool:
        return any(self.index.match(change) for change in self._unseen(tick.changes or ()))

    # Encoding.

    def transition(self, changes: tuple[SocketChange, ...], acks: tuple[str, ...]) -> Encoded:
        """The transition message, encoded once for all sockets that lack the same."""
        message = self._encodings.get((changes, acks))
        if message is None:
            message = Encoded(protocol.transition(self.epoch, self.number, changes, acks))
            if len(self._encodings) < MAX_ENCODINGS:
                self._encodings[changes, acks] = message
        return message


def age(snapshot: Snapshot) -> tuple[int, int, int]:
    """Orders snapshots of one server by time: each sees all that an earlier one sees."""
    return snapshot.xmax, snapshot.xmin, -len(snapshot.xip)
