"""Where measurements keep their data, and how much is measured: all of it, or a little with ``--smoke``."""

import os
import sys
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

DIRECTORY = Path(__file__).resolve().parent.parent / "var" / "bench"
#: Just enough to see that every part begins and ends.
SMOKE = "--smoke" in sys.argv or os.environ.get("BENCH_SMOKE") == "1"


def size(usual: T, smoke: T) -> T:
    """The first; the second where nothing is to be measured."""
    return smoke if SMOKE else usual
