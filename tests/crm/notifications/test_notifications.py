"""Notifications: one's own alone, counted up to 100, seen once, by email as one likes."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingEmail
from crm.notifications.models import Notification
from realtime.functions import InvalidInput
from realtime.functions.call import call
from tests.cast import Cast, Person


def told(person: Person, **args: Any) -> list[Any]:
    return call("notifications.list_notifications", person.context(), args)["data"]


def unread(person: Person) -> int:
    return call("notifications.count_unread", person.context())["unread"]


@pytest.fixture
def contact(acme: str, cast: Cast) -> int:
    """A contact of Alice's on which Lea mentions her."""
    made = call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada"})["id"]
    note = {"contact_id": made, "body": "@Alice, please call"}
    call("activities.create_activity", cast.lea.context(), note)
    return made


def test_a_mention_waits_for_its_member_alone(contact: int, cast: Cast) -> None:
    (row,) = told(cast.alice)
    assert (row["kind"], row["title"], row["actor_name"], row["read_at"]) == ("mention", "Ada", "Lea", None)
    assert row["link"] == reverse("contact", args=[contact])
    assert [unread(person) for person in cast.acme] == [0, 0, 0, 1, 0, 0]
    assert told(cast.olivia) == []


def test_reading_marks_ones_own_alone(contact: int, cast: Cast) -> None:
    mine = {"ids": [told(cast.alice)[0]["id"]]}
    assert call("notifications.mark_read", cast.bob.context(), mine) == {"unread": 0}
    assert unread(cast.alice) == 1
    assert call("notifications.mark_read", cast.alice.context(), mine) == {"unread": 0}
    assert told(cast.alice, unread=True) == []
    assert told(cast.alice)[0]["read_at"] is not None


def test_a_record_from_somebody_else_is_told(contact: int, cast: Cast) -> None:
    args = {"contact_id": contact, "owner_id": cast.bob.member_id}
    call("contacts.assign_contact", cast.olivia.context(), args)
    assert [(row["kind"], row["title"], row["actor_name"]) for row in told(cast.bob)] == [
        ("assigned", "Ada", "Olivia")
    ]
    task = {"title": "Call", "owner_id": cast.bob.member_id}
    made = call("tasks.create_task", cast.olivia.context(), task)["id"]
    assert told(cast.bob)[0]["link"] == reverse("task", args=[made])
    call("tasks.create_task", cast.bob.context(), {"title": "Mine"})
    assert len(told(cast.bob)) == 2


def test_more_than_99_are_not_counted(acme: str, cast: Cast) -> None:
    row = {"kind": "mention", "link": "/", "created_at": timezone.now()}
    Notification.objects.bulk_create(Notification(member_id=cast.bob.member_id, **row) for _ in range(130))
    assert unread(cast.bob) == 100
    assert call("notifications.mark_read", cast.bob.context()) == {"unread": 0}


def test_emails_go_to_who_wants_them(contact: int, cast: Cast) -> None:
    (email,) = OutgoingEmail.objects.filter(recipient=cast.alice.email)
    assert "Lea mentioned you on Ada." in email.text
    assert f"/contacts/{contact}/" in email.text
    OutgoingEmail.objects.all().delete()
    call("notifications.set_preference", cast.alice.context(), {"kind": "mention", "by_email": False})
    chosen = call(
        "notifications.set_preference", cast.alice.context(), {"kind": "assigned", "by_email": True}
    )
    assert chosen[:2] == [{"kind": "mention", "by_email": False}, {"kind": "assigned", "by_email": True}]
    note = {"contact_id": contact, "body": "@Alice again"}
    call("activities.create_activity", cast.lea.context(), note)
    assert not OutgoingEmail.objects.exists()
    call("tasks.create_task", cast.olivia.context(), {"title": "<b>", "owner_id": cast.alice.member_id})
    assert "&lt;b&gt;" in OutgoingEmail.objects.get().html


@pytest.mark.parametrize("args", [{"ids": [0]}, {"ids": ["x"]}, {"ids": [1] * 201}, {"ids": {}}])
def test_wrong_ids(acme: str, cast: Cast, args: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        call("notifications.mark_read", cast.alice.context(), args)
