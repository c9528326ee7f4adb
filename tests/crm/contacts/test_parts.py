"""How a contact is reached: several addresses and numbers, of which the contact's columns hold the primary ones."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Tenant
from crm.contacts.models import Contact, EmailAddress, PhoneNumber
from realtime.functions import Conflict, Forbidden, InvalidInput, NotFound
from realtime.functions.call import call
from tests.cast import Cast, Person

pytestmark = pytest.mark.usefixtures("acme")


def do(person: Person, function: str, **args: Any) -> Any:
    return call(f"contacts.{function}", person.context(), args)


@pytest.fixture
def ada(cast: Cast) -> int:
    made = do(cast.alice, "create_contact", first_name="Ada", email="Ada@One.org", phone="(415) 555-0101")
    return int(made["id"])


def profile(cast: Cast, pk: int) -> Any:
    return do(cast.alice, "get_profile", contact_id=pk)


def columns(pk: int) -> tuple[str, str, str]:
    contact = Contact.objects.get(pk=pk)
    return contact.email, contact.phone, contact.phone_e164


def test_creating_makes_primary_rows_without_a_statement_of_its_own(cast: Cast, ada: int) -> None:
    found = profile(cast, ada)
    assert [(row["address"], row["is_primary"]) for row in found["emails"]] == [("ada@one.org", True)]
    assert [(row["e164"], row["is_primary"]) for row in found["phones"]] == [("+14155550101", True)]
    with CaptureQueriesContext(connection) as captured:
        do(cast.alice, "create_contact", first_name="Bob", email="bob@one.org", phone="+14155550102")
    assert not any("emailaddress" in query["sql"] for query in captured)
    assert PhoneNumber.objects.get(e164="+14155550102").last_digits == "5550102"


def test_another_address_can_become_the_primary_one_and_takes_over_when_that_is_deleted(
    cast: Cast, ada: int
) -> None:
    second = do(cast.alice, "add_email", contact_id=ada, address="ada@two.org", label="home")
    assert not second["is_primary"]
    one = {"contact_id": ada, "email_id": second["id"]}
    do(cast.alice, "update_email", **one, changes={"is_primary": True})
    assert columns(ada)[0] == "ada@two.org"
    assert [row["address"] for row in profile(cast, ada)["emails"]] == ["ada@two.org", "ada@one.org"]
    with pytest.raises(InvalidInput, match="another one the primary"):
        do(cast.alice, "update_email", **one, changes={"is_primary": False})
    do(cast.alice, "delete_email", **one)
    assert columns(ada)[0] == "ada@one.org"
    assert EmailAddress.objects.get(contact_id=ada).is_primary


def test_the_contacts_own_column_replaces_the_primary_one(cast: Cast, ada: int) -> None:
    change = {"contact_id": ada, "changes": {"phone": "+1 415 555 0199", "email": "new@one.org"}}
    phone = profile(cast, ada)["phones"][0]["id"]
    do(cast.alice, "update_phone", contact_id=ada, phone_id=phone, changes={"status": "reached"})
    do(cast.alice, "update_contact", **change)
    found = profile(cast, ada)
    assert found["phones"][0]["status"] == "unknown"
    assert [row["e164"] for row in found["phones"]] == ["+14155550199"]
    assert [row["address"] for row in found["emails"]] == ["new@one.org"]
    do(cast.alice, "add_phone", contact_id=ada, number="+1 415 555 0200", kind="work")
    emptied = do(cast.alice, "update_contact", contact_id=ada, changes={"phone": ""})
    assert (emptied["phone"], emptied["phone_e164"]) == ("+1 415 555 0200", "+14155550200")
    assert len(profile(cast, ada)["phones"]) == 1


def test_changing_the_primary_row_changes_the_contact(cast: Cast, ada: int) -> None:
    row = profile(cast, ada)["phones"][0]
    args = {"contact_id": ada, "phone_id": row["id"]}
    assert do(cast.alice, "update_phone", **args, changes={"is_bad": True})["is_bad"]
    assert do(cast.alice, "update_phone", **args, changes={"status": "reached"})["status"] == "reached"
    changed = do(cast.alice, "update_phone", **args, changes={"number": "415-555-0777"})
    assert changed["status"] == "unknown"
    assert changed == {**row, "raw": "415-555-0777", "e164": "+14155550777", "is_bad": False}
    assert columns(ada)[1:] == ("415-555-0777", "+14155550777")


def test_doubles_and_a_last_name_are_refused(cast: Cast, ada: int) -> None:
    with pytest.raises(Conflict, match="already"):
        do(cast.alice, "add_email", contact_id=ada, address="ADA@one.org")
    nameless = do(cast.alice, "create_contact", email="x@y.org")["id"]
    row = profile(cast, nameless)["emails"][0]
    with pytest.raises(InvalidInput, match="name, an email"):
        do(cast.alice, "delete_email", contact_id=nameless, email_id=row["id"])
    with pytest.raises(NotFound):
        do(cast.alice, "delete_email", contact_id=nameless, email_id=profile(cast, ada)["emails"][0]["id"])
    with pytest.raises(Forbidden):
        do(cast.vera, "add_phone", contact_id=ada, number="1")


def test_numbers_without_a_country_code_are_those_of_the_firms_country(cast: Cast, ada: int) -> None:
    Tenant.objects.filter(schema_name="t_acme").update(country="DE")
    made = do(cast.alice, "add_phone", contact_id=ada, number="030 901820")
    assert made["e164"] == "+4930901820"
    found = do(cast.alice, "lookup_contact", phone="(030) 90 18 20")["data"]
    assert [row["id"] for row in found] == [ada]


def test_look_up_finds_by_every_number_and_address_in_one_statement(cast: Cast, ada: int) -> None:
    do(cast.alice, "add_phone", contact_id=ada, number="+44 20 7946 0958")
    do(cast.alice, "add_email", contact_id=ada, address="second@one.org")
    ctx = cast.alice.context()
    assert ctx.scope
    with CaptureQueriesContext(connection) as captured:
        found = call("contacts.lookup_contact", ctx, {"phone": "+442079460958", "email": "Second@one.org"})
    assert [row["id"] for row in found["data"]] == [ada]
    assert len([query for query in captured if query["sql"].startswith("SELECT")]) == 1
    assert do(cast.bob, "lookup_contact", phone="+442079460958")["data"] == []


def test_each_change_counts_the_version_up_once(cast: Cast, ada: int) -> None:
    before = Contact.objects.get(pk=ada).version
    do(cast.alice, "add_phone", contact_id=ada, number="+1 415 555 0300", is_primary=True)
    do(cast.alice, "add_address", contact_id=ada, street="12 St James's Square", city="London", country="GB")
    assert Contact.objects.get(pk=ada).version == before + 2
    assert profile(cast, ada)["addresses"][0]["is_primary"]


def test_hidden_fields_hide_their_rows(cast: Cast, ada: int) -> None:
    roles = call("roles.list_roles", cast.olivia.context())
    agent = next(row["id"] for row in roles if row["key"] == "agent")
    rule = {"role_id": agent, "object": "contact", "field": "phone", "level": "hidden"}
    call("roles.set_field_permission", cast.olivia.context(), rule)
    assert "phones" not in profile(cast, ada)
    with pytest.raises(InvalidInput, match="may not change"):
        do(cast.alice, "add_phone", contact_id=ada, number="1")


def test_the_profile_takes_the_same_statements_however_much_there_is(cast: Cast, ada: int) -> None:
    def statements() -> int:
        ctx = cast.alice.context()
        with CaptureQueriesContext(connection) as captured:
            call("contacts.get_profile", ctx, {"contact_id": ada})
        return len([query for query in captured if query["sql"].lstrip("(").startswith("SELECT")])

    for number in range(3):
        other = do(cast.alice, "create_contact", first_name=f"Friend {number}")["id"]
        do(cast.alice, "add_relationship", contact_id=ada, other_id=other, kind="friend")
        do(cast.alice, "record_consent", contact_id=ada, channel="email", state="granted")
    few = statements()
    for number in range(5):
        do(cast.alice, "add_phone", contact_id=ada, number=f"+1 415 555 04{number:02}")
        other = do(cast.alice, "create_contact", first_name=f"Mate {number}")["id"]
        do(cast.alice, "add_relationship", contact_id=ada, other_id=other, kind="colleague")
    assert [few, statements()] == [5, 5]
