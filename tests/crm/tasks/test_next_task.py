"""A contact's next task: kept by the database whatever writes tasks, shown to whoever may see that task."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from crm.contacts.models import Contact
from crm.tasks.models import Task
from realtime.functions.call import call
from tests.cast import Cast
from tests.plans import pinned

NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def ada(acme: str, cast: Cast) -> int:
    return call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada"})["id"]


def new(ctx: Any, contact: int | None, title: str, due: datetime | None) -> int:
    return call("tasks.create_task", ctx, {"title": title, "contact_id": contact, "due_at": due})["id"]


def kept(pk: int) -> tuple[str, datetime | None]:
    return Contact.objects.values_list("next_task", "next_task_due_at").get(pk=pk)


def test_it_follows_every_write(ada: int, cast: Cast) -> None:
    alice = cast.alice.context
    assert kept(ada) == ("", None)
    some_day = new(alice(), ada, "some day", None)
    assert kept(ada) == ("some day", None)
    late = new(alice(), ada, "late", NOON + DAY)
    early = new(alice(), ada, "early", NOON)
    assert kept(ada) == ("early", NOON)
    call("tasks.complete_task", alice(), {"task_id": early})
    assert kept(ada) == ("late", NOON + DAY)
    call("tasks.reopen_task", alice(), {"task_id": early})
    call("tasks.archive_task", alice(), {"task_id": early})
    assert kept(ada) == ("late", NOON + DAY)
    Task.objects.filter(pk=late).update(title="later", due_at=F("due_at") + DAY)
    assert kept(ada) == ("later", NOON + 2 * DAY)
    grace = call("contacts.create_contact", alice(), {"first_name": "Grace"})["id"]
    Task.objects.filter(pk=late).update(contact_id=grace)
    assert (kept(ada), kept(grace)) == (("some day", None), ("later", NOON + 2 * DAY))
    Task.objects.filter(pk__in=[some_day, late]).delete()
    assert (kept(ada), kept(grace)) == (("", None), ("", None))


def test_a_task_out_of_sight_does_not_show_through(ada: int, cast: Cast) -> None:
    new(cast.olivia.context(), ada, "secret", NOON)
    mine = call("contacts.list_contacts", cast.alice.context(), {})["data"][0]
    assert (mine["next_task"], mine["next_task_due_at"]) == (None, None)
    assert call("contacts.list_contacts", cast.alice.context(), {"sort": "next_task_due_at"})["data"] == []
    all_of_it = call("contacts.get_contact", cast.olivia.context(), {"contact_id": ada})
    assert (all_of_it["next_task"], all_of_it["next_task_due_at"]) == ("secret", NOON)
    call("tasks.assign_task", cast.olivia.context(), {
        "task_id": Task.objects.get().pk, "owner_id": cast.alice.member_id,
    })  # fmt: skip
    assert call("contacts.get_contact", cast.alice.context(), {"contact_id": ada})["next_task"] == "secret"


def test_contacts_by_their_next_task(acme: str, cast: Cast) -> None:
    ids = [
        call("contacts.create_contact", cast.alice.context(), {"first_name": str(n)})["id"] for n in range(4)
    ]
    for place, days in ((0, 3), (1, 1), (2, 2)):
        new(cast.alice.context(), ids[place], "x", NOON + days * DAY)
    args: dict[str, Any] = {"sort": "next_task_due_at", "limit": 2}
    first = call("contacts.list_contacts", cast.alice.context(), args)
    rest = call("contacts.list_contacts", cast.alice.context(), {**args, "cursor": first["next_cursor"]})
    assert [row["id"] for row in first["data"] + rest["data"]] == [ids[1], ids[2], ids[0]]


def test_each_reach_has_its_index(acme: str, cast: Cast) -> None:
    """The order by next task is one index range for all, team and own: no sort, whatever the table holds."""
    owners = [(cast.alice, cast.teams["North"])] + [(cast.bob, cast.teams["South"])] * 19
    Contact.objects.bulk_create(
        Contact(full_name=str(n), stage_id=1, last_activity_at=NOON, next_task="x", next_task_due_at=NOON + n * DAY,
                owner_id=owner.member_id, team_id=team)
        for n in range(2000)
        for owner, team in owners[n % 20 : n % 20 + 1]
    )  # fmt: skip
    found = Contact.objects.filter(archived_at=None, next_task_due_at__isnull=False)
    reaches = {"all": found, "team": found.filter(team_id=cast.teams["North"]),
               "own": found.filter(owner_id=cast.alice.member_id)}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contacts_contact")
    with pinned():
        plans = {
            name: rows.order_by("next_task_due_at", "id")[:50].explain() for name, rows in reaches.items()
        }
    assert all("Sort" not in plan and f"contact_task_{name}" in plan for name, plan in plans.items()), plans
