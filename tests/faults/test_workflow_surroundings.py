"""What a deployment does to its engine: a broker that stands still or is full, too few connections, deploys all day."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis

from config import embedded
from tests.cast import Cast
from tests.faults.books import check_books, finish
from tests.faults.clusters import run as administrate
from tests.faults.workers import workers
from tests.processes import process, started, wait_for
from tests.workflows import example
from workflows import start
from workflows.models import Due
from workflows.runs.models import Run

pytestmark = pytest.mark.faults
WORKER, DRIVER = ["-m", "tests.faults.worker"], ["-m", "tests.faults.driver"]
SECONDS = 90
#: A session that is refused, and a pool that gave up waiting, end a forked worker; the next one comes.
ENDS = {0, 1}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    """A broker of the test's own."""
    try:
        yield embedded.start(tmp_path / "broker", test=True, servers=("valkey",))["REDIS_URL"]
    finally:
        embedded.stop(tmp_path / "broker")


def settings_of(ledger: Path, broker: str) -> dict[str, str]:
    """The environment of processes that work on the tests' runs."""
    return {"WORKFLOWS_LEASE_SECONDS": "2", "LEDGER": str(ledger), "REDIS_URL": broker}


def begin(people: Cast, *names: str) -> None:
    """Start runs."""
    for name in names:
        start(example.everything, {"owner_id": people.alice.member_id, "name": name})


def all_over() -> bool:
    """Whether every run is completed."""
    return not Run.objects.exclude(status="completed").exists()


@contextmanager
def standing_still(client: "redis.Redis[bytes]") -> Iterator[None]:
    """The broker answers nobody for a while; the block has to end before."""
    client.execute_command("CLIENT", "PAUSE", "600000", "WRITE")
    try:
        yield
    finally:
        client.execute_command("CLIENT", "UNPAUSE")


@contextmanager
def full(client: "redis.Redis[bytes]") -> Iterator[None]:
    """The broker has no memory left and throws nothing away."""
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", "1")
    try:
        with pytest.raises(redis.ResponseError, match="maxmemory"):
            client.set("full", "yes")
        yield
    finally:
        client.config_set("maxmemory", "0")


def test_a_broker_that_stands_still_is_full_or_emptied(
    committed_db: str, broker: str, ledger: Path, people: Cast
) -> None:
    """The driver does the work meanwhile; worker and beat, which lived through it, do it again afterwards."""
    environment = settings_of(ledger, broker)
    client = redis.Redis.from_url(broker)
    with process("beat", committed_db, **environment), started(WORKER, committed_db, **environment) as worker:
        names = []
        for fault in (standing_still, full):
            name = fault.__name__
            names += [f"{name}-before", f"{name}-during"]
            begin(people, names[-2])  # hints of this process go to another broker: beat has to tell
            wait_for(all_over, SECONDS)
            with fault(client), started(DRIVER, committed_db, **environment):
                begin(people, names[-1])
                wait_for(all_over, SECONDS)
        client.flushall()
        begin(people, "after")
        wait_for(all_over, SECONDS)
        assert worker.poll() is None
    check_books([*names, "after"], ledger)


@pytest.fixture
def tight(committed_db: str) -> Iterator[str]:
    """The database's address for a role that may have two sessions: a superuser would be let in all the same."""
    parts = urlsplit(committed_db)
    administrate(
        committed_db,
        f"CREATE ROLE tight LOGIN PASSWORD '{parts.password}' CONNECTION LIMIT 2",
        "GRANT crm TO tight",
    )
    yield urlunsplit(parts._replace(netloc=f"tight:{parts.password}@{parts.hostname}:{parts.port}"))
    administrate(committed_db, "DROP ROLE tight")


def test_too_few_connections(tight: str, committed_db: str, ledger: Path, people: Cast) -> None:
    """Four workers, two sessions, and for a while none: who gets none does nothing, and no run is worse for it."""
    names = [f"r{number}" for number in range(8)]
    begin(people, *names)
    with workers(tight, WORKFLOWS_LEASE_SECONDS="2", LEDGER=str(ledger)) as crew:
        with psycopg.connect(tight), psycopg.connect(tight):
            with pytest.raises(psycopg.OperationalError, match="too many connections"):
                psycopg.connect(tight)
            pids = [crew.begin(seconds=8) for _ in range(4)]
            time.sleep(0.5)
            assert example.titles() == []
        for _ in range(3):
            time.sleep(0.3)
            administrate(
                committed_db, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tight'"
            )
        assert {crew.end_of(pid) for pid in pids} <= ENDS
        assert not Run.objects.filter(status="failed").exists()
        finish(crew, 2 * len(names))
    check_books(names, ledger)


def test_deploys_all_day(committed_db: str, broker: str, ledger: Path, people: Cast) -> None:
    """A worker that is told to stop ends what it has begun: nothing stays leased, nothing is done twice."""
    environment = settings_of(ledger, broker)
    names: list[str] = []
    with process("beat", committed_db, **environment):
        for deploy in range(3):
            fresh = [f"r{deploy}-{number}" for number in range(20)]
            begin(people, *fresh)
            names += fresh
            seen = len(example.titles())
            with started(WORKER, committed_db, **environment) as worker:
                wait_for(lambda seen=seen: len(example.titles()) > seen, SECONDS)
                worker.terminate()
                assert worker.wait(SECONDS) == 0
            assert not Due.objects.filter(state=Due.State.LEASED).exists()
            assert not Run.objects.filter(status="failed").exists()
    with started(DRIVER, committed_db, **environment):
        wait_for(all_over, SECONDS)
    check_books(names, ledger)
    assert {call.split()[1] for call in ledger.read_text().splitlines()} == {"1"}
