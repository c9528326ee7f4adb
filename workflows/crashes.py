"""Named points at which a test kills the process: ``WORKFLOWS_CRASH="step.after_body:2"`` at the second time.

Without the variable a point costs one comparison.
"""

import os
import signal

_name, _, _hits = os.environ.get("WORKFLOWS_CRASH", "").partition(":")
_left = int(_hits or 1)
_signal = signal.SIGKILL


def arm(point: str, hits: int = 1, number: signal.Signals = signal.SIGKILL) -> None:
    """Let this process be killed (or stopped) when it reaches the point for the given time."""
    global _name, _left, _signal
    _name, _left, _signal = point, hits, number


def reach(point: str) -> None:
    """Die here, as by an out-of-memory kill, if this is the point and its turn."""
    global _left
    if _name and point == _name:
        _left -= 1
        if _left == 0:
            os.kill(os.getpid(), _signal)
