"""How much is measured: all of it, or with ``--smoke`` just enough to see that every part begins and ends."""

import os
import sys
from typing import TypeVar

T = TypeVar("T")

SMOKE = "--smoke" in sys.argv or os.environ.get("BENCH_SMOKE") == "1"


def size(usual: T, smoke: T) -> T:
    """The first; the second where nothing is to be measured."""
    return smoke if SMOKE else usual
