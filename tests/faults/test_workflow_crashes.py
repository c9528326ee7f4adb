"""Workers killed with SIGKILL at every named point of the engine; then others finish, and the books must be right.

The points are those of ``workflows.crashes``. By default each is hit at a few places of the run; with
``FAULTS=all`` at many, alone and in company. Nothing here waits for a lease: its end is moved into the past.
"""

import contextlib
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from crm.tasks.models import Task
from tests.cast import Cast
from tests.databases import disconnect
from tests.faults.books import check_books, finish
from tests.faults.workers import Workers
from tests.processes import wait_for
from tests.workflows import example
from workflows import control, start
from workflows.models import Due
from workflows.runs.models import Place, Run, StepRun
from workflows.testing import advance, expire_leases

pytestmark = pytest.mark.faults
ALL = os.environ.get("FAULTS") == "all"
SECONDS = float(os.environ.get("CHAOS_SECONDS", "5"))
POINTS = {
    "claim.taken": 2,
    "run.loaded": 3,
    "step.guarded": 4,
    "step.body_done": 6,
    "step.journaled": 4,
    "step.rearmed": 4,
    "step.committed": 4,
    "action.before_start": 2,
    "action.started": 2,
    "action.answered": 2,
    "action.before_outcome": 2,
    "event.locked": 1,
    "child.started": 1,
    "run.settled": 3,
}
CASES = [(point, hits) for point, most in POINTS.items() for hits in range(1, most + 1)]
if not ALL:
    CASES = [(point, hits) for point, hits in CASES if hits in (1, POINTS[point])]


@pytest.mark.parametrize(("point", "hits"), CASES)
def test_killed_at(point: str, hits: int, crew: Workers, ledger: Path, people: Cast) -> None:
    start(example.everything, {"owner_id": people.alice.member_id, "name": "r"})
    assert crew.run(point, hits) == -signal.SIGKILL
    assert not Due.objects.filter(kind="run", attempts__gt=1).exists()
    finish(crew, 2)
    check_books(["r"], ledger)


@pytest.mark.parametrize(
    "point",
    POINTS if ALL else ["claim.taken", "run.loaded", "step.body_done", "run.settled", "step.committed"],
)
def test_killed_in_company(point: str, crew: Workers, ledger: Path, people: Cast) -> None:
    """Several runs share a transaction and several workers the runs; one of them is killed at its third time."""
    names = [f"r{number}" for number in range(6)]
    for name in names:
        start(example.everything, {"owner_id": people.alice.member_id, "name": name})
    pids = [crew.begin(point, 3), crew.begin(), crew.begin()]
    assert {crew.end_of(pid) for pid in pids} <= {0, -signal.SIGKILL}
    finish(crew, 12, count=2)
    check_books(names, ledger)


@pytest.mark.parametrize("point", ["start.inserted", "start.done"])
def test_killed_while_starting(point: str, crew: Workers, ledger: Path, people: Cast) -> None:
    """The run exists if and only if the record of the same transaction does."""
    assert crew.run(point, do="start", owner_id=people.alice.member_id, name="r") == -signal.SIGKILL
    assert (Run.objects.count(), Task.objects.count(), Due.objects.filter(kind="run").count()) == (0, 0, 0)
    assert crew.run(do="start", owner_id=people.alice.member_id, name="r") == 0
    assert Task.objects.filter(title="business").delete()[0] == 1
    finish(crew, 2)
    check_books(["r"], ledger)


@pytest.mark.parametrize(("point", "calls"), [("action.started", 1), ("action.answered", 2)])
def test_action_that_may_run_at_most_once(
    point: str, calls: int, crew: Workers, ledger: Path, people: Cast
) -> None:
    run_id = start(example.everything, {"owner_id": people.alice.member_id, "name": "r", "once": True})
    assert crew.run(point) == -signal.SIGKILL
    finish(crew, 2)
    assert (
        len(ledger.read_text().splitlines()) == calls
    )  # the one in the branch, and this one if it had begun
    assert Run.objects.get(pk=run_id).note == "nobody knows whether it rang"
    assert Counter(example.titles()) == Counter(example.expected("r"))


@pytest.mark.parametrize("point", ["claim.taken", "run.loaded", "step.body_done", "action.answered"])
def test_frozen_worker_that_comes_back_changes_nothing(
    point: str, crew: Workers, ledger: Path, people: Cast
) -> None:
    """Stopped past its lease while another worker finishes, then continued: a zombie's commit must fail."""
    start(example.everything, {"owner_id": people.alice.member_id, "name": "r"})
    zombie = crew.begin(point, 1, "SIGSTOP")
    assert crew.end_of(zombie) == -signal.SIGSTOP
    wait_for(nobody_holds_a_transaction, 90)  # the database ends the frozen one, whose locks keep the run
    finish(crew, 2)
    os.kill(zombie, signal.SIGCONT)
    crew.end_of(zombie)
    check_books(["r"], ledger)


def nobody_holds_a_transaction() -> bool:
    """Whether no session of the database is in a transaction and silent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
        )
        return bool(cursor.fetchone() == (0,))


def test_sixteen_workers_and_workers_killed_all_the_time(crew: Workers, ledger: Path, people: Cast) -> None:
    """Every second kill meets a worker that has just begun: however quick the machine, some are killed alive."""
    names: list[str] = []

    def start_more(count: int) -> None:
        for _ in range(count):
            names.append(f"r{len(names)}")
            start(example.everything, {"owner_id": people.alice.member_id, "name": names[-1]})

    start_more(20 if not ALL else 400)
    pids = [crew.begin() for _ in range(16)]
    end = time.monotonic() + SECONDS
    killed = []
    while time.monotonic() < end:
        start_more(1)  # work for those who go on
        pids.append(crew.begin())
        killed.append(kill(crew, pids.pop()))
        time.sleep(0.15)
        pids.append(crew.begin())
        killed.append(kill(crew, pids.pop(random.randrange(len(pids)))))
    for pid in pids:
        crew.end_of(pid)
    finish(crew, 2 * len(names), count=2, help_them=retry_poisoned)
    check_books(names, ledger)
    assert -signal.SIGKILL in killed


def kill(crew: Workers, pid: int) -> int:
    """How the worker ended: by this SIGKILL, unless its work was done before."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return crew.end_of(pid)


def retry_poisoned() -> None:
    """A run whose worker was killed three times in a row is a dead letter at its next start, and nothing but that."""
    for run in Run.objects.filter(status="failed"):
        assert run.error["code"] == "poison", run.error
        control.retry_from(run.pk)


def test_a_run_that_ends_each_of_its_workers_stops_nobody_else(
    crew: Workers, ledger: Path, people: Cast
) -> None:
    owner = {"owner_id": people.alice.member_id}
    poison = start(example.poison, owner)
    names = ["r0", "r1", "r2"]
    for name in names:
        start(example.everything, {**owner, "name": name})
    ends = []
    while Run.objects.get(pk=poison).finished_at is None:
        expire_leases()
        ends.append(crew.run())
        advance(example.timedelta(minutes=1))
    # The second worker commits the step before it dies, which is progress; three more come no further.
    assert ends == [9, 9, 9, 9, 0]
    assert Run.objects.get(pk=poison).error["code"] == "poison"
    assert Task.objects.filter(title="poison").delete()[0] == 1  # the step before it is done, once
    finish(crew, 2 * len(names))
    check_books(names, ledger)


def test_sessions_cut_while_workers_work(
    crew: Workers, ledger: Path, people: Cast, committed_db: str
) -> None:
    """An administrator ends all sessions again and again: a COMMIT whose answer is lost is read back."""
    names = [f"r{number}" for number in range(20)]
    for name in names:
        start(example.everything, {"owner_id": people.alice.member_id, "name": name})
    pids = [crew.begin(seconds=6) for _ in range(3)]
    with psycopg.connect(committed_db, autocommit=True) as administrator:
        for _ in range(8):
            time.sleep(0.25)
            administrator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    for pid in pids:
        crew.end_of(pid)
    disconnect()
    finish(crew, 2 * len(names), count=2)
    check_books(names, ledger)


def test_events_sent_while_waits_begin(crew: Workers, ledger: Path, people: Cast) -> None:
    """Senders and waiters at the same time: nothing is lost, and a doubled event counts once."""
    runs = [start("test.go", {"owner_id": people.alice.member_id}) for _ in range(60)]
    pids = [
        crew.begin(do="send", runs=runs[::-1]),
        crew.begin(do="send", runs=runs),
        crew.begin(),
        crew.begin(),
    ]
    assert [crew.end_of(pid) for pid in pids] == [0, 0, 0, 0]
    finish(crew, 60)
    assert len(example.titles()) == 60


def test_cancel_against_workers(crew: Workers, ledger: Path, people: Cast) -> None:
    """What was committed before the cancel stays; nothing is committed after it."""
    runs = [
        start(example.everything, {"owner_id": people.alice.member_id, "name": f"r{n}"}) for n in range(20)
    ]
    pids = [crew.begin(), crew.begin()]
    wait_for(lambda: Task.objects.count() > 10, 90)
    seen = {}
    for run_id in runs:
        if control.cancel(run_id):
            seen[run_id] = StepRun.objects.filter(run=run_id, status="done").count()
    for pid in pids:
        crew.end_of(pid)
    expire_leases()
    assert crew.run() == 0
    for run_id, before in seen.items():
        assert Run.objects.get(pk=run_id).status == "cancelled"
        assert StepRun.objects.filter(run=run_id, status="done").count() == before  # I8
    assert not Due.objects.filter(kind="run").exists()
    assert max(Counter(example.titles()).values()) == 1


@pytest.mark.parametrize("point", ["claim.taken", "run.loaded", "action.answered"])
def test_cancel_under_a_worker(point: str, crew: Workers, ledger: Path, people: Cast) -> None:
    """A worker is stopped with the run in its hands, the run is cancelled, the worker goes on: it changes nothing."""
    run_id = start(example.everything, {"owner_id": people.alice.member_id, "name": "r"})
    pid = crew.begin(point, 1, "SIGSTOP")
    assert crew.end_of(pid) == -signal.SIGSTOP
    before = StepRun.objects.filter(run=run_id, status="done").count()
    assert control.cancel(run_id)
    os.kill(pid, signal.SIGCONT)
    assert crew.end_of(pid) == 0
    expire_leases()
    assert crew.run() == 0
    assert Run.objects.get(pk=run_id).status == "cancelled"
    assert StepRun.objects.filter(run=run_id, status="done").count() == before == len(example.titles())
    assert not Due.objects.filter(kind="run").exists()


@pytest.mark.parametrize(("point", "hits"), [("place.given", 1), ("place.given", 4), ("step.rearmed", 3)])
def test_a_limit_holds_while_workers_die(
    point: str, hits: int, crew: Workers, ledger: Path, people: Cast
) -> None:
    """Never more than two runs at once, each begun once, and no place lost with a worker."""
    names = [f"r{number}" for number in range(8)]
    for name in names:
        start(example.limited, {"owner_id": people.alice.member_id, "name": name})
    pids = [crew.begin(point, hits), crew.begin(), crew.begin()]
    assert {crew.end_of(pid) for pid in pids} <= {0, -signal.SIGKILL}
    finish(crew, len(names), count=3)
    done = example.titles()
    begun = [title.split()[0] for title in done if title.endswith("begins")]
    ended: set[str] = set()
    for title in done:
        name, word = title.split()
        ended |= {name} if word == "ends" else set()
        if word == "begins":
            assert begun.index(name) - len(ended) < 2
    assert sorted(begun) == names
    assert not Place.objects.exists()


@pytest.mark.parametrize(
    ("point", "hits"), [("action.before_outcome", 1), ("step.rearmed", 2), ("step.committed", 2)]
)
def test_killed_around_the_note_of_a_retry(
    point: str, hits: int, crew: Workers, ledger: Path, people: Cast
) -> None:
    """The attempt that failed is counted once, and there is one timer for the next."""
    run_id = start(example.busy, {"owner_id": people.alice.member_id})
    assert crew.run(point, hits) == -signal.SIGKILL
    finish(crew, 1)
    calls = [line.split() for line in ledger.read_text().splitlines()]
    assert [attempt for _, attempt in calls] == ["1", "2"]
    assert len({key for key, _ in calls}) == 1
    assert StepRun.objects.get(run=run_id, kind="action").attempts == 2
    assert example.titles() == ["rang"]


@pytest.mark.parametrize("hours", [24 * 4, -24 * 4])
def test_the_hosts_clock_does_not_matter(crew: Workers, ledger: Path, people: Cast, hours: int) -> None:
    """A worker whose wall clock is days off fires no timer early and none late."""
    start(example.onboarding, {"owner_id": people.alice.member_id})
    for _ in range(2):
        assert crew.run(clock=hours * 3600) == 0
        assert example.titles() == ["Welcome"]
    advance(example.timedelta(days=3))
    assert crew.run(clock=hours * 3600) == 0
    assert example.titles() == ["Welcome", "Ask", "Check"]


def test_timer_set_before_a_restart_fires_once_after_it(crew: Workers, ledger: Path, people: Cast) -> None:
    run_id = start(example.onboarding, {"owner_id": people.alice.member_id})
    assert crew.run() == 0  # this worker ends, and all its memory with it
    assert example.titles() == ["Welcome"]
    advance(example.timedelta(days=3))
    pids = [crew.begin() for _ in range(4)]
    assert [crew.end_of(pid) for pid in pids] == [0] * 4
    assert example.titles() == ["Welcome", "Ask", "Check"]
    assert Run.objects.get(pk=run_id).status == "completed"
