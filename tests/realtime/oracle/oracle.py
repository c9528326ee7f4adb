"""The soundness oracle: after each committed write, every query is run again and compared.

A result that changed without being flagged is a miss, and the run fails with what is needed to repeat it. A
result that was flagged and stayed equal costs precision, which is counted. A subscription keeps the read set
of its last flagged run, as it would in a hub. And as there, the scope of an actor is found by reads of its own: a
change of these runs the answer again only if the scope has another value in what the answer depends on.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.db import Error, transaction

from realtime.changes.change import Change
from realtime.changes.net import net_changes
from realtime.reads import MatchIndex, ReadSet, track
from tests.realtime.oracle import grouped_shapes, joined_shapes, odd_shapes, paged_shapes  # noqa: F401 - they register their shapes
from tests.realtime.oracle.held import Held
from tests.realtime.oracle.log import Log
from tests.realtime.oracle.registered import query_shapes
from tests.realtime.oracle.shapes import SHAPES, Run, Shape
from tests.realtime.oracle.world import Pick
from tests.realtime.oracle.writes import WRITES, Undone, Write


@dataclass(slots=True)
class Subscription:
    """One query with fixed arguments, and what came of its last run that counted."""

    name: str
    run: Run
    held: Held = field(init=False)

    def __post_init__(self) -> None:
        self.held = self.ask()

    def ask(self) -> Held:
        """Run the query."""
        with track() as tracker:
            found = self.run()
        return found if isinstance(found, Held) else Held(found, {"answer": tracker.read_set})


@dataclass(slots=True)
class Report:
    """What a run of the oracle counted; shares are of (subscription, write) pairs."""

    seed: int
    writes: int = 0
    refused: int = 0
    pairs: int = 0
    changed: int = 0
    flagged: int = 0
    flagged_by_table: int = 0
    scopes: int = 0
    misses: list[str] = field(default_factory=list)
    false_by_shape: Counter[str] = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        """The share of flagged queries whose result did change."""
        return self.changed / self.flagged if self.flagged else 1.0

    def text(self) -> str:
        """The figures in a few lines."""
        pairs = max(self.pairs, 1)
        worst = ", ".join(f"{name} {count}" for name, count in self.false_by_shape.most_common(8))
        return (
            f"seed {self.seed}: {self.writes} writes ({self.refused} refused), {self.pairs} checks, "
            f"{len(self.misses)} misses\n"
            f"re-run share {self.flagged / pairs:.3f} (whole tables {self.flagged_by_table / pairs:.3f}, "
            f"needed {self.changed / pairs:.3f}), precision {self.precision:.2f}; "
            f"scopes resolved again {self.scopes / pairs:.3f}\n"
            f"most flagged in vain: {worst}"
        )


class Oracle:
    """Random subscriptions over one tenant, checked after random writes."""

    def __init__(self, seed: int, log: Log, subscriptions: int, shapes: Sequence[Shape]) -> None:
        self.pick = Pick(random.Random(seed))
        self.log = log
        self.report = Report(seed)
        self.index: MatchIndex[tuple[int, str]] = MatchIndex()
        self.subscriptions: dict[int, Subscription] = {}
        self.shapes = shapes
        self._unused: list[Shape] = []
        for number in range(subscriptions):
            self.subscribe(number)

    def subscribe(self, number: int) -> None:
        """Put a fresh subscription in the place of an older one; each shape has its turn."""
        if not self._unused:
            self._unused = self.pick.rng.sample(list(self.shapes), len(self.shapes))
        shape = self._unused.pop()
        subscription = Subscription(shape.__name__, shape(self.pick))
        self.subscriptions[number] = subscription
        self.watch(number, subscription.held)

    def watch(self, number: int, held: Held) -> None:
        """Let the index know what was read."""
        for part in ("answer", "scope"):
            self.index.add((number, part), held.reads.get(part, ReadSet()))

    def tick(self, kinds: Sequence[Write]) -> None:
        """A transaction of each kind, and the check of everything after them."""
        for kind in kinds:
            try:
                with transaction.atomic():
                    kind(self.pick)
            except Undone:
                pass
            except Error:
                self.report.refused += 1
            self.report.writes += 1
        self.check(" ".join(kind.__name__ for kind in kinds), self.log.read())

    def check(self, kind: str, changes: Sequence[Change]) -> None:
        """Run all again; note who changed, who was flagged, and who changed without being flagged."""
        net = net_changes(changes)
        flagged = {key for change in net for key in self.index.match(change)}
        tables = {(change.schema, change.table) for change in changes}
        for number, subscription in self.subscriptions.items():
            held = subscription.held
            touched = {part for part, reads in held.reads.items() if any(map(reads.touched_by, net))}
            assert touched == {part for key, part in flagged if key == number}, "index and touched_by differ"
            fresh = subscription.ask()
            self.report.pairs += 1
            self.report.flagged_by_table += any(
                (read.schema, read.table) in tables for reads in held.reads.values() for read in reads.reads
            )
            self.report.scopes += "scope" in touched
            if held.is_due(touched, fresh):
                self.report.flagged += 1
                self.report.changed += fresh.result != held.result
                self.report.false_by_shape[subscription.name] += fresh.result == held.result
                subscription.held = fresh
                self.watch(number, fresh)
            elif fresh.result != held.result:
                self.miss(kind, subscription.name, changes, held)
                subscription.held = fresh
            elif "scope" in touched:
                subscription.held = replace(held, reads=held.reads | {"scope": fresh.reads["scope"]})
                self.watch(number, subscription.held)

    def miss(self, kind: str, shape: str, changes: Sequence[Change], held: Held) -> None:
        """Note a miss with what it takes to understand it."""
        lines = [f"write {self.report.writes} ({kind}) changed {shape}, seed {self.report.seed}"]
        lines += [f"  {change.op} {change.table} {change.old} -> {change.new}" for change in changes[:6]]
        lines += [f"  read {part} {read}" for part, reads in held.reads.items() for read in reads.reads]
        self.report.misses.append("\n".join(lines))


def run(
    *,
    seed: int,
    writes: int,
    subscriptions: int,
    schema: str,
    most_misses: int = 3,
    kept_for: int = 1,
    most_at_once: int = 1,
    shapes: Sequence[Shape] = (),
) -> Report:
    """A whole run in the schema of the current context; stops when there are so many misses.

    All shapes and registered queries have their turn, unless ``shapes`` names some. One subscription is replaced
    every ``kept_for`` ticks; a tick has up to ``most_at_once`` transactions.
    """
    oracle = Oracle(seed, Log(schema), subscriptions, shapes or [*SHAPES, *query_shapes()])
    rng = oracle.pick.rng
    waiting = list(WRITES)
    ticks = 0
    while oracle.report.writes < writes and len(oracle.report.misses) < most_misses:
        # Each kind once, then any.
        kinds = [
            waiting.pop() if waiting else rng.choice(WRITES) for _ in range(rng.randint(1, most_at_once))
        ]
        oracle.tick(kinds)
        ticks += 1
        if ticks % kept_for == 0:
            oracle.subscribe(rng.randrange(subscriptions))
    return oracle.report
