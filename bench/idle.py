"""Twenty thousand live queries while nothing happens: what they cost in memory and in work.

100 sockets follow 200 different queries each, of one tenant: single records, lists, filtered lists. Then nothing
is written for a while. ``python -m bench idle [--quick]``
"""

import asyncio
import random
import re
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import orjson
import psycopg

from bench.listeners import Listener, listen
from bench.live import CONTACTS, answer, cpu_of, free_port, process
from bench.sizes import size
from bench.stage import Stage, prepare

SOCKETS, EACH = size(5 if "--quick" in sys.argv else 100, 1), size(200, 5)
SECONDS, REST = size((10.0, 20.0), (0.5, 0.0))


def main() -> None:
    """Print memory a query, and the work of an idle while."""
    stage = prepare(CONTACTS)
    port = free_port()
    environment = {"PORT": str(port), "LIVE_SOCKETS_PER_MEMBER": "5000", "API_REQUESTS_PER_KEY": "1000000"}
    with process(["-m", "config.web"], **environment) as web, process(["manage.py", "relay"]) as relay:
        asyncio.run(measure(stage, port, web.pid, relay.pid))


async def measure(stage: Stage, port: int, web: int, relay: int) -> None:
    """Open all, be still, count."""
    await answer(port)
    answered: list[int] = []
    sockets = [await follow(stage, port, 0, 1, answered)]
    await until(lambda: len(answered) >= 1)
    memory, began = memory_of(web), time.monotonic()
    for number in range(1, SOCKETS + 1):
        sockets.append(await follow(stage, port, number, EACH, answered))
        await until(lambda number=number: len(answered) >= 1 + number * EACH)
    count = SOCKETS * EACH
    took = time.monotonic() - began
    kilobytes = (memory_of(web) - memory) / count / 1024
    print(f"{count:,} different live queries on {SOCKETS} sockets, answered in {took:.0f} s "
          f"({took / count * 1000:.1f} ms each); {kilobytes:.1f} KB of memory a query")  # fmt: skip
    await asyncio.sleep(REST)  # housekeeping of the start, autovacuum
    before = cpu_of(web), cpu_of(relay), statements(stage), len(answered), await runs(port)
    await asyncio.sleep(SECONDS)
    after = cpu_of(web), cpu_of(relay), statements(stage), len(answered), await runs(port)
    share = [(b - a) / SECONDS for a, b in zip(before, after, strict=True)]
    print(f"nothing written for {SECONDS:.0f} s: {after[4] - before[4]:.0f} queries run (goal: 0), "
          f"{after[3] - before[3]} messages, CPU web {share[0]:.1%}, "
          f"relay {share[1]:.1%}; {share[2]:.0f} transactions/s in the database (the relay's polls)")  # fmt: skip
    for socket in sockets:
        socket.close()


async def follow(stage: Stage, port: int, number: int, count: int, answered: list[int]) -> Listener:
    """A socket with so many queries that no other socket has."""

    def on_text(payload: bytes, _at: float) -> None:
        if b'"transition"' in payload[:40]:
            answered.extend(range(len(orjson.loads(payload)["changes"])))

    client = await listen(port, "/ws", {"Authorization": f"Bearer {stage.key}"}, on_text)
    client.send('{"type":"hello","protocol":1}')
    queries = [query(number * count + place, random.Random(number * count + place)) for place in range(count)]
    client.send(orjson.dumps({"type": "subscribe", "queries": queries}).decode())
    return client


def query(number: int, rng: random.Random) -> dict[str, Any]:
    """Three records to a list."""
    if number % 4:
        return {
            "id": str(number),
            "function": "contacts.get_contact",
            "args": {"contact_id": number % CONTACTS + 1},
        }
    args = {"limit": 10, "search": f"person{rng.randrange(CONTACTS)}", "archived": number % 8 == 0}
    return {"id": str(number), "function": "contacts.list_contacts", "args": args}


async def until(condition: Any) -> None:
    """Wait until it holds."""
    while not condition():  # noqa: ASYNC110 (nothing else happens meanwhile)
        await asyncio.sleep(0.02)


async def runs(port: int) -> float:
    """How many live queries the web process has run so far, by its own count."""
    address = f"http://localhost:{port}/metrics"
    page = await asyncio.to_thread(lambda: urllib.request.urlopen(address).read().decode())
    return sum(float(value) for value in re.findall(r"^crm_live_runs_total\{.*\} (\S+)$", page, re.MULTILINE))


def memory_of(pid: int) -> int:
    """Bytes of resident memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def statements(stage: Stage) -> int:
    """Transactions of the database so far."""
    with psycopg.connect(stage.database_url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])


if __name__ == "__main__":
    main()
