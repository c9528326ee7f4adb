"""Tasks that come again: rules on the owner's clock; what completing, reopening and racing make of them."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.actor import member_context
from accounts.models import User
from accounts.tenancy import tenant_context
from crm.tasks.models import Task
from crm.tasks.recurrence import completed_rule, following_rule, next_due
from crm.tasks.times import Preset, end_of_day, midnight_after, preset_time
from realtime.functions import Context, InvalidInput
from realtime.functions.call import call
from tests.cast import ACME, Cast, Person, load_cast

BERLIN = ZoneInfo("Europe/Berlin")


def at(person: Person, moment: datetime) -> Context:
    ctx = member_context(person.schema, person.member_id)
    ctx.clock = moment
    return ctx


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)


def following(rule: dict[str, Any], due: datetime, times: int, now: datetime | None = None) -> list[str]:
    """The next times of a rule on Berlin's clock, each done when it is due."""
    full, found = completed_rule(rule, due, BERLIN), []
    for _ in range(times):
        moment = next_due(full, due, now or due, BERLIN)
        if moment is None:
            break
        full = following_rule(full, due, now or due, BERLIN)
        due = moment
        found.append(f"{due.astimezone(BERLIN):%m-%d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("rule", "due", "expected"),
    [
        # The clocks went back on 25 October 2026: nine stays nine.
        ({"unit": "day"}, berlin(2026, 10, 24, 9), ["10-25 09:00", "10-26 09:00"]),
        ({"unit": "day", "every": 3}, berlin(2026, 10, 24, 9), ["10-27 09:00", "10-30 09:00"]),
        ({"unit": "weekday"}, berlin(2026, 10, 22, 9), ["10-23 09:00", "10-26 09:00"]),
        ({"unit": "week"}, berlin(2026, 10, 20, 9), ["10-27 09:00", "11-03 09:00"]),
        ({"unit": "week", "weekdays": [0, 3]}, berlin(2026, 10, 19, 9), ["10-22 09:00", "10-26 09:00"]),
        ({"unit": "week", "every": 2}, berlin(2026, 10, 20, 9), ["11-03 09:00"]),
        ({"unit": "month"}, berlin(2026, 1, 31, 9), ["02-28 09:00", "03-31 09:00", "04-30 09:00"]),
        ({"unit": "month", "month_day": -1}, berlin(2026, 2, 28, 9), ["03-31 09:00"]),
        ({"unit": "month", "month_day": 15}, berlin(2026, 2, 3, 9), ["02-15 09:00", "03-15 09:00"]),
        # 29 February: the day before it in the years between, and itself again in the next leap year.
        ({"unit": "year"}, berlin(2028, 2, 29, 9), [*["02-28 09:00"] * 3, "02-29 09:00"]),
        ({"unit": "month"}, berlin(2027, 12, 31, 23, 59), ["01-31 23:59", "02-29 23:59", "03-31 23:59"]),
        ({"unit": "month", "month_day": -1}, berlin(2028, 1, 31, 9), ["02-29 09:00", "03-31 09:00"]),
        ({"unit": "weekday"}, berlin(2027, 12, 31, 9), ["01-03 09:00", "01-04 09:00"]),
        ({"unit": "day", "count": 3}, berlin(2026, 10, 1, 9), ["10-02 09:00", "10-03 09:00"]),
        ({"unit": "day", "until": "2026-10-02"}, berlin(2026, 10, 1, 9), ["10-02 09:00"]),
        # 2:30 does not exist on 29 March 2026, and does again from the next day on.
        ({"unit": "day"}, berlin(2026, 3, 28, 2, 30), ["03-29 03:30", "03-30 02:30", "03-31 02:30"]),
        ({"unit": "week"}, berlin(2026, 3, 22, 2, 30), ["03-29 03:30", "04-05 02:30"]),
        # 2:30 comes twice on 25 October 2026: the first time counts.
        ({"unit": "day"}, berlin(2026, 10, 24, 2, 30), ["10-25 02:30", "10-26 02:30"]),
    ],
)
def test_rules(rule: dict[str, Any], due: datetime, expected: list[str]) -> None:
    assert (
        following(rule, due, len(expected) if "count" not in rule and "until" not in rule else 9) == expected
    )


@pytest.mark.parametrize(
    ("preset", "now", "expected"),
    [
        # The night in which the clocks go forward, and the one in which they go back.
        ("tomorrow_morning", berlin(2026, 3, 28, 23, 59), berlin(2026, 3, 29, 9)),
        ("tomorrow_morning", berlin(2026, 10, 24, 23, 59), berlin(2026, 10, 25, 9)),
        ("tomorrow_morning", berlin(2028, 2, 28, 12), berlin(2028, 2, 29, 9)),
        ("tomorrow_morning", berlin(2026, 12, 31, 23, 59), berlin(2027, 1, 1, 9)),
        ("next_week", berlin(2028, 2, 29, 0, 0), berlin(2028, 3, 6, 9)),
        ("next_week", berlin(2026, 10, 25, 12), berlin(2026, 10, 26, 9)),
        ("later_today", berlin(2026, 10, 31, 9, 1), berlin(2026, 10, 31, 12, 15)),
        ("later_today", berlin(2026, 10, 31, 19), berlin(2026, 10, 31, 21)),
    ],
)
def test_what_a_snooze_means_at_the_edges_of_days_and_months(
    preset: Preset, now: datetime, expected: datetime
) -> None:
    assert preset_time(preset, now, BERLIN) == expected


@pytest.mark.parametrize(("day", "hours"), [(28, 24), (29, 23), (30, 24)])
def test_the_day_of_the_clocks_is_as_long_as_it_is(day: int, hours: int) -> None:
    begin = berlin(2026, 3, day)
    assert midnight_after(begin, BERLIN) - begin.astimezone(UTC) == timedelta(hours=hours)
    assert end_of_day(begin.date(), BERLIN) < midnight_after(begin, BERLIN)


def test_the_last_minute_before_midnight_is_still_today() -> None:
    late = berlin(2026, 10, 31, 23, 59)
    assert late < preset_time("later_today", late, BERLIN) <= end_of_day(late.date(), BERLIN)


def test_times_that_went_by_are_left_out() -> None:
    assert following({"unit": "day"}, berlin(2026, 10, 1, 9), 1, now=berlin(2026, 10, 7, 12)) == [
        "10-08 09:00"
    ]


@pytest.fixture
def weekly(acme: str, cast: Cast) -> dict[str, Any]:
    """Alice, who lives in Berlin, calls Ada every week."""
    User.objects.filter(pk=cast.alice.user_id).update(time_zone="Europe/Berlin")
    args = {
        "title": "Call Ada", "due_at": berlin(2026, 10, 20, 9), "recurrence": {"unit": "week", "count": 3},
        "reminders": [{"minutes_before": 15}],
    }  # fmt: skip
    return call("tasks.create_task", at(cast.alice, berlin(2026, 10, 19, 9)), args)


def test_completing_makes_the_next_one_with_its_reminders(weekly: dict[str, Any], cast: Cast) -> None:
    alice = at(cast.alice, berlin(2026, 10, 20, 10))
    done = call("tasks.complete_task", alice, {"task_id": weekly["id"]})
    following = call("tasks.get_task", alice.again(), {"task_id": done["followed_by_id"]})
    assert following["due_at"] == berlin(2026, 10, 27, 9)
    assert following["recurrence"] == {"unit": "week", "every": 1, "weekdays": [1], "count": 2}
    assert [row["remind_at"] for row in following["reminders"]] == [berlin(2026, 10, 27, 8, 45)]
    again = call("tasks.complete_task", alice.again(), {"task_id": weekly["id"]})
    assert again["followed_by_id"] == following["id"]
    assert Task.objects.count() == 2


def test_the_last_one_is_followed_by_none(weekly: dict[str, Any], cast: Cast) -> None:
    alice, task_id = at(cast.alice, berlin(2026, 10, 20, 10)), weekly["id"]
    for _ in range(3):
        last = call("tasks.complete_task", alice.again(), {"task_id": task_id})
        task_id = last["followed_by_id"]
    assert task_id is None
    assert Task.objects.count() == 3


def test_reopening_takes_back_a_next_one_that_nobody_touched(weekly: dict[str, Any], cast: Cast) -> None:
    alice, mine = at(cast.alice, berlin(2026, 10, 20, 8)), {"task_id": weekly["id"]}
    call("tasks.complete_task", alice, mine)
    reopened = call("tasks.reopen_task", alice.again(), mine)
    assert (reopened["done_at"], reopened["followed_by_id"], Task.objects.count()) == (None, None, 1)
    following = call("tasks.complete_task", alice.again(), mine)["followed_by_id"]
    call("tasks.update_task", alice.again(), {"task_id": following, "changes": {"title": "Visit Ada"}})
    call("tasks.reopen_task", alice.again(), mine)
    call("tasks.complete_task", alice.again(), mine)
    assert sorted(Task.objects.values_list("title", flat=True)) == ["Call Ada", "Visit Ada"]


def test_a_day_without_a_time_stays_a_day(acme: str, cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.user_id).update(time_zone="Europe/Berlin")
    alice = at(cast.alice, berlin(2026, 10, 24, 9))
    args = {"title": "Report", "due_date": "2026-10-24", "recurrence": {"unit": "day"}}
    task = call("tasks.create_task", alice, args)
    assert task["due_at"] == berlin(2026, 10, 24, 23, 59, 59, 999999)
    done = call("tasks.complete_task", alice.again(), {"task_id": task["id"]})
    following = call("tasks.get_task", alice.again(), {"task_id": done["followed_by_id"]})
    assert (str(following["due_date"]), following["due_at"]) == (
        "2026-10-25", berlin(2026, 10, 25, 23, 59, 59, 999999),
    )  # fmt: skip


@pytest.mark.parametrize(
    "args",
    [
        {"recurrence": {"unit": "day"}},
        {"due_date": "2026-10-24", "due_at": "2026-10-24T09:00:00Z"},
        {"due_date": "2026-10-24", "recurrence": {"unit": "sometimes"}},
        {"due_date": "2026-10-24", "recurrence": {"unit": "day", "count": 2, "until": "2026-12-01"}},
        {"due_date": "2026-10-24", "recurrence": {"unit": "day", "until": "soon"}},
        {"due_date": "2026-10-24", "recurrence": {"unit": "month", "month_day": 0}},
        {"due_date": "2026-10-24", "reminders": [{}]},
        {"due_date": "2026-10-24", "reminders": [{"at": "2020-01-01T00:00:00Z"}]},
    ],
)
def test_what_contradicts_itself_is_refused(acme: str, cast: Cast, args: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        call("tasks.create_task", cast.alice.context(), {"title": "x", **args})


def test_two_who_complete_at_once_make_one_next_task(committed_db: str) -> None:
    """Both answers name the winner; there is one completion and one following task."""
    cast = load_cast()
    due = datetime.now(UTC) + timedelta(hours=1)
    args = {"title": "Race", "due_at": due, "recurrence": {"unit": "day"}, "owner_id": cast.alice.member_id}
    with tenant_context(ACME):
        task_id = call("tasks.create_task", cast.olivia.context(), args)["id"]
    barrier, answers = Barrier(2), {}

    def complete(person: Person) -> None:
        with tenant_context(ACME):
            barrier.wait()
            answers[person.name] = call("tasks.complete_task", person.context(), {"task_id": task_id})
        connection.close()

    threads = [Thread(target=complete, args=[person]) for person in (cast.olivia, cast.alice)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = answers.values()
    assert first["done_by_id"] == second["done_by_id"]
    assert first["followed_by_id"] == second["followed_by_id"]
    with tenant_context(ACME):
        assert Task.objects.filter(title="Race").count() == 2
        Task.objects.filter(title="Race").delete()


def test_a_time_that_the_clock_jumps_over_is_come_back_to(acme: str, cast: Cast) -> None:
    """Unless somebody has put the task to another time since."""
    User.objects.filter(pk=cast.alice.user_id).update(time_zone="Europe/Berlin")
    due = berlin(2026, 3, 28, 2, 30)
    given = {"title": "Look at the servers", "due_at": due, "recurrence": {"unit": "day"}}
    task = call("tasks.create_task", at(cast.alice, due), given)
    for day, moved, expected in (
        (28, None, berlin(2026, 3, 29, 3, 30)),
        (29, None, berlin(2026, 3, 30, 2, 30)),
        (30, berlin(2026, 4, 1, 3, 30), berlin(2026, 4, 2, 3, 30)),
    ):
        ctx = at(cast.alice, berlin(2026, 3, day, 12))
        if moved:
            call("tasks.update_task", ctx, {"task_id": task["id"], "changes": {"due_at": moved}})
        done = call("tasks.complete_task", ctx.again(), {"task_id": task["id"]})
        task = call("tasks.get_task", ctx.again(), {"task_id": done["followed_by_id"]})
        assert task["due_at"] == expected
        assert task["recurrence"].get("at") == ("02:30:00" if day == 28 else None)
