"""Contacts on their way through sequences: steps, waits, threads of emails, and what the figures say."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from crm.activities.models import Activity
from crm.sequences.models import Enrollment
from crm.tasks.models import Task
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.mail.test_seen import paths
from tests.crm.sequences.conftest import Make, contact, counted, enroll, go_by, kept, states, work
from tests.processes import Mailbox

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HELLO = {"kind": "email", "subject": "Hello {{contact.first_name}}", "body": "How are you?"}


def wait(days: int) -> dict[str, Any]:
    return {"kind": "wait", "days": days, "business": False}


def test_three_emails_days_apart_in_one_thread(ada: int, make: Make, cast: Cast, outbox: Mailbox) -> None:
    sequence = make(
        HELLO, wait(2), {"kind": "email", "body": "Still there?"}, wait(3), {"kind": "email", "body": "Bye"}
    )
    enrollment = enroll(cast.alice, sequence, ada)
    work()
    assert [mail["Subject"] for mail in outbox.messages] == ["Hello Ada"]
    go_by(DAY)
    assert len(outbox.messages) == 1
    go_by(DAY)
    go_by(3 * DAY)
    first, second, third = outbox.messages
    assert [mail["Subject"] for mail in (second, third)] == ["Re: Hello Ada"] * 2
    assert second["In-Reply-To"] == first["Message-ID"] == second["References"]
    assert third["In-Reply-To"] == second["Message-ID"]
    assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]
    assert len({mail["Message-ID"] for mail in outbox.messages}) == 3
    assert all(mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" for mail in outbox.messages)
    found = call("sequences.get_enrollment", cast.alice.context(), {"enrollment_id": enrollment})
    assert (found["state"], states(enrollment)) == ("finished", ["sent", "done", "sent", "done", "sent"])
    assert kept() == counted()
    figures = call("sequences.get_sequence", cast.alice.context(), {"sequence_id": sequence})["figures"]
    assert figures == {"enrolled": 1, "active": 0, "finished": 1, "replied": 0, "stopped": 0, "sent": 3}


def test_opened_and_clicked_count_for_the_step_whose_mail_it_was(
    ada: int, make: Make, cast: Cast, outbox: Mailbox
) -> None:
    call("accounts.update_tenant", cast.olivia.context(), {"changes": {"tracks_mail": True}})
    link = {"kind": "email", "subject": "Look", "body": "At https://example.com/ please."}
    sequence = make(HELLO, wait(1), link)
    bea = contact(cast.alice, "Bea")
    for each in (ada, bea):
        enroll(cast.alice, sequence, each)
    work()
    for _turn in range(2):  # one sender writes one email in some seconds
        go_by(DAY)
    program = Client(HTTP_HOST="localhost")
    for mail in outbox.messages:
        for path in (
            paths(mail) if mail["Subject"] == "Look" and mail["To"].startswith("ada@") else paths(mail)[-1:]
        ):
            program.get(path)
    steps = call("sequences.list_steps", cast.alice.context(), {"sequence_id": sequence})
    assert [(step["figures"]["opened"], step["figures"]["clicked"]) for step in steps] == [
        (2, 0),
        (0, 0),
        (2, 1),
    ]
    assert kept() == counted()


def test_tasks_and_notes_say_what_the_contact_is_called(ada: int, make: Make, cast: Cast) -> None:
    sequence = make(
        {"kind": "task", "title": "Call {{contact.first_name}}", "due_days": 2},
        {"kind": "note", "body": "{{contact.full_name}} is in a sequence of {{member.name}}."},
    )
    enrollment = enroll(cast.alice, sequence, ada)
    work()
    task = Task.objects.get()
    assert (task.title, task.owner_id, task.contact_id) == ("Call Ada", cast.alice.member_id, ada)
    assert Activity.objects.filter(kind="note").get().body == "Ada is in a sequence of Alice."
    assert Enrollment.objects.get(pk=enrollment).state == "finished"


def test_a_step_that_fails_is_shown_and_the_rest_goes_on(make: Make, cast: Cast, acme: str) -> None:
    sequence = make(HELLO, {"kind": "note", "body": "Later"})
    bare = int(call("contacts.create_contact", cast.alice.context(), {"first_name": "Ann"})["id"])
    enrollment = enroll(cast.alice, sequence, bare)
    work()
    found = call("sequences.get_enrollment", cast.alice.context(), {"enrollment_id": enrollment})
    assert [(visit["state"], visit["note"]) for visit in found["visits"]] == [
        ("failed", "The contact has no email address."),
        ("done", ""),
    ]
    assert kept() == counted()
