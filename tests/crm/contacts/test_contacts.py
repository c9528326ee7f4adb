"""Contacts: what is derived, what finds them, what is refused."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.contacts.models import Contact
from realtime.functions import Forbidden, InvalidInput, PreconditionFailed
from realtime.functions.call import call
from tests.cast import Cast, Person
from tests.plans import explain


def create(person: Person, **args: Any) -> dict[str, Any]:
    made: dict[str, Any] = call("contacts.create_contact", person.context(), args)
    return made


def found(person: Person, search: str) -> list[str]:
    return [
        row["full_name"]
        for row in call("contacts.list_contacts", person.context(), {"search": search})["data"]
    ]


def test_names_phones_and_addresses_are_normalised(acme: str, cast: Cast) -> None:
    made = create(
        cast.alice, first_name=" Ada ", last_name="Lovelace", phone="(415) 555-0123", email="Ada@X.com"
    )
    assert (made["full_name"], made["phone_e164"], made["email"]) == (
        "Ada Lovelace",
        "+14155550123",
        "ada@x.com",
    )
    changes = {"contact_id": made["id"], "changes": {"last_name": "King", "phone": ""}}
    changed = call("contacts.update_contact", cast.alice.context(), changes)
    assert (changed["full_name"], changed["phone_e164"], changed["version"]) == ("Ada King", "", 2)


def test_a_contact_needs_something_to_be_called_by(acme: str, cast: Cast) -> None:
    with pytest.raises(InvalidInput, match="name, an email address or a phone"):
        create(cast.alice, job_title="Boss")
    only_email = create(cast.alice, email="a@b.co")
    assert only_email["full_name"] == ""
    with pytest.raises(InvalidInput):
        call(
            "contacts.update_contact",
            cast.alice.context(),
            {"contact_id": only_email["id"], "changes": {"email": ""}},
        )


def test_parts_of_names_addresses_and_numbers_find(acme: str, cast: Cast) -> None:
    create(cast.alice, first_name="Ada", last_name="Lovelace", phone="415 555 0123", email="ada@engine.org")
    create(cast.alice, first_name="Grace", last_name="Hopper")
    for text in ("ada", "LOVE", "love ada", "engine.org", "555-0123", "415555"):
        assert found(cast.alice, text) == ["Ada Lovelace"], text
    assert found(cast.alice, "ada hopper") == []
    assert found(cast.alice, "100%") == found(cast.alice, "_") == []


def test_look_up_is_exact_and_normalised(acme: str, cast: Cast) -> None:
    create(cast.alice, first_name="Ada", phone="415 555 0123", email="ada@engine.org")

    def look_up(**args: str) -> int:
        return len(call("contacts.lookup_contact", cast.alice.context(), args)["data"])

    assert look_up(phone="+1 (415) 555-0123") == look_up(email="ADA@engine.org") == 1
    assert look_up(phone="5550123") == look_up(email="ada@engine") == look_up() == 0


def test_giving_to_others_needs_the_permission(acme: str, cast: Cast) -> None:
    with pytest.raises(Forbidden, match="other members"):
        create(cast.alice, first_name="Ada", owner_id=cast.bob.member_id)
    made = create(cast.lea, first_name="Ada", owner_id=cast.alice.member_id)
    assert (made["owner_name"], made["team_name"]) == ("Alice", "North")
    with pytest.raises(InvalidInput, match="no active member"):
        create(cast.olivia, first_name="Ada", owner_id=999)


def test_a_stale_version_is_refused(acme: str, cast: Cast) -> None:
    made = create(cast.alice, first_name="Ada")
    args = {"contact_id": made["id"], "changes": {"source": "fair"}, "version": 1}
    call("contacts.update_contact", cast.alice.context(), args)
    with pytest.raises(PreconditionFailed):
        call("contacts.update_contact", cast.alice.context(), {**args, "changes": {"source": "web"}})
    assert Contact.objects.get(pk=made["id"]).source == "fair"


def test_a_list_takes_two_statements_whatever_its_length(acme: str, cast: Cast) -> None:
    for number in range(5):
        create(cast.alice, first_name=f"N{number}")
    for person in (cast.alice, cast.lea, cast.olivia):
        with CaptureQueriesContext(connection) as captured:
            call("contacts.list_contacts", person.context())
        statements = [
            q["sql"] for q in captured if "SAVEPOINT" not in q["sql"] and "READ ONLY" not in q["sql"]
        ]
        assert len(statements) == 2, statements


def test_lists_read_their_visibility_index(acme: str, cast: Cast) -> None:
    """Own, team and all are each one range of one index, in order: no sort, no scan of the table."""
    alice, bob = (cast.alice, cast.teams["North"]), (cast.bob, cast.teams["South"])
    rows = []
    for number in range(2000):
        owner, team = alice if number % 20 == 0 else bob
        common = {"stage_id": _stage(), "owner_id": owner.member_id, "team_id": team}
        rows.append(Contact(full_name=f"N{number}", last_activity_at=_then(number), **common))
    Contact.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contacts_contact")
    for person, index in (
        (cast.alice, "contact_own"),
        (cast.lea, "contact_team"),
        (cast.olivia, "contact_all"),
    ):
        with CaptureQueriesContext(connection) as captured:
            call("contacts.list_contacts", person.context())
        sql = next(q["sql"] for q in captured if '"contacts_contact"."full_name"' in q["sql"])
        plan = explain(sql)
        assert f"using {index}" in plan, plan
        assert "Sort" not in plan, plan


def _stage() -> int:
    from crm.contacts.models import ContactStage

    return ContactStage.objects.values_list("id", flat=True)[0]


def _then(number: int) -> Any:
    from datetime import UTC, datetime, timedelta

    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
