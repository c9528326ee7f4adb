"""An INSERT compiled once stores what ``save`` stores."""

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.activities.models import Activity
from crm.contacts.models import Contact, ContactStage
from realtime.functions.inserts import ROWS, insert, insert_all
from realtime.functions.models import AuditEntry
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("acme")


def contact(**fields) -> Contact:
    stage = ContactStage.objects.all()[0]
    return Contact(full_name="Zoë O'Hara %s", stage=stage, last_activity_at=timezone.now(), **fields)


def stored(row) -> dict:
    kept = type(row).objects.filter(pk=row.pk).values().get()
    return {name: value for name, value in kept.items() if name not in {"id", "created_at", "updated_at"}}


def test_a_row_is_stored_as_save_stores_it(cast: Cast) -> None:
    fields = {"owner_id": cast.alice.member_id, "team_id": None, "last_activity_at": timezone.now()}
    one, other = contact(), contact()
    for row in (one, other):
        for name, value in fields.items():
            setattr(row, name, value)
    insert(one)
    other.save(force_insert=True)
    assert stored(one) == stored(other)
    assert one.created_at
    assert not one._state.adding


def test_arrays_and_json_are_stored_too(cast: Cast) -> None:
    def entry() -> Activity:
        common = {"subject": "contact", "contact_id": somebody.pk, "occurred_at": then}
        return Activity(
            kind=Activity.Kind.NOTE, mentioned=["Ann", "B, C"], payload={"a": ["%s", None]}, **common
        )

    somebody, then = contact(), timezone.now()
    insert(somebody)
    one, other = entry(), entry()
    insert(one)
    other.save(force_insert=True)
    assert stored(one) == stored(other)


def test_many_rows_take_one_statement_each_few_hundred() -> None:
    rows = [AuditEntry(function=f"n{n}", actor_kind="system", at=timezone.now()) for n in range(ROWS + 5)]
    with CaptureQueriesContext(connection) as captured:
        insert_all(rows)
    assert len([query for query in captured if query["sql"].startswith("INSERT")]) == 2
    names = dict(AuditEntry.objects.filter(function__startswith="n").values_list("pk", "function"))
    assert names == {row.pk: row.function for row in rows}


def test_a_row_that_is_refused_says_so() -> None:
    with pytest.raises(IntegrityError, match="stage_id"):
        insert(Contact(full_name="x", last_activity_at=timezone.now()))
