"""How fast the machine is at the moment: a fixed piece of work, timed between the requests that are measured.

A shared host gives a core to one guest alone at one moment and half of it at the next (the other thread of the core
has become busy); the guest sees no stolen time, its work just takes up to twice the CPU time. A figure without the
machine's speed at that moment says nothing, so each comes with one: 100 % is the fastest that this machine has been,
over all runs (kept in var/bench/yardstick).
"""

import json
import re
import time
from pathlib import Path
from statistics import fmean

WORDS = re.compile(r"(\w+) (\d+)")
ROWS = {
    str(number): {"name": f"Name {number}", "tags": ["a", "b", str(number)], "value": number * 1.5}
    for number in range(60)
}
TURNS = 6


def piece() -> float:
    """CPU milliseconds of the fixed piece of work, about one: JSON, sorting, dictionaries, a regular expression."""
    start = time.thread_time()
    for _ in range(TURNS):
        rows = json.loads(json.dumps(ROWS))
        ordered = sorted(rows.items(), key=lambda row: row[1]["value"])
        {key: WORDS.sub(r"\2 \1", row["name"]) for key, row in ordered}
    return (time.thread_time() - start) * 1000


class Yardstick:
    """The fastest piece that this machine has known, kept from run to run in ``file``."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._best = float(file.read_text()) if file.exists() else min(piece() for _ in range(200))

    def speed(self, pieces: list[float]) -> float:
        """How fast the machine was while these were timed: 1.0 as fast as it has ever been."""
        if (fastest := min(pieces)) < self._best:
            self._best = fastest
            self._file.write_text(f"{fastest:.4f}\n")
        return self._best / fmean(pieces)
