"""What the change log tells: stages and the bin stop sequences whoever changed them, and however."""

from typing import Any

import pytest
from django.db import connection

from crm.contacts.models import Contact, ContactStage
from crm.sequences.models import Enrollment, Sequence
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.automations.conftest import acme, cast, settle
from tests.crm.sequences.conftest import Make, contact, enroll, make

#: Fixtures: what is written is committed, as only that is in the change log.
_ = acme, cast, make
WAIT = {"kind": "wait", "days": 5}


def reason(enrollment_id: int) -> str:
    return str(Enrollment.objects.get(pk=enrollment_id).stop_reason)


@pytest.fixture(autouse=True)
def no_sequences(acme: None) -> Any:
    yield
    Enrollment.objects.all().delete()
    Sequence.objects.all().delete()


def test_a_stage_that_was_left_again_and_the_bin_by_bare_sql(acme: None, make: Make, cast: Cast) -> None:
    first, last = (
        ContactStage.objects.order_by("position")[0].pk,
        ContactStage.objects.order_by("-position")[0].pk,
    )
    sequence = make(WAIT, stop_on_contact_stages=[last])
    moved, thrown, kept = (contact(cast.alice, name) for name in ("Moved", "Thrown", "Kept"))
    found = [enroll(cast.alice, sequence, pk) for pk in (moved, thrown, kept)]
    settle()
    for stage in (last, first):
        args = {"contact_id": moved, "changes": {"stage_id": stage}}
        call("contacts.update_contact", cast.alice.context(), args)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {Contact._meta.db_table} SET archived_at = now() WHERE id = %s", [thrown])
    settle()
    assert [reason(pk) for pk in found] == ["stage", "binned", ""]


def test_a_deal_that_is_won(acme: None, make: Make, cast: Cast) -> None:
    from crm.deals.models import Stage

    won = Stage.objects.filter(kind="won").first()
    assert won is not None
    ada = contact(cast.alice, "Ada")
    enrollment = enroll(cast.alice, make(WAIT, stop_on_deal_stages=[won.pk]), ada)
    deal = call("deals.create_deal", cast.alice.context(), {"title": "House", "contact_id": ada})
    settle()
    assert reason(enrollment) == ""
    call("deals.win_deal", cast.alice.context(), {"deal_id": deal["id"]})
    settle()
    assert reason(enrollment) == "stage"
