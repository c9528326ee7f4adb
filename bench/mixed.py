"""2,000 sockets of mixed roles while 200 contacts a second change: from commit to client.

40 members (owners, admins, leaders of five teams, agents) have 50 sockets each, which follow the first page of the
member's list and one record. What changes is any of 10,000 contacts. Beside it in the same run as many messages of
that size a second by a bare ``websockets`` broadcast and by Channels' group_send, to as many sockets as a change
reaches here on average. ``python -m bench mixed [--quick]``
"""

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import psycopg

from bench.idle import until
from bench.listeners import Listener, listen
from bench.live import answer, cpu_of, fan_out, free_port, p, process
from bench.sizes import size
from bench.stage import ROOT, Stage, prepare

CONTACTS = size(10_001, 301)
QUICK = "--quick" in sys.argv
MEMBERS, RATE = 40, size(200.0, 20.0)
SOCKETS, SECONDS = size((200, 3.0) if QUICK else (2_000, 10.0), (40, 1.0))
MARK = re.compile(rb'"W(\d{9})"')


@dataclass
class Seen:
    """What has come, and when it was written."""

    written_at: dict[int, float] = field(default_factory=dict)
    came: list[tuple[int, float]] = field(default_factory=list)
    messages: int = 0
    size: int = 0
    answered: int = 0

    def watcher(self) -> Any:
        """A callback for one client, which counts each write once."""
        known: set[bytes] = set()

        def on_text(payload: bytes, at: float) -> None:
            if b'"transition"' not in payload[:40]:
                return
            self.answered += payload.count(b'"hash":')
            marks = set(MARK.findall(payload)) - known
            known.update(marks)
            self.messages += bool(marks)
            self.size += len(payload) if marks else 0
            self.came += [(int(mark), at) for mark in marks]

        return on_text


def main() -> None:
    """Print percentiles, CPU and deliveries."""
    if sys.argv[1:2] == ["write"]:
        write(os.environ["DATABASE_URL"])
        return
    stage = prepare(CONTACTS)
    keys = make_members(stage)
    asyncio.run(compare(stage, keys))


async def compare(stage: Stage, keys: list[tuple[str, int]]) -> None:
    """Ours, then the others with as much to deliver."""
    seen = await measure(stage, keys)
    reached = max(1, round(seen.messages / max(1, len(seen.written_at))))
    size = max(100, seen.size // max(1, seen.messages))
    print(f"the same by others: {reached} sockets, {RATE:.0f} messages/s of {size:,} bytes")
    for kind in ("bare", "channels"):
        port = free_port()
        with process(["-m", "bench.fanouts", kind, str(port)]) as server:
            await answer(port)
            other, cpu = await fan_out(port, server.pid, reached, RATE, size)
        print(f"{kind:9} p50 {p(other, 50):.0f} ms, p95 {p(other, 95):.0f} ms, p99 {p(other, 99):.0f} ms, "
              f"{cpu * 1e6 / max(1, other.messages):.0f} ms a thousand deliveries; "
              f"p50 of this / {kind} {median(seen) * 1000 / p(other, 50):.1f}")  # fmt: skip


def make_members(stage: Stage) -> list[tuple[str, int]]:
    """A key of each member, and a contact that the member sees; contacts are spread over the agents."""
    from accounts.api_keys import create_api_key
    from accounts.models import Tenant, User
    from accounts.provisioning import add_member
    from accounts.roles.models import Member, Role, Team, TeamMember
    from accounts.tenancy import tenant_context

    tenant = Tenant.objects.get(schema_name=stage.schema)
    with tenant_context(stage.schema):
        roles = {role.key: role for role in Role.objects.all()}
    wanted = ["owner"] * 2 + ["admin"] * 3 + ["leader"] * 5 + ["agent"] * 30
    members = []
    for number, key in enumerate(wanted):
        user, _ = User.objects.get_or_create(
            email=f"m{number}@bench.test", defaults={"name": f"Member {number}"}
        )
        members.append(add_member(tenant, user, roles[key]))
    with tenant_context(stage.schema):
        teams = [Team.objects.get_or_create(name=f"Team {number}")[0] for number in range(5)]
        for number, member in enumerate(members[5:]):
            TeamMember.objects.get_or_create(
                team=teams[number % 5], member=Member(pk=member.pk), defaults={"is_leader": number < 5}
            )
    own(stage, [member.pk for member in members[10:]], [team.pk for team in teams])
    keys = [
        create_api_key(tenant_id=tenant.pk, member_id=member.pk, name="mixed", scopes=["read"])[1]
        for member in members
    ]
    return [(key, (number - 10) % 30 + 1) for number, key in enumerate(keys)]


def own(stage: Stage, agents: list[int], teams: list[int]) -> None:
    """Contact n belongs to agent n modulo 30."""
    with psycopg.connect(stage.database_url) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(
            f"UPDATE {stage.schema}.contacts_contact SET owner_id = (%s::bigint[])[(id - 1) %% 30 + 1],"
            " team_id = (%s::bigint[])[(id - 1) %% 5 + 1], first_name = 'First'",
            [agents, teams],
        )


async def measure(stage: Stage, keys: list[tuple[str, int]]) -> Seen:
    """Open all, write, report."""
    port = free_port()
    environment = {"PORT": str(port), "LIVE_SOCKETS_PER_MEMBER": "5000"}
    with process(["-m", "config.web"], **environment) as web, process(["manage.py", "relay"]) as relay:
        await answer(port)
        seen = Seen()
        clients: list[Listener] = []
        for number in range(SOCKETS):
            key, first = keys[number % MEMBERS]
            clients.append(await follow(port, key, first + 30 * (number // MEMBERS), seen))
        await until(lambda: seen.answered >= 2 * SOCKETS)
        await asyncio.sleep(2)
        before = cpu_of(web.pid), cpu_of(relay.pid)
        await run_writer(stage, seen)
        await asyncio.sleep(3)
        spent = cpu_of(web.pid) - before[0], cpu_of(relay.pid) - before[1]
        report(seen, *spent)
        for client in clients:
            client.close()
    return seen


async def follow(port: int, key: str, contact: int, seen: Seen) -> Listener:
    """A socket with the member's list and one record."""
    client = await listen(port, "/ws", {"Authorization": f"Bearer {key}"}, seen.watcher())
    client.send('{"type":"hello","protocol":1,"patches":true}')
    queries = [
        {"id": "list", "function": "contacts.list_contacts"},
        {"id": "one", "function": "contacts.get_contact", "args": {"contact_id": contact}},
    ]
    client.send(json.dumps({"type": "subscribe", "queries": queries}))
    return client


async def run_writer(stage: Stage, seen: Seen) -> None:
    """Another process writes; it says what it has committed when."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.mixed", "write", stage.schema, *["--quick"] * QUICK,
        cwd=ROOT, stdout=subprocess.PIPE, env=os.environ | {"DATABASE_URL": stage.database_url},
    )  # fmt: skip
    assert child.stdout is not None
    async for line in child.stdout:
        number, at = json.loads(line)
        seen.written_at[number] = at
    await child.wait()


def write(url: str) -> None:
    """So many single changes a second, each a transaction of its own."""
    import random

    rng, began, first = random.Random(5), time.monotonic(), int(time.time() * 20) % 10**9
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SET search_path = {sys.argv[2]}, public")
        for number in range(first, first + int(RATE * SECONDS)):
            contact = rng.randrange(1, CONTACTS)
            connection.execute(
                "UPDATE contacts_contact SET first_name = %s WHERE id = %s", [f"W{number:09}", contact]
            )
            print(json.dumps([number, time.monotonic()]), flush=True)
            # By the clock, not by the last write: one that comes late does not make the next ones late.
            time.sleep(max(0.0, began + (number - first + 1) / RATE - time.monotonic()))


def delays(seen: Seen) -> list[float]:
    """Seconds from commit to client, of each delivery."""
    return [at - seen.written_at[number] for number, at in seen.came if number in seen.written_at]


def median(seen: Seen) -> float:
    """The median delay."""
    return statistics.median(delays(seen))


def report(seen: Seen, web: float, relay: float) -> None:
    """The figures."""
    late = delays(seen)
    cuts = statistics.quantiles(late, n=100)
    print(f"mixed: {SOCKETS:,} sockets of {MEMBERS} members, {len(seen.written_at) / SECONDS:.0f} changes/s, "
          f"{os.cpu_count()} cores shared by all")  # fmt: skip
    p50, p95, p99 = (cuts[percent - 1] * 1000 for percent in (50, 95, 99))
    print(f"commit to client: p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms "
          f"(goal on 4 cores: p50 40, p95 120); "
          f"{seen.messages:,} deliveries, CPU web {web / SECONDS:.0%} of a core, relay {relay / SECONDS:.0%}, "
          f"{web * 1e6 / max(1, seen.messages):.0f} ms a thousand deliveries")  # fmt: skip


if __name__ == "__main__":
    main()
