"""Tasks: who does them, when they are due, what is overdue as time passes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.actor import member_context
from crm.tasks.models import Task
from crm.tasks.searching import KINDS
from realtime.functions import Context, Forbidden, InvalidInput
from realtime.functions.call import call
from tests.cast import Cast, Person

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def at(person: Person, moment: datetime) -> Context:
    """The person's context at a moment of the test's choosing."""
    ctx = member_context(person.schema, person.member_id)
    ctx.clock = moment
    return ctx


def titles(ctx: Context, **args: Any) -> list[str]:
    return [row["title"] for row in call("tasks.list_tasks", ctx, args)["data"]]


@pytest.fixture
def tasks(acme: str, cast: Cast) -> dict[str, int]:
    """Alice's tasks: due before noon, an hour after, and whenever."""
    made = {}
    for title, due in (
        ("early", NOON - timedelta(hours=1)),
        ("late", NOON + timedelta(hours=1)),
        ("some day", None),
    ):
        args = {"title": title, "due_at": due}
        made[title] = call("tasks.create_task", at(cast.alice, NOON), args)["id"]
    return made


def test_open_tasks_come_by_due_time_and_those_without_last(tasks: dict[str, int], cast: Cast) -> None:
    assert titles(at(cast.alice, NOON)) == ["early", "late", "some day"]
    first = call("tasks.list_tasks", at(cast.alice, NOON), {"limit": 2})
    rest = call("tasks.list_tasks", at(cast.alice, NOON), {"limit": 2, "cursor": first["next_cursor"]})
    assert [row["title"] for row in rest["data"]] == ["some day"]
    assert rest["next_cursor"] is None


def test_overdue_says_when_its_answer_changes(tasks: dict[str, int], cast: Cast) -> None:
    ctx = at(cast.alice, NOON)
    function_ctx = ctx.again()
    call("tasks.list_tasks", function_ctx, {"when": "overdue"})
    assert titles(at(cast.alice, NOON), when="overdue") == ["early"]
    assert function_ctx.expires_at == NOON + timedelta(hours=1)
    assert titles(at(cast.alice, NOON + timedelta(hours=2)), when="overdue") == ["early", "late"]


def test_completing_and_reopening(tasks: dict[str, int], cast: Cast) -> None:
    mine = {"task_id": tasks["early"]}
    done = call("tasks.complete_task", at(cast.alice, NOON), mine)
    assert done["done_at"] == NOON
    assert call("tasks.complete_task", at(cast.alice, NOON), mine) == done
    assert Task.objects.get(pk=tasks["early"]).done_by_id == cast.alice.member_id
    assert titles(at(cast.alice, NOON), when="done") == ["early"]
    call("tasks.reopen_task", at(cast.alice, NOON), mine)
    assert titles(at(cast.alice, NOON), when="done") == []


def test_a_viewer_completes_nothing(tasks: dict[str, int], cast: Cast) -> None:
    with pytest.raises(Forbidden):
        call("tasks.complete_task", cast.vera.context(), {"task_id": tasks["early"]})


@pytest.mark.parametrize(
    "args",
    [
        {"title": ""},
        {"title": "x", "kind": "sleep"},
        {"title": "x", "due_at": "2026-11-20T12:00:00"},
        {"title": "x", "due_at": 1_700_000_000},
        {"title": "x", "contact_id": 5},
        {"title": "x", "owner_id": 999},
    ],
)
def test_wrong_values_create_nothing(acme: str, cast: Cast, args: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        call("tasks.create_task", cast.alice.context(), args)
    assert not Task.objects.exists()


def test_a_task_that_one_would_not_see_is_not_created(acme: str, cast: Cast) -> None:
    with pytest.raises(Forbidden, match="assign it"):
        call("tasks.create_task", cast.alice.context(), {"title": "x", "owner_id": cast.bob.member_id})
    mine = call("tasks.create_task", cast.alice.context(), {"title": "x"})
    args = {"task_id": mine["id"], "owner_id": cast.bob.member_id}
    assert call("tasks.assign_task", cast.alice.context(), args)["owner_id"] == cast.bob.member_id


def test_parts_of_the_open_tasks_turn_at_the_members_midnight(acme: str, cast: Cast) -> None:
    """Half past eleven at night in New York: tomorrow's tasks are not today's, although UTC is a day further."""
    now = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
    for title, due in (("past", -1), ("tonight", 0.25), ("tomorrow", 2), ("whenever", None)):
        moment = None if due is None else now + timedelta(hours=due)
        call("tasks.create_task", at(cast.alice, now), {"title": title, "due_at": moment})
    zone = {"time_zone": "America/New_York"}
    expected = {"overdue": "past", "today": "tonight", "upcoming": "tomorrow", "undated": "whenever"}
    for when, title in expected.items():
        assert titles(at(cast.alice, now), when=when, **zone) == [title]
    ctx = at(cast.alice, now)
    call("tasks.list_tasks", ctx, {"when": "upcoming", **zone})
    midnight = datetime(2026, 11, 21, 5, tzinfo=UTC)
    assert ctx.expires_at == midnight
    assert titles(at(cast.alice, midnight), when="today", **zone) == ["tomorrow"]
    assert titles(at(cast.alice, midnight), when="overdue", **zone) == ["past", "tonight"]
    assert titles(at(cast.alice, now), when="today") == ["tonight", "tomorrow"]  # her own zone is UTC


def test_a_filter_knows_every_kind() -> None:
    assert [key for key, _words in KINDS] == Task.Kind.values
