"""Reminders: one notification and one email each, moved and cancelled with the task, through the due index alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import OutgoingEmail, User
from crm.notifications.models import Notification
from crm.tasks.models import Task, TaskReminder
from realtime.functions import Conflict, Forbidden, InvalidInput
from realtime.functions.call import call
from tests.cast import Cast
from workflows.drain import drain
from workflows.models import Due
from workflows.runs.models import Run
from workflows.testing import advance

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def soon(**length: float) -> datetime:
    return datetime.now(UTC) + timedelta(**length)


def told() -> list[tuple[str, str, int]]:
    """What everybody was told by now: kind, title, member."""
    return list(Notification.objects.filter(kind="reminder").values_list("kind", "title", "member_id"))


@pytest.fixture
def task(acme: str, cast: Cast) -> dict[str, Any]:
    """Alice's task of in two hours, with a reminder an hour before."""
    args = {"title": "Call Ada", "due_at": soon(hours=2), "reminders": [{"minutes_before": 60}]}
    return call("tasks.create_task", cast.alice.context(), args)


def test_the_owner_is_told_once_in_the_product_and_by_email(task: dict[str, Any], cast: Cast) -> None:
    assert task["remind_at"] == task["due_at"] - HOUR
    drain()
    assert told() == []
    advance(timedelta(days=3))
    drain()
    drain()
    assert told() == [("reminder", "Call Ada", cast.alice.member_id)]
    emails = OutgoingEmail.objects.filter(subject="Reminder: Call Ada")
    assert [email.recipient for email in emails] == [cast.alice.email]
    after = call("tasks.get_task", cast.alice.context(), {"task_id": task["id"]})
    assert after["remind_at"] is None
    assert after["reminders"][0]["sent_at"] is not None
    assert Run.objects.get(workflow="task_reminder").status == "completed"


@pytest.mark.parametrize("change", ["complete", "archive", "delete", "no_reminders", "no_due"])
def test_what_ends_a_task_cancels_its_reminder(task: dict[str, Any], cast: Cast, change: str) -> None:
    mine, alice = {"task_id": task["id"]}, cast.alice.context()
    if change == "delete":
        Task.objects.filter(pk=task["id"]).delete()
    elif change.startswith("no_"):
        changes: dict[str, Any] = {"reminders": []} if change == "no_reminders" else {"due_at": None}
        call("tasks.update_task", alice, {**mine, "changes": changes})
    else:
        call(f"tasks.{change}_task", alice, mine)
    advance(timedelta(days=1))
    drain()
    assert told() == []
    assert Run.objects.get(workflow="task_reminder").status == "cancelled"
    assert not Due.objects.filter(kind="run").exists()


def test_a_moved_task_takes_its_reminder_along(task: dict[str, Any], cast: Cast) -> None:
    changes = {"due_at": soon(days=2)}
    moved = call("tasks.update_task", cast.alice.context(), {"task_id": task["id"], "changes": changes})
    assert moved["remind_at"] == moved["due_at"] - HOUR
    advance(timedelta(days=1))
    drain()
    assert told() == []
    advance(timedelta(days=1))
    drain()
    assert len(told()) == 1


def test_a_title_alone_leaves_the_run_alone(task: dict[str, Any], cast: Cast) -> None:
    before = Run.objects.get().pk
    call("tasks.update_task", cast.alice.context(), {"task_id": task["id"], "changes": {"title": "Call"}})
    assert Run.objects.get().pk == before


def test_reopening_and_restoring_arm_it_again(task: dict[str, Any], cast: Cast) -> None:
    mine = {"task_id": task["id"]}
    for verb in ("complete", "reopen", "archive", "restore"):
        call(f"tasks.{verb}_task", cast.alice.context(), mine)
    advance(timedelta(days=1))
    drain()
    assert len(told()) == 1


def test_several_reminders_and_the_next_one_on_the_task(acme: str, cast: Cast) -> None:
    reminders = [
        {"minutes_before": 0},
        {"minutes_before": 1440},
        {"at": soon(hours=3)},
        {"minutes_before": 0},
    ]
    args = {"title": "Pay", "due_at": soon(days=2), "reminders": reminders}
    task = call("tasks.create_task", cast.alice.context(), args)
    assert len(task["reminders"]) == 3
    assert task["remind_at"] == reminders[2]["at"]
    advance(timedelta(hours=4))
    drain()
    after = call("tasks.get_task", cast.alice.context(), {"task_id": task["id"]})
    assert (len(told()), after["remind_at"]) == (1, task["due_at"] - timedelta(days=1))


def test_what_lies_behind_is_not_told(acme: str, cast: Cast) -> None:
    args = {"title": "Now", "due_at": soon(minutes=5), "reminders": [{"minutes_before": 60}]}
    assert call("tasks.create_task", cast.alice.context(), args)["remind_at"] is None
    assert not Run.objects.exists()


def test_a_day_counts_from_nine_in_the_morning_where_its_owner_lives(acme: str, cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.user_id).update(time_zone="Asia/Tokyo")
    args = {"title": "x", "due_date": "2090-01-02", "reminders": [{"minutes_before": 60}]}
    call("tasks.create_task", cast.olivia.context(), {**args, "owner_id": cast.bob.member_id})
    task = Task.objects.get()
    assert task.remind_at == datetime(2090, 1, 1, 23, tzinfo=UTC)
    call("tasks.assign_task", cast.olivia.context(), {"task_id": task.pk, "owner_id": cast.alice.member_id})
    assert Task.objects.get().remind_at == datetime(2090, 1, 2, 8, tzinfo=UTC)
    assert Run.objects.filter(finished_at=None).exclude(status="cancelling").count() == 1


def test_whoever_left_is_not_told(task: dict[str, Any], cast: Cast) -> None:
    call("roles.deactivate_member", cast.olivia.context(), {"member_id": cast.alice.member_id})
    advance(timedelta(days=1))
    drain()
    assert told() == []


class TestSnooze:
    def test_a_reminded_task_reminds_again(self, task: dict[str, Any], cast: Cast) -> None:
        advance(timedelta(days=1))
        drain()
        until = soon(hours=5)
        put_off = call("tasks.snooze_task", cast.alice.context(), {"task_id": task["id"], "until": until})
        assert (put_off["due_at"], put_off["remind_at"]) == (until, until - HOUR)
        advance(timedelta(days=1))
        drain()
        assert len(told()) == 2

    def test_presets_are_the_owners_hours(self, task: dict[str, Any], cast: Cast) -> None:
        User.objects.filter(pk=cast.alice.user_id).update(time_zone="America/New_York")
        friday = datetime(2026, 11, 20, 16, 5, tzinfo=UTC)  # five past eleven there
        expected = {"later_today": "20 14:15", "tomorrow_morning": "21 09:00", "next_week": "23 09:00"}
        for preset, hour in expected.items():
            ctx = cast.alice.context()
            ctx.clock = friday
            row = call("tasks.snooze_task", ctx, {"task_id": task["id"], "preset": preset})
            assert f"{row['due_at'] - timedelta(hours=5):%d %H:%M}" == hour

    def test_refusals(self, task: dict[str, Any], cast: Cast) -> None:
        mine = {"task_id": task["id"]}
        for args in ({}, {"until": soon(hours=1), "preset": "next_week"}, {"until": soon(hours=-1)}):
            with pytest.raises(InvalidInput):
                call("tasks.snooze_task", cast.alice.context(), {**mine, **args})
        call("tasks.complete_task", cast.alice.context(), mine)
        with pytest.raises(Conflict):
            call("tasks.snooze_task", cast.alice.context(), {**mine, "preset": "next_week"})


def test_nobody_may_send_one(task: dict[str, Any], cast: Cast) -> None:
    reminder = TaskReminder.objects.get()
    args = {"task_id": task["id"], "reminder_id": reminder.pk, "remind_at": reminder.remind_at}
    with pytest.raises(Forbidden, match="role"):
        call("tasks.send_reminder", cast.olivia.context(), args)
