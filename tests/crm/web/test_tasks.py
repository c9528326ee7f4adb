"""Task pages: the form in people's words, quick add, putting off, and who was faster."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from crm.tasks.models import Task
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.web.conftest import Browse

pytestmark = pytest.mark.usefixtures("acme")
REGION = {"X-Enhance": "region"}


def test_the_form_says_what_the_mutation_takes(browse: Browse, cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.user_id).update(time_zone="Europe/Berlin")
    given = {
        "title": "Call Ada", "kind": "call", "due_date": "2031-07-07", "due_time": "09:00", "remind": ["15", "1440"],
        "repeat": "week", "repeat_every": "2", "repeat_days": ["0", "3"], "repeat_count": "5",
    }  # fmt: skip
    assert browse(cast.alice).post("/tasks/new/", given, headers=REGION).status_code == 200
    task = Task.objects.get()
    assert task.due_at == datetime(2031, 7, 7, 7, tzinfo=UTC)
    assert task.recurrence == {"unit": "week", "every": 2, "weekdays": [0, 3], "count": 5}
    assert set(task.reminders.values_list("minutes_before", flat=True)) == {15, 1440}
    page = browse(cast.alice).get(f"/tasks/{task.pk}/").content.decode()
    assert 'value="09:00"' in page
    assert 'value="2031-07-07"' in page
    listed = browse(cast.alice).get("/tasks/").content.decode()
    assert "every 2 weeks on Mon, Thu, 5 times more" in listed


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"due_time": "09:00"}, "due_date"),
        ({"repeat": "day"}, "due_date"),
        (
            {"due_date": "2031-07-07", "repeat": "day", "repeat_until": "2032-01-01", "repeat_count": "2"},
            "repeat_count",
        ),
        ({"title": ""}, "title"),
    ],
)
def test_errors_stand_at_their_fields(browse: Browse, cast: Cast, given: dict[str, str], field: str) -> None:
    sent = {"title": "x", "kind": "todo", **given}
    response = browse(cast.alice).post("/tasks/new/", sent, headers=REGION)
    assert (response.status_code, list(response.json()["errors"])) == (422, [field])


def test_saving_the_form_unchanged_changes_nothing(browse: Browse, cast: Cast) -> None:
    args: dict[str, Any] = {
        "title": "Report", "due_date": "2031-07-07", "recurrence": {"unit": "month", "month_day": -1},
        "reminders": [{"minutes_before": 60}],
    }  # fmt: skip
    task = call("tasks.create_task", cast.alice.context(), args)
    sent = {"title": "Report", "kind": "todo", "due_date": "2031-07-07", "remind": ["60"], "repeat": "last_day",
            "repeat_every": "1"}  # fmt: skip
    assert browse(cast.alice).post(f"/tasks/{task['id']}/", sent, headers=REGION).status_code == 200
    assert Task.objects.get().version == task["version"]


def test_quick_add_and_putting_off(browse: Browse, cast: Cast) -> None:
    alice = browse(cast.alice)
    assert alice.post("/tasks/quick/", {"title": "Flowers", "due": "1"}, headers=REGION).status_code == 200
    task = Task.objects.get()
    assert task.due_date == (datetime.now(UTC) + timedelta(days=1)).date()
    toast = alice.post(f"/tasks/{task.pk}/snooze/", {"preset": "next_week"}, headers=REGION).json()["toast"]
    assert toast.startswith("Put off until Mon")
    assert Task.objects.get().due_date is None
    assert alice.post("/tasks/quick/", {"title": " "}, headers=REGION).status_code == 422


def test_whoever_comes_second_is_told(browse: Browse, cast: Cast) -> None:
    task = call("tasks.create_task", cast.alice.context(), {"title": "x"})["id"]
    say = {
        who: browse(getattr(cast, who)).post(f"/tasks/{task}/complete/", headers=REGION)
        for who in ("alice", "lea")
    }
    assert [answer.json()["toast"] for answer in say.values()] == [
        "Task done.",
        "Alice had done this already.",
    ]


def test_sections_leave_todays_tasks_in_sight_of_many_overdue(browse: Browse, cast: Cast) -> None:
    now = datetime.now(UTC)
    Task.objects.bulk_create(
        Task(title=f"late {n}", due_at=now - timedelta(days=2), owner_id=cast.alice.member_id)
        for n in range(40)
    )
    call("tasks.create_task", cast.alice.context(), {"title": "Fresh", "due_date": str(now.date())})
    text = browse(cast.alice).get("/tasks/").content.decode()
    assert "Fresh" in text
    assert "30+" in text
    assert "show=overdue" in text
