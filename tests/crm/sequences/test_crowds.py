"""Many contacts enrolled at once: by as many statements as a few, and each as one alone would be."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.contacts.models import Contact
from crm.sequences import intakes
from crm.sequences.models import Enrollment, Intake, Visit
from realtime.functions.call import call
from realtime.functions.models import AuditEntry
from tests.cast import Cast
from tests.crm.sequences.conftest import Make, contact, counted, enroll, kept, work
from tests.crm.sequences.test_runs import HELLO, wait
from tests.processes import Mailbox
from tests.workflows.example import limited
from workflows import start_many
from workflows.models import Due
from workflows.runs.models import Run

pytestmark = pytest.mark.django_db
EVERYBODY = {"field": "first_name", "op": "starts_with", "value": "Crowd"}


def crowd(person: Any, size: int) -> list[int]:
    """So many contacts, quickly."""
    made = contact(person, "Crowd0")
    one = Contact.objects.values().get(pk=made)
    rows = [
        Contact(**{**one, "id": None, "first_name": f"Crowd{n}", "email": f"crowd{n}@example.com"})
        for n in range(1, size)
    ]
    return [made, *(row.pk for row in Contact.objects.bulk_create(rows))]


def intake(cast: Cast, sequence: int, **more: Any) -> Intake:
    args = {"sequence_id": sequence, "filter": EVERYBODY, **more}
    row = call("sequences.enroll_contacts", cast.olivia.context(), args)
    return Intake.objects.get(pk=row["intake_id"])


def statements(cast: Cast, size: int, make: Make) -> int:
    """How many statements the first chunk takes with so many contacts."""
    from accounts.actor import system_context

    Contact.objects.filter(first_name__startswith="Crowd").update(first_name="Before")
    crowd(cast.alice, size)
    row = intake(cast, make(wait(1), HELLO))
    with CaptureQueriesContext(connection) as found:
        call("sequences.take_in_chunk", system_context("t_acme"), {"intake_id": row.pk})
    row.refresh_from_db()
    assert (row.found, row.enrolled) == (size, size)
    return len(found)


def test_the_number_of_statements_does_not_grow(make: Make, cast: Cast, acme: str) -> None:
    statements(cast, 1, make)  # what a process asks once
    few = statements(cast, 3, make)
    assert statements(cast, 60, make) == few


def test_runs_that_have_a_limit_are_not_started_in_a_crowd(acme: str) -> None:
    wanted = {"a": {"owner_id": 1, "name": "a"}}
    with pytest.raises(ValueError, match=f"{limited.name} has a limit"):
        start_many(limited.name, wanted)
    assert not Run.objects.exists()


def test_each_is_enrolled_as_one_alone_would_be(
    make: Make, cast: Cast, acme: str, outbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intakes, "CHUNK", 4)
    sequence = make(HELLO, wait(1), HELLO)
    ids = crowd(cast.alice, 10)
    call(
        "contacts.record_consent",
        cast.alice.context(),
        {"contact_id": ids[1], "channel": "email", "state": "withdrawn"},
    )
    Contact.objects.filter(pk=ids[2]).update(email="")
    enroll(cast.alice, sequence, ids[3])
    alone = Enrollment.objects.get()
    row = intake(cast, sequence)
    Due.objects.filter(kind="run", ref=alone.run_id).delete()
    work()
    row.refresh_from_db()
    assert (row.found, row.enrolled, row.passed_over, row.error) == (10, 8, 2, "")
    many = Enrollment.objects.exclude(pk=alone.pk)
    assert set(many.values_list("contact_id", flat=True)) == {*ids} - {ids[1], ids[3]}
    same = ("sequence_id", "owner_id", "team_id", "first_stage_id", "subject", "version")
    assert set(many.values_list(*same)) == {tuple(getattr(alone, name) for name in same)}
    assert set(many.values_list("origin", "enrolled_by_id")) == {("filter", cast.olivia.member_id)}
    assert Run.objects.filter(subject="enrollment", subject_id__in=many).count() == 8
    assert Visit.objects.filter(enrollment__in=many).values("enrollment").distinct().count() == 8
    written = AuditEntry.objects.filter(object="enrollment", function="sequences.take_in_chunk")
    assert written.filter(object_id__in=many).count() == 8
    assert kept() == counted()
    assert len({mail["To"] for mail in outbox.messages}) == len(outbox.messages) > 0
    again = intake(cast, sequence)
    work()
    again.refresh_from_db()
    assert (again.found, again.enrolled) == (10, 0)
