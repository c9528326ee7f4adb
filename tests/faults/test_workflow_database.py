"""The database dies under workers, comes back, dies again and is replaced by its standby; nobody helps them."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, InterfaceError

from accounts.tenancy import tenant_context
from config.processes import wait_until_gone
from tests.cast import ACME, load_cast
from tests.databases import database_url, disconnect
from tests.faults.clusters import Cluster, run, used
from tests.nursery import Forked
from tests.processes import started
from tests.workflows import example
from workflows import start
from workflows.checks import check_journals
from workflows.models import Due
from workflows.runs.models import Run
from workflows.runs.upkeep import repair_stranded

pytestmark = pytest.mark.faults
DRIVER = ["-m", "tests.faults.driver"]
RUNS = 150 if os.environ.get("FAULTS") == "all" else 30
#: Of the six that each run has: the failover comes no later.
STEPS = 5
#: Covers a worker's start and a pool's pauses between its attempts to connect, on a machine with much else to do.
QUIET_SECONDS = 60


@pytest.fixture
def servers(committed_db: str, tmp_path: Path) -> Iterator[tuple[Cluster, Cluster]]:
    """A server that commits only what its standby has, too, and the standby."""
    primary = Cluster(tmp_path / "primary", database_url("postgres"))
    address = primary.start()
    name = committed_db.rpartition("/")[2]
    # The tests' servers don't wait for the disk; this one has to keep what it said it had.
    run(address, f"ALTER DATABASE {name} SET synchronous_commit = 'on'")
    # The standby's too, which is copied from here: it finds a primary that is back at once, not after five seconds.
    run(address, "ALTER SYSTEM SET wal_retrieve_retry_interval = '200ms'")
    standby = Cluster(tmp_path / "standby", address, standby=True)
    try:
        standby.start()
        run(address, "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        yield primary, standby
    finally:
        primary.end()
        standby.end()


def progress() -> tuple[int, int]:
    """Runs that are completed and steps that left something; -1 while the database is away."""
    try:
        return Run.objects.filter(status="completed").count(), len(example.titles())
    except (DatabaseError, InterfaceError):
        disconnect()
        return -1, -1


def work_on(workers: list[Forked], *, steps: int = 0, runs: int = 0) -> None:
    """Return when so much is done. However slow the machine: nothing new in QUIET_SECONDS is an error."""
    best, end = (-1, -1), time.monotonic() + QUIET_SECONDS
    while best[0] < runs or best[1] < steps:
        ends = [worker.poll() for worker in workers]
        assert ends == [None] * len(workers), f"workers ended: {ends}"
        found = progress()
        if found > best:
            best, end = found, time.monotonic() + QUIET_SECONDS
        assert time.monotonic() < end, f"no progress in {QUIET_SECONDS} s after (runs, steps) {best}"
        time.sleep(0.05)


def test_restarts_and_a_failover_while_workers_work(servers: tuple[Cluster, Cluster], tmp_path: Path) -> None:
    primary, standby = servers
    names = [f"r{number}" for number in range(RUNS)]
    ledger = tmp_path / "ledger"
    ledger.write_text("")
    quick = {"WORKFLOWS_LEASE_SECONDS": "2", "LEDGER": str(ledger), "WORKFLOWS_SHARE_FROM": "1000"}
    address = primary.folder.url("postgres", primary.port)
    with used(address) as url, tenant_context(ACME):
        owner = load_cast().alice.member_id
        Due.objects.all().delete()
        for name in names:
            start(example.everything, {"owner_id": owner, "name": name})
        with started(DRIVER, url, **quick) as one, started(DRIVER, url, **quick) as other:
            work_on([one, other], steps=RUNS + 1)
            primary.kill()
            primary.start()
            disconnect()  # from the one that died: what it left is counted
            work_on([one, other], steps=min(progress()[1] + RUNS + 1, STEPS * RUNS))
            primary.kill()
            promote(standby, primary.port)
            work_on([one, other], runs=2 * RUNS)
        wanted = Counter(title for name in names for title in example.expected(name))
        assert Counter(example.titles()) == wanted
        calls = Counter(line.split()[0] for line in ledger.read_text().splitlines())
        assert len(calls) == 2 * RUNS
        assert not Due.objects.filter(kind="run").exists()
        assert repair_stranded() == []
        assert check_journals() == []


def promote(standby: Cluster, port: int) -> None:
    """The standby takes over, at the address of the one that is gone."""
    address = standby.folder.url("postgres", standby.port).rpartition("/")[0] + "/postgres"
    run(address, "SELECT pg_promote()")
    pid = standby.folder.state()["postgres"]["pid"]
    os.kill(pid, signal.SIGINT)
    wait_until_gone(pid, 60)
    standby.start(port)
