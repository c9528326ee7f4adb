"""Triggers by the clock: once a day for each record, through outages, other zones, and hours left out."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from typing import cast as cast_to
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.actor import system_context
from accounts.models import Tenant
from crm.automations.clock import begin_batch, day_due
from crm.automations.definition import DateReached
from crm.automations.models import Automation, AutomationRun
from crm.automations.workflows import Course
from crm.notifications.models import Notification
from realtime.functions.call import call
from tests.cast import ACME, Cast
from tests.crm.automations.conftest import Make, settle
from workflows import Step
from workflows.runs.models import Run, Schedule
from workflows.testing import advance

TASK = {"kind": "create_task", "title": "Prepare {deal.title}"}
BERLIN = ZoneInfo("Europe/Berlin")


def trigger(**more: Any) -> dict[str, Any]:
    return {"kind": "date_reached", "object": "deal", "field": "close_date", "at": "09:00", **more}


def deal(cast: Cast, title: str, day: date) -> int:
    args = {"title": title, "close_date": day.isoformat()}
    return int(call("deals.create_deal", cast.alice.context(), args)["id"])


def reach(automation: int, moment: datetime) -> list[str]:
    """Let the clock's run come at a moment; which deals went through so far."""
    after_id: int | None = 0
    while after_id is not None:
        args = {"automation_id": automation, "moment": moment.isoformat(), "after_id": after_id}
        after_id = call(begin_batch, system_context(ACME), args)["after_id"]
    settle(1)
    return list(AutomationRun.objects.order_by("id").values_list("record_name", flat=True))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-29T00:59:00+00:00", "2026-03-28"),  # 01:59 in Berlin; at 02:00 the clock shows 03:00
        ("2026-03-29T01:00:00+00:00", "2026-03-29"),
        ("2026-10-25T00:30:00+00:00", "2026-10-25"),  # 02:30 for the first time
        ("2026-10-25T01:30:00+00:00", "2026-10-25"),  # and for the second
        ("2026-07-01T22:15:00+00:00", "2026-07-01"),  # past midnight in Berlin, before the time
    ],
)
def test_the_day_that_is_due(now: str, expected: str) -> None:
    wanted = DateReached(kind="date_reached", at="02:30")
    assert day_due(wanted, datetime.fromisoformat(now), BERLIN).isoformat() == expected


def test_a_day_is_taken_once_and_none_is_passed_over(make: Make, cast: Cast) -> None:
    automation = make(trigger(), TASK)
    today = timezone.now().date()
    Automation.objects.filter(pk=automation).update(reached_on=today - timedelta(days=1))
    for ahead, title in ((0, "Today"), (1, "Tomorrow"), (2, "In two days"), (3, "Later")):
        deal(cast, title, today + timedelta(days=ahead))
    assert reach(automation, noon(today)) == ["Today"]
    assert reach(automation, noon(today)) == ["Today"]
    # Nobody looked on the next day, and on the one after it a little early.
    early = datetime(today.year, today.month, today.day, 8, tzinfo=UTC) + timedelta(days=2)
    assert reach(automation, early) == ["Today", "Tomorrow"]
    assert reach(automation, early + timedelta(hours=2)) == ["Today", "Tomorrow", "In two days"]
    # On the other side of the date line it is tomorrow already: still once.
    Tenant.objects.filter(schema_name=ACME).update(time_zone="Pacific/Kiritimati")
    try:
        assert reach(automation, early + timedelta(hours=12))[-1] == "Later"
        assert len(reach(automation, early + timedelta(hours=20))) == 4
    finally:
        Tenant.objects.filter(schema_name=ACME).update(time_zone="UTC")


def test_days_before_it_was_on_start_nothing(make: Make, cast: Cast) -> None:
    today = timezone.now().date()
    automation = make(trigger(at="00:00"), TASK)
    deal(cast, "Yesterday", today - timedelta(days=1))
    deal(cast, "Today", today)
    assert reach(automation, timezone.now()) == []
    call("automations.turn_off", cast.olivia.context(), {"automation_id": automation})
    Automation.objects.filter(pk=automation).update(reached_on=today - timedelta(days=9))
    call("automations.turn_on", cast.olivia.context(), {"automation_id": automation})
    assert reach(automation, timezone.now()) == []


def test_another_time_of_day_takes_no_day_twice_and_other_days_are_new(make: Make, cast: Cast) -> None:
    automation = make(trigger(at="00:00"), TASK)
    today = timezone.now().date()
    Automation.objects.filter(pk=automation).update(reached_on=today)
    deal(cast, "Today", today)

    def publish(**more: Any) -> date:
        ctx, key = cast.olivia.context(), {"automation_id": automation}
        ctx.clock = noon(today)
        call("automations.set_trigger", ctx, {**key, "trigger": trigger(at="13:00", **more)})
        said = call("automations.get_reach", ctx, key)
        call("automations.publish_automation", ctx, key)
        next_day: date = said["next_at"].date()
        return next_day

    assert publish() == today + timedelta(days=1)
    assert reach(automation, noon(today) + timedelta(hours=2)) == []
    deal(cast, "Tomorrow", today + timedelta(days=1))
    assert publish(days=-1) == today
    assert reach(automation, noon(today) + timedelta(hours=2)) == ["Tomorrow"]


def test_days_ahead_and_conditions(make: Make, cast: Cast) -> None:
    today = timezone.now().date()
    automation = make(trigger(days=-3), TASK, only_if={"field": "title", "op": "contains", "value": "Loft"})
    Automation.objects.filter(pk=automation).update(reached_on=today - timedelta(days=1))
    deal(cast, "Loft", today + timedelta(days=3))
    deal(cast, "Barn", today + timedelta(days=3))
    deal(cast, "Loft two", today)
    assert reach(automation, noon(today)) == ["Loft"]


def test_many_records_and_days_are_taken_part_by_part(make: Make, cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr("crm.automations.clock.BATCH", 2)
    automation = make(trigger(), TASK)
    today = timezone.now().date()
    Automation.objects.filter(pk=automation).update(reached_on=today - timedelta(days=3))
    for number in range(5):
        deal(cast, f"D{number}", today - timedelta(days=number // 2))
    assert sorted(reach(automation, noon(today))) == ["D0", "D1", "D2", "D3", "D4"]


def test_by_the_clock_through_an_outage_and_a_move(make: Make, cast: Cast) -> None:
    automation = make({"kind": "schedule", "object": "deal", "cron": "0 9 * * *"}, TASK)
    deal(cast, "Loft", timezone.now().date())
    Schedule.objects.update(next_at=F("next_at") - timedelta(days=3))
    advance(timedelta(days=3))
    settle()
    assert AutomationRun.objects.count() == 1  # one for the outage, not one for each day
    call("accounts.update_tenant", cast.olivia.context(), {"changes": {"time_zone": "Asia/Tokyo"}})
    try:
        row = Schedule.objects.get(name=f"automation/{automation}")
        assert (row.time_zone, row.next_at.astimezone(ZoneInfo("Asia/Tokyo")).hour) == ("Asia/Tokyo", 9)
    finally:
        call("accounts.update_tenant", cast.olivia.context(), {"changes": {"time_zone": "UTC"}})


WAITS = ({"kind": "wait", "days": 2}, {"kind": "notify", "to": "owner", "text": "Still {deal.title}"})


def move(cast: Cast, deal_id: int, day: date) -> None:
    args = {"deal_id": deal_id, "changes": {"close_date": day.isoformat()}}
    call("deals.update_deal", cast.alice.context(), args)


def test_a_run_ends_when_its_date_is_moved_and_begins_again_at_the_new_one(make: Make, cast: Cast) -> None:
    """Nobody is told "in three days" of what was put off; neither while the run sleeps nor when the day comes again."""
    automation = make(trigger(), TASK, *WAITS)
    today = timezone.now().date()
    Automation.objects.filter(pk=automation).update(reached_on=today - timedelta(days=1))
    put_off, soon, kept = (deal(cast, title, today) for title in ("Put off", "Soon again", "Kept"))
    reach(automation, noon(today))
    move(cast, put_off, today + timedelta(days=30))
    move(cast, soon, today + timedelta(days=1))
    reach(automation, noon(today + timedelta(days=1)))  # while the first run of "Soon again" is asleep
    advance(timedelta(days=2))
    settle()
    told = Notification.objects.filter(kind="automation").order_by("title").values_list("title", flat=True)
    assert list(told) == ["Still Kept", "Still Soon again"]
    runs = AutomationRun.objects.order_by("id").values_list("record_id", "run_id")
    states = [(record, Run.objects.get(pk=run).status, Run.objects.get(pk=run).note) for record, run in runs]
    assert states == [
        (put_off, "completed", "The date was moved: it begins again at the new one."),
        (soon, "cancelled", ""),
        (kept, "completed", ""),
        (soon, "completed", ""),
    ]


def test_a_date_that_the_automation_moves_itself_does_not_end_it(make: Make, cast: Cast) -> None:
    today = timezone.now().date()
    later = {"kind": "update_field", "field": "close_date", "value": (today + timedelta(days=9)).isoformat()}
    automation = make(trigger(), later, *WAITS)
    Automation.objects.filter(pk=automation).update(reached_on=today - timedelta(days=1))
    deal(cast, "Renewed", today)
    reach(automation, noon(today))
    advance(timedelta(days=2))
    settle()
    assert [row.title for row in Notification.objects.filter(kind="automation")] == ["Still Renewed"]


@pytest.mark.parametrize(
    ("begins", "days", "ends"),
    [
        ("2026-03-28T09:00+01:00", 1, "2026-03-29T09:00+02:00"),  # 23 hours
        ("2026-10-24T09:00+02:00", 2, "2026-10-26T09:00+01:00"),  # 49 hours
        ("2026-03-28T02:30+01:00", 1, "2026-03-29T03:30+02:00"),  # an hour that is left out
        ("2026-07-01T09:00+02:00", 0, "2026-07-01T09:00+02:00"),
    ],
)
def test_days_are_those_of_the_firm_s_clock(begins: str, days: int, ends: str) -> None:
    class AtThatTime:
        def now(self) -> datetime:
            return datetime.fromisoformat(begins)

    course = Course(cast_to(Step, AtThatTime()), "deal", 1, "Europe/Berlin")
    assert datetime.fromisoformat(begins) + course.after(days) == datetime.fromisoformat(ends)
    assert course.after(days, hours=5) - course.after(days) == timedelta(hours=5)
