"""What a subscription of the oracle holds of one run."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from realtime.reads import ReadSet


@dataclass(frozen=True)
class Held:
    """A result and what was read for it, by part: the "answer", and the actor's "scope" where there is one.

    ``observed``: the facets of the scope that the answer depends on; ``value`` answers their values.
    """

    result: Any
    reads: dict[str, ReadSet]
    observed: frozenset[str] = field(default_factory=frozenset)
    value: Callable[[frozenset[str]], Hashable] = lambda observed: None

    def is_due(self, touched: set[str], fresh: "Held") -> bool:
        """Whether the hub would run it again: its rows have changed, or its actor now has another scope."""
        return "answer" in touched or (
            "scope" in touched and self.value(self.observed) != fresh.value(self.observed)
        )
