"""Workflows that start by the clock, and cron expressions against the calendar."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from realtime.functions import InvalidInput, NotFound
from tests.workflows.example import note, titles
from workflows import Step, drop_schedule, set_schedule, workflow
from workflows.cron import Cron
from workflows.drain import drain
from workflows.models import Due
from workflows.runs.models import Run, Schedule
from workflows.sql import execute
from workflows.testing import advance

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def times(cron: Cron, moment: datetime, count: int) -> list[str]:
    """The next times, on the zone's clock."""
    found = []
    for _ in range(count):
        moment = cron.next_after(moment)
        found.append(moment.astimezone(ZoneInfo(cron.time_zone)).strftime("%d %H:%M"))
    return found


@pytest.mark.parametrize(
    ("expression", "moment", "expected"),
    [
        ("0 7 * * mon-fri", datetime(2026, 5, 8, 8, tzinfo=UTC), ["11 07:00", "12 07:00"]),
        ("30 2 * * *", datetime(2026, 3, 28, 12, tzinfo=UTC), ["29 03:00", "30 02:30"]),
        ("30 2 * * *", datetime(2026, 10, 24, 12, tzinfo=UTC), ["25 02:30", "26 02:30"]),
        ("30 * * * *", datetime(2026, 10, 24, 23, 45, tzinfo=UTC), ["25 02:30", "25 02:30", "25 03:30"]),
        ("0 9 29 2 *", datetime(2026, 1, 1, tzinfo=UTC), ["29 09:00"]),
    ],
)
def test_next_times_by_the_zones_clock(expression: str, moment: datetime, expected: list[str]) -> None:
    assert times(Cron(expression, "Europe/Berlin"), moment, len(expected)) == expected


@pytest.mark.parametrize(
    ("expression", "zone"),
    [("", "UTC"), ("61 * * * *", "UTC"), ("* * * * * *", "UTC"), ("@daily", "UTC"), ("0 7 * * *", "Mars/Base"),
     ("0 7 * * *", "../etc/passwd"), ("x" * 9_999, "UTC")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(expression: str, zone: str) -> None:
    with pytest.raises(InvalidInput):
        Cron(expression, zone).check()


def test_a_day_that_never_comes_is_refused() -> None:
    with pytest.raises(InvalidInput):
        Cron("0 0 30 2 *").next_after(datetime(2026, 1, 1, tzinfo=UTC))


@workflow("test.hourly")
def hourly(step: Step, *, owner_id: int) -> None:
    """Leave one task."""
    note(step, owner_id, "Hourly")


def hourly_cron() -> str:
    """Every hour, half an hour away from now: no hour turns while a test looks."""
    return f"{(datetime.now(UTC).minute + 30) % 60} * * * *"


def go_by(by: timedelta) -> None:
    """Let time go by for schedules, too."""
    execute("UPDATE runs_schedule SET next_at = next_at - %s", [by])
    advance(by)
    drain()


@pytest.mark.django_db
def test_one_run_a_time(owner: int) -> None:
    first = set_schedule("hourly", hourly, {"owner_id": owner}, cron=hourly_cron())
    assert first > datetime.now(UTC)
    drain()
    assert titles() == []
    go_by(HOUR)
    assert titles() == ["Hourly"]
    drain()
    assert titles() == ["Hourly"]
    go_by(HOUR)
    assert titles() == ["Hourly"] * 2
    assert Schedule.objects.get().last_run_id == Run.objects.latest("id").pk


@pytest.mark.django_db
def test_an_outage_of_a_week_makes_one_run(owner: int) -> None:
    set_schedule("hourly", hourly, {"owner_id": owner}, cron=hourly_cron())
    go_by(timedelta(days=7))
    assert titles() == ["Hourly"]
    assert Schedule.objects.get().next_at > datetime.now(UTC)


@pytest.mark.django_db
def test_setting_it_again_changes_it(owner: int) -> None:
    far = f"0 3 1 {(datetime.now(UTC).month + 5) % 12 + 1} *"  # in half a year
    set_schedule("greet", hourly, {"owner_id": owner}, cron=hourly_cron())
    set_schedule("greet", hourly, {"owner_id": owner}, cron=far, time_zone="Asia/Tokyo")
    assert Schedule.objects.get().cron == far
    assert Due.objects.filter(kind="runs.schedule").count() == 1
    go_by(HOUR)
    assert titles() == []


@pytest.mark.django_db
def test_a_dropped_schedule_starts_nothing(owner: int) -> None:
    set_schedule("hourly", hourly, {"owner_id": owner}, cron=hourly_cron())
    assert drop_schedule("hourly")
    assert not drop_schedule("hourly")
    assert not Due.objects.filter(kind="runs.schedule").exists()
    go_by(HOUR)
    assert titles() == []


@pytest.mark.django_db
def test_a_run_that_takes_longer_is_not_joined_by_another(owner: int) -> None:
    @workflow("test.slow")
    def slow(step: Step) -> None:
        """Wait for a day."""
        step.sleep(timedelta(days=1))

    set_schedule("slow", slow, cron=hourly_cron())
    go_by(HOUR)
    go_by(HOUR)
    assert Run.objects.count() == 1


@pytest.mark.django_db
def test_wrong_input_leaves_nothing(owner: int) -> None:
    with pytest.raises(InvalidInput):
        set_schedule("bad", hourly, {"owner_id": "nobody"}, cron=hourly_cron())
    with pytest.raises(InvalidInput):
        set_schedule("bad", hourly, {"owner_id": owner}, cron="daily")
    with pytest.raises(NotFound):
        set_schedule("bad", "test.unheard_of", cron=hourly_cron())
    assert not Schedule.objects.exists()


@pytest.mark.django_db
def test_a_rolled_back_schedule_starts_nothing(owner: int) -> None:
    with transaction.atomic():
        set_schedule("hourly", hourly, {"owner_id": owner}, cron=hourly_cron())
        transaction.set_rollback(True)
    assert not Due.objects.filter(kind="runs.schedule").exists()
