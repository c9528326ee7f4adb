"""The network between a worker and PostgreSQL is cut at an exact message: around a COMMIT, and at any statement.

A worker whose COMMIT was heard, but not answered, can't know whether it counts: it has to read it back.
"""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError, transaction

from accounts.tenancy import tenant_context
from crm.tasks.models import Task
from tests.cast import ACME, Cast, load_cast
from tests.faults.books import check_books
from tests.faults.clusters import used
from tests.faults.proxies import Proxy, What
from tests.workflows import example
from workflows import start
from workflows.drain import drain
from workflows.models import Due
from workflows.runs.models import Place, Run, RunEvent, StepRun
from workflows.testing import advance, expire_leases

pytestmark = pytest.mark.faults
ALL = os.environ.get("FAULTS") == "all"


@pytest.fixture(scope="module")
def people(committed_db: str) -> Cast:
    return load_cast()


@pytest.fixture
def ledger(people: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty ledger; the test runs inside Acme."""
    monkeypatch.setenv("LEDGER", str(tmp_path / "ledger"))
    with tenant_context(ACME):
        yield tmp_path / "ledger"


def begin_anew(ledger: Path, people: Cast) -> None:
    """One run of every kind of step, and nothing else."""
    ledger.write_text("")
    Due.objects.all().delete()
    for model in (RunEvent, StepRun, Place, Run, Task):
        model.objects.all().delete()
    start(example.everything, {"owner_id": people.alice.member_id, "name": "r"})


def finish() -> None:
    """Let the work be done over a connection that holds."""
    for _ in range(8):
        expire_leases()
        drain(20)
        if Run.objects.filter(status="completed").count() == 2:
            return
        advance(example.timedelta(minutes=1), schemas=[ACME])
    raise AssertionError(list(Run.objects.values("workflow", "status", "error", "note")))


@pytest.mark.parametrize(
    ("what", "done", "each"),
    [("commit", True, 1), ("commit", False, 1), ("anything", True, 1 if ALL else 7)],
    ids=["the answer of each commit", "each commit itself", "the answer of anything"],
)
def test_cut_at(what: What, done: bool, each: int, ledger: Path, people: Cast, committed_db: str) -> None:
    """A run for every place at which its worker's connection can be cut, until one ends uncut."""
    for hits in itertools.count(1, each):
        begin_anew(ledger, people)
        books: list[tuple[int, int]] = []
        with Proxy(committed_db) as proxy:
            proxy.cut_at(hits, what, done=done, look=lambda: books.append(read(committed_db)))  # noqa: B023  (called within the turn)
            with used(proxy.url):
                drain(20)
            if not proxy.has_cut:
                break
        [(tasks, steps)] = books
        assert tasks == steps  # while the worker waits for its answer: both or neither
        finish()
        check_books(["r"], ledger)
    assert hits > 4  # there were that many to cut, however quick the machine


def read(url: str) -> tuple[int, int]:
    """Effects and journal rows that are committed, as somebody else sees them."""
    with psycopg.connect(url) as other:
        found = other.execute(
            f"SELECT (SELECT count(*) FROM {ACME}.tasks_task),"
            f" (SELECT count(*) FROM {ACME}.runs_steprun WHERE kind = 'mutation' AND status = 'done')"
        ).fetchone()
    assert found is not None
    return found


def test_a_start_whose_answer_is_lost_is_found_by_its_key(
    ledger: Path, people: Cast, committed_db: str
) -> None:
    """Whoever started it gets an error, starts it again, and gets the run that there is."""
    args = {"owner_id": people.alice.member_id}
    Run.objects.all().delete()
    with Proxy(committed_db) as proxy, used(proxy.url):
        proxy.cut_at(1, "commit")
        with pytest.raises(OperationalError), transaction.atomic():
            start(example.onboarding, args, key="member-7")
    assert proxy.has_cut
    assert start(example.onboarding, args, key="member-7") == Run.objects.get().pk
