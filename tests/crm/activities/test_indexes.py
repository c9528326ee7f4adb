"""Timelines and feeds are index ranges, in PostgreSQL's own words, with many rows in the way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.tenancy import tenant_context
from crm.activities.models import Activity
from realtime.functions.call import call
from tests.cast import ACME, Cast, Person
from tests.plans import explain

ROWS = 6_000
pytestmark = pytest.mark.usefixtures("acme")


@pytest.fixture(scope="module")
def contact(module_rows: None, cast: Cast) -> int:
    """A contact of Alice's with many notes, among thousands about another of hers."""
    with tenant_context(ACME):
        mine = call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada"})["id"]
        other = call("contacts.create_contact", cast.alice.context(), {"first_name": "Kim"})["id"]
        now = timezone.now()
        Activity.objects.bulk_create(
            Activity(
                kind="note",
                subject="contact",
                contact_id=pk,
                owner_id=cast.alice.member_id,
                team_id=cast.teams["North"],
                occurred_at=now - timedelta(minutes=number),
                body="x",
            )
            for number in range(ROWS)
            for pk in [other if number % 4 else mine]
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE activities_activity")
    return mine


def plan(work: Callable[[], Any]) -> str:
    """How PostgreSQL runs the statement about activities that the work makes."""
    with CaptureQueriesContext(connection) as captured:
        work()
    sql = next(query["sql"] for query in captured if 'FROM "activities_activity"' in query["sql"])
    return explain(sql)


@pytest.mark.parametrize("who", ["olivia", "lea", "alice"])
def test_a_timeline_is_a_range_of_its_record(contact: int, cast: Cast, who: str) -> None:
    person: Person = getattr(cast, who)
    args = {"contact_id": contact, "limit": 20}
    found = plan(lambda: call("activities.list_timeline", person.context(), args))
    assert "activity_of_contact" in found, found
    assert "Sort" not in found, found
    assert "Seq Scan on activities_activity" not in found, found


@pytest.mark.parametrize(("who", "index"), [("olivia", "activity_all"), ("lea", "activity_")])
def test_a_feed_is_a_range_of_what_one_sees(contact: int, cast: Cast, who: str, index: str) -> None:
    person: Person = getattr(cast, who)
    found = plan(lambda: call("activities.list_activities", person.context(), {"limit": 20}))
    assert index in found, found
    assert "Sort" not in found, found
    assert "Seq Scan on activities_activity" not in found, found
