"""Deploys while runs are in flight: workers of the old and of the new code at once, and the way back.

``FAULTS=all`` has 1,000 runs in flight.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from accounts.tenancy import tenant_context
from crm.tasks.models import Task
from tests.cast import ACME, load_cast
from tests.faults.workers import Workers, workers
from tests.workflows import example
from workflows import start
from workflows.models import Due
from workflows.runs.models import Run, StepRun
from workflows.testing import advance, expire_leases

pytestmark = pytest.mark.faults
HALF = 500 if os.environ.get("FAULTS") == "all" else 20
FLIGHTS = [f"f{number}" for number in range(HALF)]
REWRITTEN = [f"w{number}" for number in range(HALF)]


@pytest.fixture(scope="module")
def builds(committed_db: str) -> Iterator[tuple[Workers, Workers]]:
    """Workers of two builds."""
    with (
        workers(committed_db, WORKFLOWS_LEASE_SECONDS="2") as old,
        workers(committed_db, WORKFLOWS_LEASE_SECONDS="2", DEPLOY="new") as new,
    ):
        yield old, new


def work(*builds: Workers) -> None:
    """One worker of each build, at the same time, until nothing is due."""
    expire_leases()
    pids = [(build, build.begin(seconds=60)) for build in builds]
    assert [build.end_of(pid) for build, pid in pids] == [0] * len(builds)


def check(names: list[str], *parts: str) -> None:
    """Each of the runs has left exactly these."""
    found = Counter(title for title in example.titles() if title.split()[0] in set(names))
    assert found == Counter(f"{name} {part}" for name in names for part in parts)


def statuses(workflow: str, version: int = 1) -> Counter[str]:
    return Counter(Run.objects.filter(workflow=workflow, version=version).values_list("status", flat=True))


def test_every_run_ends_on_its_path_or_is_reported(builds: tuple[Workers, Workers]) -> None:
    old, new = builds
    owner = load_cast().alice.member_id
    Due.objects.all().delete()
    with tenant_context(ACME):
        for name in FLIGHTS:
            start(example.flight, {"owner_id": owner, "name": name})
        for name in REWRITTEN:
            start(example.rewritten, {"owner_id": owner, "name": name})
        work(old, old)
        check([*FLIGHTS, *REWRITTEN], "a")
        assert Run.objects.filter(status="waiting").count() == 2 * HALF

        advance(example.DAY)
        work(old, new)  # while the deploy goes on
        check(FLIGHTS, "a", "b")
        assert statuses("test.flight") == {"completed": HALF}
        told = statuses("test.rewritten")
        assert set(told) <= {"completed", "blocked"}
        assert told.total() == HALF
        blocked = list(Run.objects.filter(status="blocked"))
        assert all(run.error["in_journal"] and run.error["in_code"] for run in blocked)
        check([run.args["name"] for run in blocked], "a")

        fresh = [f"n{number}" for number in range(5)]
        args = {"workflow": "test.flight", "names": fresh, "owner_id": owner}
        assert new.end_of(new.begin(do="begin", **args)) == 0
        work(old)  # leaves alone what it does not know
        assert statuses("test.flight", 2) == {"running": 5}

        advance(example.timedelta(minutes=2))
        work(old)  # the deploy is taken back
        check(REWRITTEN, "a", "b")
        assert statuses("test.rewritten") == {"completed": HALF}
        advance(example.timedelta(seconds=10))  # the old worker had put them back for a while
        work(new)
        check(fresh, "a", "new")
        advance(example.DAY)
        work(new)
        check(fresh, "a", "new", "b")
        assert not Due.objects.filter(kind="run").exists()
        for model in (StepRun, Run, Task):
            model.objects.all().delete()
