"""Every part is killed or lies, under the oracle: screens show states that were, in order, and soon the last one.

A database, a Redis, three relays and two web processes of its own. While something is broken writes go on; after
each one the oracle asks every query anew as every person. Whatever a screen shows at any time must be one of
these states, none earlier than the one it showed before, on whichever process it finds itself.
"""

import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import redis
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from accounts.tenancy import tenant_context
from config import binaries, embedded
from crm.contacts.models import Contact
from realtime.functions.call import call
from tests import databases, processes
from tests.cast import ACME, Cast, load_cast
from tests.realtime.changes.relays import leaders, wait_for
from tests.realtime.live.conftest import new_key
from tests.realtime.live.screens import Queries, Screen, answers_of, retried, until_right

pytestmark = pytest.mark.faults
#: Of what is written, lost and cut; CHAOS_SEED=8 runs another one.
SEED = int(os.environ.get("CHAOS_SEED", "7"))
QUERIES: Queries = {
    "all": ("contacts.list_contacts", {"limit": 20}),
    "one": ("contacts.get_contact", {"contact_id": 1}),
    "by name": ("contacts.list_contacts", {"sort": "full_name", "limit": 3}),
    "members": ("roles.list_members", {}),
}


@dataclass
class Chaos:
    """All processes, and the screens that they serve."""

    database: Path
    redis: Path
    database_url: str
    redis_url: str
    cast: Cast
    relays: list[processes.Process]
    webs: list[tuple[processes.Process, str]]
    stack: ExitStack
    screens: list[Screen] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    recoveries: dict[str, float] = field(default_factory=dict)

    def write(self) -> None:
        """One random committed write, and the states after it."""
        retried(self._write)
        people = {screen.person for screen in self.screens}
        states = retried(lambda: {person: answers_of(person, QUERIES) for person in people})
        for screen in self.screens:
            screen.states.append(states[screen.person])

    def _write(self) -> None:
        databases.disconnect()
        with tenant_context(ACME):
            ctx = self.cast.olivia.context()
            owner = self.chance.choice(self.cast.acme).member_id
            ids = list(Contact.objects.filter(archived_at=None).values_list("id", flat=True))
            name = f"{self.chance.choice('ABC')}{self.chance.randrange(99)}"
            if len(ids) < 6 or self.chance.random() < 0.3:
                call("contacts.create_contact", ctx, {"first_name": name, "owner_id": owner})
            elif self.chance.random() < 0.5:
                changes = {"first_name": name}
                call(
                    "contacts.update_contact",
                    ctx,
                    {"contact_id": self.chance.choice(ids), "changes": changes},
                )
            else:
                call(
                    "contacts.assign_contact", ctx, {"contact_id": self.chance.choice(ids), "owner_id": owner}
                )

    def work(self, seconds: float, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Write for a while; the screens are checked all the time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.write()
            meanwhile()
            for screen in self.screens:
                screen.keep()

    def recover(self, fault: str) -> None:
        """From now on: a write, and the time until everybody shows it. Then more writes, and again."""
        began = time.monotonic()
        self.write()
        until_right(self.screens)
        self.recoveries[fault] = time.monotonic() - began
        self.work(1.0)
        until_right(self.screens)
        assert [screen.faults for screen in self.screens if screen.faults] == [], fault


@pytest.fixture(scope="module")
def chaos(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chaos]:
    """Everything of its own: nobody else's database is restarted."""
    folders = [tmp_path_factory.mktemp(name) for name in ("database", "redis")]
    processes.keep_ports(folders[0], "postgres")
    processes.keep_ports(folders[1], "valkey")
    redis_url = embedded.start(folders[1], test=True, servers=("valkey",))["REDIS_URL"]
    try:
        database = restored(folders[0])
        with django_db_blocker.unblock(), connected(database), ExitStack() as stack:
            relays = [
                stack.enter_context(processes.process("relay", database, REDIS_URL=redis_url))
                for _ in range(3)
            ]
            found = Chaos(folders[0], folders[1], database, redis_url, load_cast(), relays, [], stack)
            for _ in range(2):
                start_web(found)
            open_screens(found)
            yield found
            for fault, seconds in found.recoveries.items():
                print(f"{fault:36} {seconds * 1000:6.0f} ms")  # noqa: T201 - recovery times are reported
            for screen in found.screens:
                if screen.client is not None:
                    screen.client.close()
    finally:
        for folder in folders:
            embedded.stop(folder)


def restored(folder: Path) -> str:
    """A PostgreSQL with the tests' template restored from a dump, as after the loss of a server; its address."""
    url = embedded.start(folder, test=True, servers=("postgres",))["DATABASE_URL"]
    programs = binaries.postgres_folder()
    dump = folder / "template.dump"
    source = databases.database_url(databases.template())
    subprocess.run([programs / "pg_dump", "-Fc", "-Z0", "-f", dump, source], check=True)
    subprocess.run([programs / "pg_restore", "--no-owner", "-d", url, dump], check=True)
    return url


@contextmanager
def connected(url: str) -> Iterator[None]:
    """Django on another PostgreSQL."""
    settings = connections.settings["default"]
    before = dict(settings)
    databases.disconnect()
    parts = psycopg.conninfo.conninfo_to_dict(url)
    settings |= {
        "HOST": parts["host"],
        "PORT": str(parts["port"]),
        "USER": parts["user"],
        "PASSWORD": parts["password"],
        "NAME": parts["dbname"],
    }
    try:
        yield
    finally:
        databases.disconnect()
        settings.update(before)


def start_web(chaos: Chaos) -> None:
    port = str(processes.free_port())
    web = chaos.stack.enter_context(
        processes.process("web", chaos.database_url, REDIS_URL=chaos.redis_url, PORT=port)
    )
    address = f"http://localhost:{port}"
    processes.wait_for(lambda: processes.answers(f"{address}/healthz", web), processes.START_SECONDS)
    chaos.webs.append((web, address))


def open_screens(chaos: Chaos) -> None:
    people = [chaos.cast.olivia, chaos.cast.lea, chaos.cast.alice, chaos.cast.vera]
    addresses = [address for _, address in chaos.webs]
    for number in range(8):
        person = people[number % len(people)]
        states = [answers_of(person, QUERIES)]
        # Each begins on another process.
        screen = Screen(person, new_key(person)[1], addresses, QUERIES, states, connections=number)
        chaos.screens.append(screen)
    for _ in range(3):
        chaos.write()
    until_right(chaos.screens)


def test_relays_are_killed(chaos: Chaos) -> None:
    """Kill -9 of the leader, twice; a standby goes on."""
    for number in range(2):
        victim = wait_for(lambda: leading(chaos))
        chaos.work(0.5)
        os.killpg(victim.popen.pid, signal.SIGKILL)
        chaos.relays.remove(victim)
        chaos.recover(f"leading relay killed ({number + 1})")
        victim.popen.wait()


def leading(chaos: Chaos) -> processes.Process | None:
    """The living relay that leads and has said so."""
    with psycopg.connect(chaos.database_url, autocommit=True) as connection:
        row = connection.execute("SELECT leader FROM public.changes_relay").fetchone()
        if row is None or len(leaders(connection)) != 1:
            return None
    leader = int(row[0].rpartition(" ")[2] or 0)
    return next((relay for relay in chaos.relays if leader in descendants(relay.popen.pid)), None)


def descendants(pid: int) -> set[int]:
    from bench.measuring import descendants as found

    return set(found(pid))


def test_redis_is_restarted(chaos: Chaos) -> None:
    embedded.stop(chaos.redis)
    chaos.recover("Redis away")
    assert embedded.start(chaos.redis, test=True, servers=("valkey",))["REDIS_URL"] == chaos.redis_url
    chaos.recover("Redis back")


def test_redis_stands_still(chaos: Chaos) -> None:
    pid = embedded.Folder(chaos.redis).state()["valkey"]["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        chaos.recover("Redis stands still")
    finally:
        os.kill(pid, signal.SIGCONT)
    chaos.recover("Redis goes on")


def test_redis_loses_doubles_and_reorders(chaos: Chaos) -> None:
    with gremlin(chaos.redis_url) as told, redis.Redis.from_url(chaos.redis_url) as server:

        def lose() -> None:
            if chaos.chance.random() < 0.15:
                server.client_kill_filter(_type="pubsub", skipme=True)

        chaos.work(3.0, lose)
        processes.wait_for(lambda: len(told) > 20, meanwhile=lambda: chaos.work(0.2, lose))
    chaos.recover("messages lost, doubled, reordered")


@contextmanager
def gremlin(url: str) -> Iterator[list[bytes]]:
    """Says every message of the bus again, some of them several times and much later, in any order."""
    told: list[bytes] = []
    is_over = threading.Event()
    chance = random.Random(SEED)

    def run() -> None:
        kept: list[tuple[bytes, bytes]] = []
        seen: set[bytes] = set()
        with redis.Redis.from_url(url) as speaker:
            while not is_over.is_set():
                with suppress(redis.RedisError, OSError), redis.Redis.from_url(url) as client:
                    ears = client.pubsub()
                    ears.psubscribe("*")
                    while not is_over.is_set():
                        message = ears.get_message(timeout=0.02)
                        if message and message["type"] == "pmessage" and message["data"] not in seen:
                            seen.add(message["data"])
                            kept.append((message["channel"], message["data"]))
                        if kept and chance.random() < 0.7:
                            channel, data = chance.choice(kept[-40:])
                            speaker.publish(channel, data)
                            told.append(data)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        is_over.set()
        thread.join()


def test_sockets_are_cut(chaos: Chaos) -> None:
    cuts = 0

    def cut() -> None:
        nonlocal cuts
        client = chaos.chance.choice(chaos.screens).client
        if client is not None and chaos.chance.random() < 0.5:
            with suppress(OSError):
                client.socket.socket.shutdown(socket.SHUT_RDWR)
                cuts += 1

    before = sum(screen.unchanged for screen in chaos.screens)
    chaos.work(2.0, cut)
    processes.wait_for(lambda: cuts > 5, meanwhile=lambda: chaos.work(0.2, cut))
    chaos.recover("sockets cut")
    # Whoever comes back resumes by hash. (Its screen is right before it is told so.)
    processes.wait_for(lambda: sum(screen.unchanged for screen in chaos.screens) > before)


def test_a_web_process_is_killed(chaos: Chaos) -> None:
    web, _ = chaos.webs[0]
    os.killpg(web.popen.pid, signal.SIGKILL)
    chaos.recover("web process killed")
    web.popen.wait()


def test_the_database_is_restarted(chaos: Chaos) -> None:
    chaos.work(0.5)
    embedded.stop(chaos.database)
    time.sleep(1.0)
    again = embedded.start(chaos.database, test=True, servers=("postgres",))["DATABASE_URL"]
    assert again == chaos.database_url
    chaos.recover("PostgreSQL restarted")
