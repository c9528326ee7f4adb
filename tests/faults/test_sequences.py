"""Workers killed at every turn of a sequence: each email is there once, in its thread, and a stop is the end of it."""

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from django.db.models import F

from accounts.tenancy import tenant_context
from crm.automations import scanning
from crm.sequences.models import Enrollment
from realtime.functions.call import call
from tests.cast import ACME, Cast, load_cast
from tests.faults.workers import Workers, workers
from tests.processes import Mailbox, mail_server
from workflows.models import Due
from workflows.testing import advance, expire_leases

pytestmark = pytest.mark.faults
POINTS = ["claim.taken", "step.body_done", "step.journaled", "step.committed"]
DAY = timedelta(days=1)
RULES = {"days": [0, 1, 2, 3, 4, 5, 6], "opens_at": time(0), "closes_at": time(23, 59), "pace_seconds": 0}


@pytest.fixture(scope="module")
def smtp() -> Iterator[Mailbox]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def crew(committed_db: str, smtp: Mailbox) -> Iterator[Workers]:
    mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(smtp.port)}
    with workers(committed_db, WORKFLOWS_LEASE_SECONDS="2", **mail) as crew:
        yield crew


def enrolled(cast: Cast, name: str) -> int:
    """A contact in a sequence of three emails a day apart; the enrollment's id."""
    olivia, alice = cast.olivia.context, cast.alice.context
    sequence = call("sequences.create_sequence", olivia(), {"name": name})["id"]
    call("sequences.update_sequence", olivia(), {"sequence_id": sequence, "changes": RULES})
    wait = {"kind": "wait", "days": 1, "business": False}
    email: dict[str, Any] = {"kind": "email", "body": "Hello"}
    for step in ({**email, "subject": name}, wait, email, wait, email):
        call("sequences.add_step", olivia(), {"sequence_id": sequence, "step": step})
    call("sequences.publish_sequence", olivia(), {"sequence_id": sequence})
    given = {"first_name": name, "email": f"{name}@example.com"}
    contact = call("contacts.create_contact", alice(), given)["id"]
    args = {"sequence_id": sequence, "contact_id": contact}
    found = int(call("sequences.enroll_contact", alice(), args)["id"])
    Due.objects.filter(kind=scanning.LOOK).delete()  # due every second: workers would not come to an end
    return found


def go_by(length: timedelta) -> None:
    advance(length)
    Enrollment.objects.update(next_at=F("next_at") - length)


@pytest.mark.parametrize("point", POINTS)
def test_each_email_is_there_once(crew: Workers, smtp: Mailbox, point: str) -> None:
    Due.objects.all().delete()
    smtp.messages.clear()
    with tenant_context(ACME):
        enrollment = enrolled(load_cast(), point.replace(".", "-"))
        for _email in range(3):
            assert crew.run(point) == -9
            expire_leases()
            assert crew.run() == 0
            go_by(DAY)
        assert Enrollment.objects.get(pk=enrollment).state == "finished"
    by_id = {mail["Message-ID"]: mail for mail in smtp.messages}
    assert len(by_id) == len(smtp.messages) == 3
    first, second, third = by_id.values()
    assert (second["In-Reply-To"], third["In-Reply-To"]) == (first["Message-ID"], second["Message-ID"])


def test_nothing_goes_out_after_a_stop_that_came_while_a_worker_was_dying(
    crew: Workers, smtp: Mailbox
) -> None:
    Due.objects.all().delete()
    smtp.messages.clear()
    cast = load_cast()
    with tenant_context(ACME):
        enrollment = enrolled(cast, "stopped")
        assert crew.run("step.body_done") == -9
        call("sequences.stop_enrollment", cast.alice.context(), {"enrollment_id": enrollment})
        expire_leases()
        assert crew.run() == 0
        go_by(DAY)
        assert crew.run() == 0
        assert Enrollment.objects.get(pk=enrollment).stop_reason == "by_hand"
    assert smtp.messages == []
