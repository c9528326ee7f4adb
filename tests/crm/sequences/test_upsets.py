"""What happens to people in the middle of a sequence: owners change, whoever writes leaves."""

from datetime import timedelta
from typing import Any

import pytest

from crm.mail.models import MailMessage
from crm.sequences.models import Enrollment
from crm.tasks.models import Task
from realtime.functions.call import call
from realtime.functions.models import AuditEntry
from tests.cast import Cast
from tests.crm.sequences.conftest import Make, contact, enroll, go_by, work
from tests.crm.sequences.test_runs import HELLO, wait

pytestmark = pytest.mark.django_db
CALL = {"kind": "task", "title": "Call"}


def do(person: Any, function: str, **args: Any) -> Any:
    """Call a function as somebody."""
    return call(function, person.context(), args)


def test_a_contact_that_is_given_away_goes_on_with_its_new_owner(ada: int, make: Make, cast: Cast) -> None:
    enrolled = enroll(cast.alice, make(wait(1), CALL, HELLO), ada)
    work()
    do(cast.olivia, "contacts.assign_contact", contact_id=ada, owner_id=cast.bob.member_id)
    assert do(cast.bob, "sequences.get_enrollment", enrollment_id=enrolled)["state"] == "active"
    go_by(timedelta(days=1, minutes=1))
    assert Task.objects.get(title="Call").owner_id == cast.bob.member_id
    assert MailMessage.objects.get(enrollment_id=enrolled).member_id == cast.bob.member_id


def test_who_writes_when_the_sender_has_left(acme: str, make: Make, cast: Cast) -> None:
    """The contact's owner; and the firm itself, when they have left too."""
    sequence = make(wait(1), HELLO, wait(1), HELLO, sender_id=cast.adam.member_id)
    owned = enroll(cast.alice, sequence, contact(cast.alice, "Ada"))
    work()
    do(cast.olivia, "roles.deactivate_member", member_id=cast.adam.member_id)
    go_by(timedelta(days=1, minutes=1))
    assert MailMessage.objects.get(enrollment_id=owned).member_id == cast.alice.member_id
    do(cast.olivia, "roles.deactivate_member", member_id=cast.alice.member_id)
    go_by(timedelta(days=1, minutes=1))
    sent = MailMessage.objects.filter(enrollment_id=owned).order_by("id")
    assert list(sent.values_list("member_id", flat=True)) == [cast.alice.member_id, None]
    assert Enrollment.objects.get(pk=owned).state == Enrollment.State.FINISHED


def test_the_audit_log_says_for_whom_a_step_was_done(ada: int, make: Make, cast: Cast) -> None:
    enrolled = enroll(cast.alice, make(CALL, wait(1)), ada)
    work()
    steps = AuditEntry.objects.filter(function="sequences.take_turn")
    assert set(steps.filter(object="enrollment").values_list("object_id", flat=True)) == {enrolled}
    assert not steps.filter(object="").exists()
    assert {"step": [None, "task"]} in steps.values_list("changes", flat=True)


def test_how_many_a_filter_is_about_to_enrol(ada: int, make: Make, cast: Cast) -> None:
    contact(cast.alice, "Grace")
    sequence = make(HELLO)
    wanted = {"sequence_id": sequence, "filter": {"field": "first_name", "op": "is", "value": "Ada"}}
    assert call("sequences.enroll_contacts", cast.olivia.context(), wanted)["expected"] == 1
    rows = do(cast.olivia, "sequences.list_intakes", sequence_id=sequence)["data"]
    assert [row["expected"] for row in rows] == [1]
