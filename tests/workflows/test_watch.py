"""The engine's signs of life, what it says when something is wrong, and runs whose time went by long ago."""

import re
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest

from tests.workflows.example import note, onboarding, run_of, titles
from workflows import Step, control, start, watch, workflow
from workflows.drain import drain
from workflows.jobs import drain_due, tick
from workflows.models import Due, Heartbeat
from workflows.sql import execute
from workflows.testing import advance

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TOLD: list[tuple[Any, ...]] = []


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No process has beaten yet, and nobody was told anything."""
    watch._last.clear()
    TOLD.clear()
    yield
    watch._last.clear()


def tell(*what: Any) -> None:
    """Who is told of trouble in these tests."""
    TOLD.append(what)
    if what[2] == "test.mute":
        raise RuntimeError("nobody listens")


@workflow("test.faulty")
def faulty(step: Step) -> None:
    """Fail."""
    raise ValueError("no such luck")


@workflow("test.mute")
def mute(step: Step) -> None:
    """Fail where telling fails, too."""
    raise ValueError("no such luck")


def test_all_is_well_when_nothing_is_due() -> None:
    drain_due()
    health = watch.look()
    assert (health.lag, health.leased, health.expired, health.failed) == (timedelta(0), 0, 0, 0)
    assert set(health.beats) == {"worker"}
    tick()
    assert set(watch.look().beats) == {"beat", "worker"}
    assert health.problems() == []


def test_signs_of_life_are_written_seconds_apart(django_assert_num_queries: Any) -> None:
    watch.beat("worker")
    with patch("workflows.watch.BEAT_SECONDS", 3600), django_assert_num_queries(0):
        watch.beat("worker")
    assert Heartbeat.objects.count() == 1


def test_what_waits_too_long_is_said(owner: int, caplog: pytest.LogCaptureFixture) -> None:
    start(faulty)
    advance(timedelta(hours=20))
    assert watch.look().lag >= timedelta(hours=20)
    assert "waited for 72" in " ".join(watch.Reporter().report())  # 72,000 seconds and what this took
    assert "waited for 72" in caplog.text


def test_what_is_new_is_said_at_once_and_what_lasts_once_a_minute(owner: int) -> None:
    clock = SimpleNamespace(now=0.0)
    with patch("workflows.watch.time.monotonic", lambda: clock.now):
        reporter = watch.Reporter(quiet_for=15)
        start(faulty)
        advance(timedelta(hours=20))
        assert reporter.report() == []  # everything may still be starting
        clock.now = 20.0
        (late,) = reporter.report()
        clock.now = 25.0
        watch.beat("driver")
        execute("UPDATE public.workflows_heartbeat SET at = at - interval '20 hours'")
        (missing,) = reporter.report()
        assert missing.startswith("The driver was last seen")
        clock.now = 81.0
        (late_again,) = reporter.report()
        assert late_again[:20] == late[:20]


def test_beat_is_missed_after_five_seconds_and_a_worker_after_thirty() -> None:
    tick()
    for seconds, missed in ((4, set()), (6, {"beat"}), (31, {"beat", "worker"})):
        execute(f"UPDATE public.workflows_heartbeat SET at = clock_timestamp() - interval '{seconds} s'")
        said = watch.look().problems()
        assert {problem.split()[1] for problem in said} == missed


def test_a_driver_that_is_gone_is_said() -> None:
    watch.beat("driver")
    execute("UPDATE public.workflows_heartbeat SET at = at - interval '20 hours'")
    (problem,) = watch.look().problems()
    assert re.fullmatch(r"The driver was last seen 72\d{3} seconds ago\.", problem)


def test_failed_and_expired_rows_are_counted(owner: int) -> None:
    for number in range(3):
        Due.objects.create(kind="nothing", ref=number, tenant="public", state=2)
    start(faulty)
    execute(
        "UPDATE public.workflows_due SET state = 1, lease_until = clock_timestamp() - interval '1 s' WHERE state = 0"
    )
    health = watch.look()
    assert (health.leased, health.expired, health.failed) == (1, 1, 3)


def test_a_failed_run_is_told_once(owner: int, settings: Any) -> None:
    settings.WORKFLOWS_TROUBLE = "tests.workflows.test_watch.tell"
    run_id = start(faulty)
    drain()
    assert [("t_acme", run_id, "test.faulty", "failed", "no such luck")] == TOLD
    control.retry_from(run_id)
    drain()
    assert len(TOLD) == 2


def test_telling_that_fails_does_not_spoil_the_run(owner: int, settings: Any) -> None:
    settings.WORKFLOWS_TROUBLE = "tests.workflows.test_watch.tell"
    run_id = start(mute)
    drain()
    assert run_of(run_id).status == "failed"
    assert len(TOLD) == 1


@pytest.mark.parametrize(("choice", "status"), [("pause", "paused"), ("cancel", "cancelled")])
def test_a_run_that_nobody_could_work_on_in_time_is_set_aside(owner: int, choice: Any, status: str) -> None:
    @workflow("test.fresh", stale_after="1d", when_stale=choice)
    def fresh(step: Step, *, owner_id: int) -> None:
        """Congratulate in an hour."""
        note(step, owner_id, "Congratulations", run_after=timedelta(hours=1))

    run_id = start(fresh, {"owner_id": owner})
    drain()
    advance(2 * DAY)
    drain()
    assert (run_of(run_id).status, titles()) == (status, [])
    if choice == "pause":
        control.resume(run_id)
        drain()
        assert (run_of(run_id).status, titles()) == ("completed", ["Congratulations"])


def test_a_little_late_is_made_up_for(owner: int) -> None:
    @workflow("test.fresh", stale_after="1d")
    def fresh(step: Step, *, owner_id: int) -> None:
        """Congratulate in an hour."""
        note(step, owner_id, "Congratulations", run_after=timedelta(hours=1))

    start(fresh, {"owner_id": owner})
    drain()
    advance(timedelta(hours=20))
    drain()
    assert titles() == ["Congratulations"]


def test_the_databases_clock_is_set(owner: int) -> None:
    """Back by an hour: timers are late by the hour, none is lost. Forward again: they fire, none twice."""
    run_id = start(onboarding, {"owner_id": owner})
    drain()
    advance(timedelta(hours=-1))
    for days, expected in ((3 * DAY, ["Welcome"]), (timedelta(hours=1), ["Welcome", "Ask", "Check"])):
        advance(days)
        drain()
        assert titles() == expected
    advance(timedelta(hours=-1))
    advance(timedelta(hours=1))
    drain()
    assert titles() == ["Welcome", "Ask", "Check"]
    assert run_of(run_id).status == "completed"
