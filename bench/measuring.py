"""Clocks and servers for measurements: CPU time of process trees, latencies, a web server under load."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.sizes import DIRECTORY, size
from bench.yardstick import Yardstick, piece

ROOT = Path(__file__).resolve().parent.parent
TICK = 1000 / os.sysconf("SC_CLK_TCK")


def descendants(pid: int) -> list[int]:
    """The process and all below it."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
                found += [int(child) for child in task.read_text().split()]
    return found


def cpu_ms(pid: int) -> float:
    """CPU milliseconds of a process tree so far, ended children included."""
    total = 0
    for each in descendants(pid):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(field) for field in fields[11:15])  # user, system, and both of waited-for children
    return total * TICK


@dataclass(frozen=True)
class Figures:
    """What one request costs: CPU milliseconds by process, and latencies in milliseconds.

    ``speed`` is how fast the machine was meanwhile (``bench.yardstick``): 0.5 means that all took twice its time.
    """

    web: float
    database: float
    redis: float
    p50: float
    p95: float
    speed: float = 1.0

    @property
    def cpu(self) -> float:
        """As measured, whatever the speed."""
        return self.web + self.database + self.redis

    @property
    def cpu_at_full_speed(self) -> float:
        """What limits are about."""
        return self.cpu * self.speed

    def line(self, name: str, statements: str) -> str:
        """A row of the table."""
        parts = f"{self.web:6.2f} {self.database:6.2f} {self.redis:6.2f} {self.cpu:7.2f}"
        speed = f"{self.speed:5.0%} {self.cpu_at_full_speed:6.2f}"
        return f"{name:34} {statements:>6} {parts} {self.p50:7.2f} {self.p95:7.2f} {speed}"


HEADER = (
    f"{'':34} {'SQL':>6} {'web':>6} {'pg':>6} {'valkey':>6} {'CPU ms':>7} {'p50 ms':>7} {'p95 ms':>7} speed"
    "   full"
)


def measure(
    work: Callable[[], object], pids: dict[str, int], times: int, warm_up: int = size(50, 1)
) -> Figures:
    """Run the work one after the other; ``pids`` are the trees "web", "database" and "redis" to charge."""
    for _ in range(warm_up):
        work()
    before = {name: cpu_ms(pid) for name, pid in pids.items()}
    latencies, pieces = [], []
    for _ in range(times):
        start = time.perf_counter()
        work()
        latencies.append((time.perf_counter() - start) * 1000)
        pieces.append(piece())
    own = {os.getpid(): sum(pieces)}  # the pieces themselves are no request's
    spent = {name: (cpu_ms(pid) - before[name] - own.get(pid, 0.0)) / times for name, pid in pids.items()}
    latencies.sort()
    return Figures(
        spent.get("web", 0.0),
        spent.get("database", 0.0),
        spent.get("redis", 0.0),
        latencies[times // 2],
        latencies[times * 95 // 100],
        speed(pieces),
    )


def speed(pieces: list[float]) -> float:
    """How fast the machine was while these pieces of work were done."""
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    return Yardstick(DIRECTORY / "yardstick").speed(pieces)


class Client:
    """One kept-alive connection."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = headers

    def request(self, method: str, path: str, body: bytes | None = None, expected: int = 200) -> bytes:
        headers = self._headers | ({"Content-Type": "application/json"} if body else {})
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        if response.status != expected:
            raise AssertionError(f"{method} {path}: {response.status} {content[:300]!r}")
        return content


@contextmanager
def server(command: list[str], port: int, **environment: str) -> Iterator[int]:
    """A web server for the length of the block; yields its pid once it accepts connections."""
    child = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, start_new_session=True, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(port, child)
        yield child.pid
    finally:
        os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(8)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def wait_for(port: int, child: subprocess.Popen[bytes]) -> None:
    """Until somebody listens."""
    for _ in range(600):
        if child.poll() is not None:
            raise AssertionError(f"The server ended with {child.returncode}.")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("The server does not listen.")


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
