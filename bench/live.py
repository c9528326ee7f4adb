"""From commit to client: one list of contacts, followed by 1, 100 and 1,000 sockets while somebody writes.

Beside it in the same run, with messages of the same size: a bare ``websockets`` broadcast (the floor; it has no
database, no permissions and no query) and Channels' group_send as projects usually use it.

    python -m bench live [--quick]
"""

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.listeners import Listener, listen
from bench.sizes import size
from bench.stage import ROOT, Stage, prepare

CONTACTS = size(10_000, 300)
QUICK = "--quick" in sys.argv
SECONDS = size(2.0 if QUICK else 4.0, 0.5)
#: Sockets, writes a second.
MANY = size(200 if QUICK else 1_000, 3)
LOADS = size([(1, 10.0), (100, 20.0), (MANY, 1.0), (MANY, 20.0)], [(MANY, 10.0)])
#: Numbers go on from run to run, so that what an earlier one left behind is none of this one's.
MARK = re.compile(rb'"W(\d{9})"')
#: Seconds until whatever is on its way has arrived.
SETTLE = 1.5


@dataclass
class Seen:
    """When each client had reached which write."""

    written_at: dict[int, float] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    messages: int = 0
    last: list[int] = field(default_factory=list)
    size: int = 0
    answered: int = 0

    base: int = field(default_factory=lambda: int(time.time() * 20) % 10**9)

    def watcher(self) -> Any:
        """A callback for one client."""
        number = len(self.last)
        self.last.append(self.base)

        def on_text(payload: bytes, at: float) -> None:
            self.answered += self.size == 0 and b'"transition"' in payload[:40]
            found = MARK.search(payload)
            if found is None or int(found[1]) <= self.base:
                return
            self.messages += 1
            self.size = len(payload)
            mark = int(found[1])
            # A state that skips some writes is the first to show all of them.
            for write in range(self.last[number] + 1, mark + 1):
                if write in self.written_at:
                    self.latencies.append(at - self.written_at[write])
            self.last[number] = max(self.last[number], mark)

        return on_text

    def late(self) -> int:
        """Clients that did not reach the last write."""
        newest = max(self.written_at, default=0)
        return sum(last < newest for last in self.last)


def main() -> None:
    """Print a line a system and load."""
    stage = prepare(CONTACTS)
    print(f"live: {SECONDS:.0f} s a load, {os.cpu_count()} cores shared by servers, database and clients")
    print(f"{'sockets':>8}{'writes/s':>9}  {'system':<22}{'p50 ms':>8}{'p95':>8}{'p99':>8}"
          f"{'CPU ms/1,000':>14}{'skipped':>9}{'behind':>8}")  # fmt: skip
    asyncio.run(compare(stage))


async def compare(stage: Stage) -> None:
    """Every load: each system's server is started once."""
    async with ours(stage) as system:
        found = [await system.measure(*load) for load in LOADS]
        patched = await system.measure(*LOADS[-1], patches=True)
    size = found[-1][0].size
    floors = await measure_fanout("bare", size)
    usuals = await measure_fanout("channels", size)
    for load, mine, floor, usual in zip(LOADS, found, floors, usuals, strict=True):
        systems = {"this": mine, "bare websockets": floor, "channels group": usual}
        if load is LOADS[-1]:
            systems["this, by patches"] = patched
        for name, measured in systems.items():
            report(name, *load, *measured)
        print(f"{'':>17}  this / bare: p50 {p(mine[0], 50) / p(floor[0], 50):.1f}, "
              f"CPU {per_thousand(*mine) / per_thousand(*floor):.1f}; "
              f"channels / this: p50 {p(usual[0], 50) / p(mine[0], 50):.1f}")  # fmt: skip
    print(
        "goals on 2 cores: 100 sockets p50 30 ms; 1,000 sockets p50 100, p99 300 ms, CPU 60 ms a thousand deliveries"
    )
    print(f"message size {size:,} bytes, by patches {patched[0].size:,}")


def report(name: str, sockets: int, rate: float, seen: Seen, cpu: float) -> None:
    """One line. Skipped: writes that a client saw only as part of a later state."""
    skipped = 1 - seen.messages / max(1, len(seen.latencies))
    print(f"{sockets:>8}{rate:>9.0f}  {name:<22}{p(seen, 50):>8.1f}{p(seen, 95):>8.1f}{p(seen, 99):>8.1f}"
          f"{per_thousand(seen, cpu):>14.0f}{skipped:>9.0%}{seen.late():>8}")  # fmt: skip


def p(seen: Seen, percent: int) -> float:
    """The percentile of the latencies, in ms."""
    if len(seen.latencies) < 2:
        return float("nan")
    return statistics.quantiles(seen.latencies, n=100)[percent - 1] * 1000


def per_thousand(seen: Seen, cpu: float) -> float:
    """Milliseconds of server CPU for a thousand messages that arrived."""
    return cpu * 1_000_000 / max(1, seen.messages)


@asynccontextmanager
async def ours(stage: Stage) -> AsyncIterator["Ours"]:
    """The web process and a relay, with a writer in a process of its own."""
    port = free_port()
    with (
        process(["-m", "config.web"], PORT=str(port), LIVE_SOCKETS_PER_MEMBER="5000") as web,
        process(["manage.py", "relay"]),
    ):
        await answer(port)
        command = [sys.executable, "-m", "bench.writer", stage.schema, str(stage.member_id)]
        writer = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        await writer.stdout.readline()
        try:
            yield Ours(stage, port, web.pid, writer)
        finally:
            writer.terminate()
            await writer.wait()


@dataclass
class Ours:
    """The running system."""

    stage: Stage
    port: int
    pid: int
    writer: asyncio.subprocess.Process

    async def measure(self, sockets: int, rate: float, *, patches: bool = False) -> tuple[Seen, float]:
        """So many sockets follow the list while it is written to; what they saw, and the seconds of CPU."""
        seen = Seen()
        clients = [await self.follow(seen, patches) for _ in range(sockets)]
        while seen.answered < sockets:  # noqa: ASYNC110 (nothing else happens meanwhile)
            await asyncio.sleep(0.1)
        await asyncio.sleep(1)
        before = cpu_of(self.pid)
        await self.write(rate, seen)
        await asyncio.sleep(SETTLE)
        cpu = cpu_of(self.pid) - before
        for client in clients:
            client.close()
        await asyncio.sleep(0.5)
        return seen, cpu

    async def follow(self, seen: Seen, patches: bool) -> Listener:
        """A socket that follows the list."""
        headers = {"Authorization": f"Bearer {self.stage.key}"}
        client = await listen(self.port, "/ws", headers, seen.watcher())
        client.send(json.dumps({"type": "hello", "protocol": 1, "patches": patches}))
        client.send('{"type":"subscribe","queries":[{"id":"1","function":"contacts.list_contacts"}]}')
        return client

    async def write(self, rate: float, seen: Seen) -> None:
        """Let the first contact of the list be renamed so many times a second."""
        assert self.writer.stdin is not None
        assert self.writer.stdout is not None
        self.writer.stdin.write(f"{rate} {SECONDS} {seen.base}\n".encode())
        while line := (await self.writer.stdout.readline()).strip():
            number, at = json.loads(line)
            seen.written_at[number] = at


async def measure_fanout(kind: str, size: int) -> list[tuple[Seen, float]]:
    """One of bench.fanouts under every load; what is written is a message of the size that ours has."""
    port = free_port()
    with process(["-m", "bench.fanouts", kind, str(port)]) as server:
        await answer(port)
        return [await fan_out(port, server.pid, *load, size) for load in LOADS]


async def fan_out(port: int, pid: int, sockets: int, rate: float, size: int) -> tuple[Seen, float]:
    """One load."""
    seen = Seen()
    clients = [await listen(port, "/", {}, seen.watcher()) for _ in range(sockets)]
    speaker = await listen(port, "/", {}, lambda text, at: None)
    await asyncio.sleep(1)
    before = cpu_of(pid)
    padding = "x" * (size - 40)
    for number in range(seen.base + 1, seen.base + int(rate * SECONDS) + 1):
        began = seen.written_at[number] = time.monotonic()
        speaker.send(f'{{"mark":"W{number:09}","padding":"{padding}"}}')
        await asyncio.sleep(max(0.0, began + 1 / rate - time.monotonic()))
    await asyncio.sleep(SETTLE)
    cpu = cpu_of(pid) - before
    for client in [*clients, speaker]:
        client.close()
    await asyncio.sleep(0.5)
    return seen, cpu


@contextmanager
def process(arguments: list[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process that ends with the block."""
    popen = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=os.environ | environment)
    try:
        yield popen
    finally:
        popen.terminate()
        try:
            popen.wait(10)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait()


async def answer(port: int) -> None:
    """Wait until somebody listens on the port."""
    for _ in range(1_200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise TimeoutError(port)


def free_port() -> int:
    """A port that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_of(pid: int) -> float:
    """Seconds of CPU that the process has used."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
