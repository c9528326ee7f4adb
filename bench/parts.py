"""One measurement as a process of its own: how it ended, how long it took, and who else was on the machine."""

import contextlib
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.measuring import TICK, cpu_ms, descendants
from config import embedded

ROOT = Path(__file__).resolve().parent.parent
#: Lines that the summary repeats: those that compare.
RATIO = re.compile(
    r"\b\d[\d.,]* x\b|\bratio\b|\btimes as many\b|this / |^twin's |^list / |goal", re.IGNORECASE
)


@dataclass
class Part:
    """A measurement's name, and what came of it."""

    name: str
    end: str = "not begun"
    seconds: float = 0.0
    #: Share of the machine that others used meanwhile.
    others: float = 0.0
    ratios: list[str] = field(default_factory=list)

    def row(self) -> str:
        """A row of the summary, and under it what was compared."""
        first = f"{self.name:12} {self.end:16} {self.seconds:6.0f} s   others used {self.others:4.0%}"
        return "\n".join([first, *(f"    {line}" for line in self.ratios)])


def run(part: Part, command: list[str], limit: float, servers: Path | None = None) -> None:
    """Run it to its end, or to its limit in seconds; its lines are passed on as they come."""
    begun, busy, own = time.monotonic(), busy_ms(), own_ms(servers)
    popen = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
    )
    late = threading.Event()
    timer = threading.Timer(limit, _end, [popen.pid, late])
    timer.start()
    try:
        _pass_on(part, popen)
    finally:
        timer.cancel()
    status = popen.wait()
    part.seconds = time.monotonic() - begun
    part.end = "time limit" if late.is_set() else "failed" if status else "ok"
    whole = part.seconds * 1000 * (os.cpu_count() or 1)
    part.others = max(0.0, (busy_ms() - busy) - (own_ms(servers) - own)) / whole


def _pass_on(part: Part, popen: "subprocess.Popen[str]") -> None:
    assert popen.stdout
    for line in popen.stdout:
        sys.stdout.write(line)
        sys.stdout.flush()
        if RATIO.search(line):
            part.ratios.append(re.sub(r"\s{2,}", "  ", line.strip()))


def _end(pid: int, late: threading.Event) -> None:
    """Kill a part with all that it started, sessions of their own or not."""
    late.set()
    for each in reversed(descendants(pid)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


def busy_ms() -> float:
    """CPU milliseconds of the whole machine so far; 0 where nobody says."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0
    user, nice, system, _idle, _wait, *rest = map(int, stat.read_text().split("\n")[0].split()[1:])
    return (user + nice + system + sum(rest[:2])) * TICK


def own_ms(servers: Path | None) -> float:
    """CPU milliseconds of parts that have ended and of the servers that they use."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = (ended.ru_utime + ended.ru_stime) * 1000
    for state in embedded.Folder(servers).state().values() if servers and servers.exists() else ():
        own += cpu_ms(state["pid"]) if state.get("pid") else 0
    return own
