"""Steps that change while contacts are under way, and emails in their measure."""

from datetime import time, timedelta
from typing import Any

import pytest

from crm.sequences.models import Enrollment, Intake, SendingDay
from realtime.functions import Conflict, Forbidden, InvalidInput, NotFound
from realtime.functions.call import call
from tests.cast import Cast, Person
from tests.crm.sequences.conftest import Make, contact, counted, enroll, go_by, kept, states, work
from tests.crm.sequences.test_runs import HELLO, wait
from tests.processes import Mailbox

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def steps_of(cast: Cast, sequence_id: int) -> list[Any]:
    return list(call("sequences.list_steps", cast.olivia.context(), {"sequence_id": sequence_id}))


def test_everybody_follows_the_steps_as_they_are_when_they_get_there(
    ada: int, make: Make, cast: Cast, outbox: Mailbox
) -> None:
    sequence = make(HELLO, wait(2), {"kind": "email", "body": "Tpyo"})
    enrollment = enroll(cast.alice, sequence, ada)
    work()
    first, waiting, last = steps_of(cast, sequence)
    change: dict[str, Any] = {"sequence_id": sequence}
    olivia = cast.olivia.context
    mended = {"kind": "email", "body": "Typo"}
    call("sequences.update_step", olivia(), {**change, "step_id": last["id"], "step": mended})
    # One in front of where the contact is, one behind it, and a wait that has begun.
    note = {"kind": "note", "body": "Early"}
    call("sequences.add_step", olivia(), {**change, "step": note, "after": first["id"]})
    call("sequences.add_step", olivia(), {**change, "step": {**note, "body": "Late"}, "after": waiting["id"]})
    call("sequences.update_step", olivia(), {**change, "step_id": waiting["id"], "step": wait(30)})
    go_by(2 * DAY)
    assert Enrollment.objects.get(pk=enrollment).state == "finished"
    assert states(enrollment) == ["sent", "done", "done", "sent"]
    assert "Typo" in outbox.messages[1].as_string()


def test_who_is_at_a_deleted_step_goes_on_at_once_and_nothing_is_done_twice(
    ada: int, make: Make, cast: Cast, outbox: Mailbox
) -> None:
    sequence = make(HELLO, wait(9), {"kind": "note", "body": "Bye"})
    enrollment = enroll(cast.alice, sequence, ada)
    work()
    first, waiting, _last = steps_of(cast, sequence)
    args = {"sequence_id": sequence, "step_id": first["id"], "by": 2}
    call("sequences.move_step", cast.olivia.context(), args)
    args = {"sequence_id": sequence, "step_id": waiting["id"]}
    call("sequences.delete_step", cast.olivia.context(), args)
    assert [step["is_removed"] for step in steps_of(cast, sequence)].count(True) == 1
    work()
    assert states(enrollment) == ["sent", "skipped", "done"]
    assert len(outbox.messages) == 1
    assert [step["kind"] for step in steps_of(cast, sequence)] == ["note", "email"]


def test_a_days_places_are_given_out_one_by_one(make: Make, cast: Cast, acme: str, outbox: Mailbox) -> None:
    sequence = make(HELLO, daily_limit=2)
    for name in ("Ada", "Ben", "Cleo", "Dora", "Emil"):
        enroll(cast.alice, sequence, contact(cast.alice, name))
    work()
    assert [row.used for row in SendingDay.objects.filter(sequence=sequence).order_by("day")] == [2, 2, 1]
    waiting = Enrollment.objects.filter(next_at__isnull=False, place_date__isnull=False)
    assert {row.place_date for row in waiting} <= {row.day for row in SendingDay.objects.all()}
    # The second of the day waits for its sender's turn.
    assert len(outbox.messages) == 1
    go_by(timedelta(minutes=1))
    assert len(outbox.messages) == 2


def test_a_filter_enrols_whom_its_member_may_change(make: Make, cast: Cast, acme: str) -> None:
    sequence = make(wait(3))
    for person in (cast.alice, cast.bob):
        for number in range(3):
            contact(person, f"{person.name}{number}")
    enroll(cast.alice, sequence, contact(cast.alice, "Already"))
    args: dict[str, Any] = {"sequence_id": sequence, "filter": {"field": "first_name", "op": "not_empty"}}
    found = call("sequences.enroll_contacts", cast.alice.context(), args)
    work()
    intake = Intake.objects.get(pk=found["intake_id"])
    assert (intake.found, intake.enrolled, intake.passed_over, intake.error) == (4, 3, 1, "")
    assert intake.finished_at is not None
    assert set(Enrollment.objects.values_list("owner_id", flat=True)) == {cast.alice.member_id}
    assert kept() == counted()
    args["filter"] = {"field": "nonsense", "op": "is", "value": 1}
    with pytest.raises(InvalidInput):
        call("sequences.enroll_contacts", cast.alice.context(), args)


def test_a_list_has_a_result_for_each(make: Make, cast: Cast, ada: int) -> None:
    sequence, bobs = make(wait(3)), contact(cast.bob, "Bert")
    args = {"sequence_id": sequence, "contact_ids": [ada, bobs, ada]}
    found = call("sequences.enroll_contacts", cast.alice.context(), args)["results"]
    assert [row["error"] and row["error"]["code"] for row in found] == [None, "not_found"]


def test_who_may_not_see_a_contact_sees_no_enrollment(make: Make, cast: Cast, ada: int) -> None:
    sequence = make(wait(3))
    enrollment = enroll(cast.alice, sequence, ada)

    def seen(person: Person) -> int:
        return len(call("sequences.list_enrollments", person.context(), {"sequence_id": sequence})["data"])

    assert [seen(person) for person in (cast.olivia, cast.lea, cast.alice, cast.bob, cast.vera)] == [
        1,
        1,
        1,
        0,
        1,
    ]
    with pytest.raises(NotFound):
        call("sequences.get_enrollment", cast.bob.context(), {"enrollment_id": enrollment})
    call(
        "contacts.assign_contact", cast.olivia.context(), {"contact_id": ada, "owner_id": cast.bob.member_id}
    )
    assert [seen(person) for person in (cast.alice, cast.bob)] == [0, 1]
    with pytest.raises(Forbidden):
        call("sequences.skip_step", cast.vera.context(), {"enrollment_id": enrollment})


def test_only_an_active_sequence_takes_contacts_and_each_of_them_once(
    make: Make, cast: Cast, ada: int
) -> None:
    draft = make(wait(3), publish=False)
    with pytest.raises(Conflict, match="draft"):
        enroll(cast.alice, draft, ada)
    sequence = make(wait(3))
    enroll(cast.alice, sequence, ada)
    with pytest.raises(Conflict, match="already"):
        enroll(cast.alice, sequence, ada)
    with pytest.raises(InvalidInput, match="Add a step"):
        call("sequences.publish_sequence", cast.olivia.context(), {"sequence_id": make(publish=False)})


def test_a_template_that_a_step_uses_stays(make: Make, cast: Cast, acme: str) -> None:
    args = {"name": "Hello", "subject": "Hello", "body": "Hello", "shared": True}
    template = call("mail.create_template", cast.olivia.context(), args)["id"]
    make({"kind": "email", "template_id": template})
    with pytest.raises(Conflict, match="uses this template"):
        call("mail.delete_template", cast.olivia.context(), {"template_id": template})


def test_its_hours_are_those_of_a_clock(make: Make, cast: Cast, acme: str) -> None:
    sequence = make(HELLO)
    change = {"opens_at": "08:30", "closes_at": "18:00:30"}
    call("sequences.update_sequence", cast.olivia.context(), {"sequence_id": sequence, "changes": change})
    found: Any = call("sequences.get_sequence", cast.olivia.context(), {"sequence_id": sequence})
    assert (found["opens_at"], found["closes_at"]) == (time(8, 30), time(18, 0, 30))


@pytest.mark.parametrize("value", ["08:30Z", "08:30:00+02:00", "24:00", "8:30", "08:30:00.5", "", 3600, None])
def test_what_no_clock_shows_is_refused(make: Make, cast: Cast, acme: str, value: object) -> None:
    change = {"sequence_id": make(HELLO), "changes": {"opens_at": value}}
    with pytest.raises(InvalidInput) as refused:
        call("sequences.update_sequence", cast.olivia.context(), change)
    assert [error["param"] for error in refused.value.errors] == ["changes.opens_at"]
