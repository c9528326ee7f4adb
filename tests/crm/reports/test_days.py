"""Days of reports are the firm's own: by its clock, on days when clocks change, and after the firm has moved."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.models import Tenant, User
from accounts.provisioning import create_tenant
from accounts.tenancy import tenant_context
from crm.activities.models import Activity
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.reports import days
from crm.reports.days import move_days
from crm.reports.migrations import _zone
from crm.reports.models import DailyTotal
from crm.tasks.models import Task
from realtime.functions import Context, FunctionError
from realtime.functions.call import call
from tests.cast import Cast, Person
from tests.crm.reports.test_totals import WRITES, bulk_create, fresh, kept
from workflows.models import Due

pytestmark = pytest.mark.usefixtures("acme")
NEW_YORK, AUCKLAND = "America/New_York", "Pacific/Auckland"
MAY = date(2030, 5, 14)


def settle(cast: Cast, zone: str) -> None:
    """The firm's time zone is this from now on."""
    call("accounts.update_tenant", cast.olivia.context(), {"changes": {"time_zone": zone}})


def at(who: Person, zone: str, day: date, clock: str = "23:30") -> Context:
    """A context of the person at that time of the day there."""
    ctx = who.context()
    ctx.clock = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return ctx


def work(who: Person, zone: str, day: date) -> None:
    """A contact, a call, a task done and a deal won, all at half past eleven in the evening there."""

    def late() -> Context:
        return at(who, zone, day)

    contact = call("contacts.create_contact", late(), {"first_name": "Ada", "source": "Fair"})["id"]
    Contact.objects.filter(pk=contact).update(created_at=late().now)
    call("activities.create_activity", late(), {"contact_id": contact, "kind": "call", "body": "Hi"})
    task = call("tasks.create_task", late(), {"title": "Ring"})["id"]
    call("tasks.complete_task", late(), {"task_id": task})
    Task.objects.filter(pk=task).update(done_at=late().now)
    deal = call("deals.create_deal", late(), {"title": "Boat", "amount": "100.00"})["id"]
    call("deals.win_deal", late(), {"deal_id": deal})


def ask(name: str, ctx: Context, **args: Any) -> Any:
    return call(f"reports.{name}", ctx, args)


@pytest.mark.parametrize("zone", [NEW_YORK, AUCKLAND])
def test_late_work_counts_on_its_day_in_every_report(cast: Cast, zone: str) -> None:
    settle(cast, zone)
    work(cast.alice, zone, MAY)
    for day, count in ((MAY, 1), (MAY - timedelta(days=1), 0), (MAY + timedelta(days=1), 0)):
        days = {"since": str(day), "until": str(day)}
        later = at(cast.olivia, zone, MAY + timedelta(days=3), "12:00")
        now = ask("get_summary", later, **days)["now"]
        assert [now[kind] for kind in ("contacts", "activities", "tasks", "won")] == [count] * 4
        (step,) = ask("get_activity", later, **days)["steps"]
        assert (step["call"], step["task"]) == (count, count)
        (step,) = ask("get_won_lost", later, **days)["steps"]
        assert step["won"] == count
        assert sum(row["count"] for row in ask("get_sources", later, **days)) == count
        assert len(ask("get_leaderboard", later, metric="calls", **days)) == count


@pytest.mark.parametrize("zone", [NEW_YORK, AUCKLAND])
def test_today_and_the_month_are_the_firms(cast: Cast, zone: str) -> None:
    """At 23:30 on the last of the month it is still this month there; an hour later it is not."""
    settle(cast, zone)
    last, first = date(2030, 5, 31), date(2030, 6, 1)
    work(cast.alice, zone, last)
    call("reports.create_goal", cast.olivia.context(), {"metric": "calls", "period": "month", "target": "4"})
    deal = {"title": "Ship", "amount": "5.00", "close_date": "2030-05-20"}
    call("deals.create_deal", cast.alice.context(), deal)
    for ctx, count in ((at(cast.olivia, zone, last), 1), (at(cast.olivia, zone, first, "00:30"), 0)):
        (goal,) = ask("list_goals", ctx)
        assert (goal["actual"], goal["since"].month) == (count, 6 - count)
        assert (
            ctx.expires_at
            == at(
                cast.olivia, zone, ctx.now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1), "00:00"
            ).now
        )
        assert len(ask("get_forecast", ctx)) == count
        assert len(ask("get_won_lost", ctx, since="2030-05-31")["steps"]) == 2 - count


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (NEW_YORK, date(2030, 3, 10)),
        (NEW_YORK, date(2030, 11, 3)),
        (AUCKLAND, date(2030, 4, 7)),
        (AUCKLAND, date(2030, 9, 29)),
    ],
)
def test_a_day_on_which_clocks_change(cast: Cast, zone: str, day: date) -> None:
    """It has 23 or 25 hours: its first and its last half hour belong to it, those beside it do not."""
    settle(cast, zone)
    contact = call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada"})["id"]
    beside = [(day - timedelta(days=1), "23:30"), (day + timedelta(days=1), "00:30")]
    for each, clock in [(day, "00:30"), (day, "23:30"), *beside]:
        moment = at(cast.alice, zone, each, clock).now
        args = {"contact_id": contact, "kind": "call", "body": "Hi", "occurred_at": moment.isoformat()}
        call("activities.create_activity", at(cast.alice, zone, day + timedelta(days=2)), args)
    found = dict(DailyTotal.objects.filter(metric="call").values_list("day", "count"))
    assert found == {day - timedelta(days=1): 1, day: 2, day + timedelta(days=1): 1}


@pytest.mark.parametrize("seed", range(2))
def test_a_firm_that_moves_counts_as_if_it_had_always_been_there(cast: Cast, seed: int) -> None:
    """Totals counted anew are what the triggers keep from one write to the next."""
    dice = random.Random(seed)
    for zone in (AUCKLAND, NEW_YORK, "Asia/Kathmandu", "UTC"):
        for _ in range(4):
            bulk_create(dice, cast)
        settle(cast, zone)
        assert kept() == fresh(zone)
        for _ in range(10):
            dice.choice(WRITES)(dice, cast)
            assert kept() == fresh(zone)
    for model in (Activity, Task, Deal, Contact):
        model.objects.all().delete()
    assert kept() == {}


def by_definition() -> dict[Any, Any]:
    """What the records come to on the days that the database tells of them now."""
    counted: dict[Any, Any] = {}
    with connection.cursor() as cursor:
        for table, moment in (("activities_activity", "occurred_at"), ("contacts_contact", "created_at")):
            cursor.execute(
                f"SELECT reports_day({moment}), count(*) FROM {table} WHERE archived_at IS NULL GROUP BY 1"
            )
            counted[table] = dict(cursor.fetchall())
    return counted


def by_totals() -> dict[Any, Any]:
    """The same from the totals; a day that nothing is on is absent."""
    found: dict[Any, Any] = {"activities_activity": {}, "contacts_contact": {}}
    for metric, day, count in DailyTotal.objects.values_list("metric", "day", "count"):
        table = {"contact": "contacts_contact"}.get(metric, "activities_activity")
        if metric in ("contact", "note", "call", "text", "email", "meeting"):
            found[table][day] = found[table].get(day, 0) + count
    return found


def test_a_large_firm_moves_step_by_step(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each step the totals are what the records come to, writes between them included; a second move begins
    from wherever the first one is."""
    monkeypatch.setattr(days, "AT_ONCE", 4)
    dice = random.Random(11)
    for _ in range(4):
        bulk_create(dice, cast)
    Activity.objects.filter(kind="system").delete()
    settle(cast, AUCKLAND)
    assert kept() != fresh(AUCKLAND)
    due = Due.objects.filter(kind=days.MOVE, tenant="t_acme")
    assert due.exists()
    steps = 0
    while days.move_on(0) is not None:
        steps += 1
        if steps < 5:
            bulk_create(dice, cast)
            Activity.objects.filter(kind="system").delete()
        assert by_totals() == by_definition()
        if steps == 2:
            settle(cast, NEW_YORK)
    assert steps > 4
    assert kept() == fresh(NEW_YORK)
    assert days.move_on(0) is None


def test_what_is_told_when_it_happens_stays(cast: Cast) -> None:
    call("deals.create_deal", at(cast.alice, "UTC", MAY), {"title": "Boat", "amount": "1.00"})
    told = list(DailyTotal.objects.filter(metric="deal").values())
    settle(cast, AUCKLAND)
    assert list(DailyTotal.objects.filter(metric="deal").values()) == told


def test_open_reports_follow_the_move(cast: Cast) -> None:
    """The zone is among what a report reads."""
    from realtime.reads.tracker import track

    with track() as tracker:
        ask("get_summary", cast.olivia.context())
    tables = {read.table: read.columns for read in tracker.read_set.reads}
    assert "time_zone" in (tables["accounts_tenant"] or {"time_zone"})


def test_a_zone_that_the_database_does_not_know_is_refused(cast: Cast) -> None:
    with pytest.raises(FunctionError, match="no time zone of this name"):
        move_days("Mars/Base")


def test_a_new_tenant_begins_with_its_zone(cast: Cast) -> None:
    owner = User.objects.get(pk=cast.charlie.user_id)
    made = create_tenant("kea", "Kea", owner, time_zone=AUCKLAND)
    with tenant_context(made.tenant.schema_name):
        assert day_of("2030-05-14 13:00+00") == date(2030, 5, 15)
    assert day_of("2030-05-14 13:00+00") == MAY


def test_the_migration_finds_the_zone_of_each_tenant(cast: Cast) -> None:
    bulk_create(random.Random(7), cast)
    for zone, expected in ((AUCKLAND, AUCKLAND), ("Mars/Base", AUCKLAND)):
        Tenant.objects.filter(schema_name="t_acme").update(time_zone=zone)
        with connection.cursor() as cursor:
            for statement in _zone.STATEMENTS:
                cursor.execute(statement)
        assert kept() == fresh(expected)


def day_of(moment: str) -> date:
    """The day of the moment, as the current tenant's triggers see it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reports_day(%s)", [moment])
        found: date = cursor.fetchone()[0]
        return found
