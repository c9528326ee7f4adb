"""The soundness oracle: after each committed write, every query is run again and compared.

A result that changed without being flagged is a miss, and the run fails with what is needed to repeat it. A
result that was flagged and stayed equal costs precision, which is counted. A subscription keeps the read set
of its last flagged run, as it would in a hub.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import Error, transaction

from realtime.changes.change import Change
from realtime.changes.net import net_changes
from realtime.reads import MatchIndex, ReadSet, track
from tests.realtime.oracle import grouped_shapes, joined_shapes, paged_shapes  # noqa: F401 - they register their shapes
from tests.realtime.oracle.log import Log
from tests.realtime.oracle.registered import query_shapes
from tests.realtime.oracle.shapes import SHAPES, Run, Shape
from tests.realtime.oracle.world import Pick
from tests.realtime.oracle.writes import WRITES, Undone, Write


@dataclass(slots=True)
class Subscription:
    """One query with fixed arguments, its last result, and what that run read."""

    name: str
    run: Run
    result: Any = None
    read_set: ReadSet = field(default_factory=ReadSet)

    def refresh(self) -> bool:
        """Run the query; whether its result is another one than before."""
        with track() as tracker:
            result = self.run()
        is_changed = result != self.result
        self.result, self.read_set = result, tracker.read_set
        return is_changed


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
            f"needed {self.changed / pairs:.3f}), precision {self.precision:.2f}\n"
            f"most flagged in vain: {worst}"
        )


class Oracle:
    """Random subscriptions over one tenant, checked after random writes."""

    def __init__(self, seed: int, log: Log, subscriptions: int, shapes: Sequence[Shape]) -> None:
        self.pick = Pick(random.Random(seed))
        self.log = log
        self.report = Report(seed)
        self.index: MatchIndex[int] = MatchIndex()
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
        subscription.refresh()
        self.subscriptions[number] = subscription
        self.index.add(number, subscription.read_set)

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
        flagged = {number for change in net for number in self.index.match(change)}
        tables = {(change.schema, change.table) for change in changes}
        for number, subscription in self.subscriptions.items():
            read_set = subscription.read_set
            assert (number in flagged) == any(map(read_set.touched_by, net)), (
                "the index and touched_by differ"
            )
            is_changed = subscription.refresh()
            self.report.pairs += 1
            self.report.flagged_by_table += any(
                (read.schema, read.table) in tables for read in read_set.reads
            )
            if number in flagged:
                self.report.flagged += 1
                self.report.changed += is_changed
                self.report.false_by_shape[subscription.name] += not is_changed
                self.index.add(number, subscription.read_set)
            elif is_changed:
                self.miss(kind, subscription.name, changes, read_set)
            else:
                subscription.read_set = read_set

    def miss(self, kind: str, shape: str, changes: Sequence[Change], read_set: ReadSet) -> None:
        """Note a miss with what it takes to understand it."""
        lines = [f"write {self.report.writes} ({kind}) changed {shape}, seed {self.report.seed}"]
        lines += [f"  {change.op} {change.table} {change.old} -> {change.new}" for change in changes[:6]]
        lines += [f"  read {read}" for read in read_set.reads]
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
