"""One event, one call: who it is about, what they have, whose they become, who hears of it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles.models import Member
from accounts.tenancy import tenant_context
from crm.activities.models import Activity
from crm.contacts.models import Contact, EmailAddress, PhoneNumber
from crm.deals.models import Deal
from crm.notifications.models import Notification
from realtime.functions import Conflict, Forbidden, InvalidInput
from realtime.functions.call import call
from realtime.functions.models import AuditEntry
from tests.cast import ACME, Cast, Person
from tests.processes import PATIENCE

FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET ")
ADA = {
    "name": "Ada Byron King",
    "emails": ["Ada@Engines.example", "ada@home.example"],
    "phones": ["+1 415 555 0123"],
}


def take(who: Person, /, **args: Any) -> Any:
    """Send an event as the person."""
    return call("intake.receive_event", who.context(), {"person": ADA} | args)


def do(person: Person, function: str, **args: Any) -> Any:
    return call(function, person.context(), args)


@pytest.fixture
def sequence(acme: str, cast: Cast) -> int:
    """A published sequence."""
    made = do(cast.olivia, "sequences.create_sequence", name="Welcome")["id"]
    do(cast.olivia, "sequences.add_step", sequence_id=made, step={"kind": "wait", "days": 1})
    do(cast.olivia, "sequences.publish_sequence", sequence_id=made)
    return int(made)


def rule(cast: Cast, name: str, *people: Person) -> int:
    seats = [{"member_id": person.member_id} for person in people]
    rows = do(cast.olivia, "automations.create_routing_rule", name=name, seats=seats)
    return int(next(row["id"] for row in rows if row["name"] == name))


def test_who_is_new_is_made_noted_told_and_enrolled(acme: str, cast: Cast, sequence: int) -> None:
    do(cast.olivia, "fields.create_custom_field", object="contact", label="Must", type="text", required=True)
    done = take(
        cast.olivia, person={**ADA, "tags": ["Buyer"], "price": "450000.00"}, source="Portal", message="Free?",
        type="viewing", property={"city": "London", "price": "1.50"}, campaign={"medium": "cpc"},
        sequence_id=sequence, route={"owner_id": cast.bob.member_id},
    )  # fmt: skip
    contact = Contact.objects.get(pk=done["contact_id"])
    assert (contact.full_name, contact.email, contact.phone_e164, contact.source, contact.tags) == (
        "Ada Byron King", "ada@engines.example", "+14155550123", "Portal", ["Buyer"],
    )  # fmt: skip
    assert EmailAddress.objects.filter(contact=contact).count() == 2
    assert (done["created"], done["matched_by"], done["repeated"]) == (True, None, False)
    bob, south = cast.bob.member_id, cast.teams["South"]
    assert done["routed"] == {"how": "owner", "owner_id": bob, "team_id": south, "rule_id": None}
    assert done["notified"] == [bob]
    assert Notification.objects.filter(member_id=bob).count() == 1
    assert done["enrolled"]["enrollment_id"]
    entry = Activity.objects.get(pk=done["activity_id"])
    assert (entry.body, entry.direction, entry.payload["type"]) == ("Free?", "in", "viewing")
    assert (entry.payload["property"], entry.payload["campaign"]) == (
        {"city": "London", "price": "1.50"},
        {"medium": "cpc"},
    )
    noted = AuditEntry.objects.filter(function="intake.receive_event").values_list("object", flat=True)
    assert {"contact", "enrollment"} <= set(noted)


def test_who_is_known_keeps_what_they_have(acme: str, cast: Cast) -> None:
    made = do(
        cast.bob,
        "contacts.create_contact",
        first_name="Augusta",
        email="ada@home.example",
        job_title="Countess",
    )
    more = {**ADA, "job_title": "Author", "background": "Met at the fair.", "tags": ["Buyer"]}
    done = take(cast.olivia, person=more, source="Portal")
    assert (done["contact_id"], done["created"], done["matched_by"]) == (made["id"], False, "email")
    contact = Contact.objects.get()
    assert (contact.full_name, contact.job_title, contact.background, contact.email) == (
        "Augusta King", "Countess", "Met at the fair.", "ada@home.example",
    )  # fmt: skip
    assert set(done["filled"]) == {
        "last_name", "background", "source", "phone", "ada@engines.example", "Buyer",
    }  # fmt: skip
    assert set(done["left"]) == {"first_name", "job_title"}
    assert done["routed"]["how"] == "kept"
    assert (done["notified"], contact.owner_id) == ([cast.bob.member_id], cast.bob.member_id)
    again = take(cast.olivia, person={"phones": ["(415) 555-0123"]})
    assert (again["contact_id"], again["matched_by"], again["filled"]) == (made["id"], "phone", [])
    assert PhoneNumber.objects.count() == 1


def test_the_surest_key_decides_and_the_oldest_contact(acme: str, cast: Cast) -> None:
    first = do(cast.bob, "contacts.create_contact", email="ada@engines.example")["id"]
    second = do(cast.bob, "contacts.create_contact", source="Portal", external_id="P7", first_name="A")["id"]
    do(cast.bob, "contacts.create_contact", email="ada@engines.example")
    by_id = take(
        cast.olivia, source="Portal", person={"external_id": "P7", "emails": ["ada@engines.example"]}
    )
    assert (by_id["contact_id"], by_id["matched_by"]) == (second, "external_id")
    assert take(cast.olivia)["contact_id"] == first


def test_an_event_is_taken_once(acme: str, cast: Cast) -> None:
    done = take(cast.olivia, source="Portal", external_id="e-1", message="First")
    again = take(
        cast.olivia, source="Portal", external_id="e-1", message="Other", person={"emails": ["b@c.example"]}
    )
    assert again == {**done, "repeated": True}
    assert Contact.objects.count() == 1
    assert not take(cast.olivia, source="Website", external_id="e-1")["repeated"]
    do(
        cast.olivia,
        "activities.create_activity",
        contact_id=done["contact_id"],
        body="x",
        source="S",
        external_id="1",
    )
    with pytest.raises(Conflict, match="something else"):
        take(cast.olivia, source="S", external_id="1")
    do(cast.olivia, "contacts.assign_contact", contact_id=done["contact_id"], owner_id=cast.bob.member_id)
    with pytest.raises(Conflict, match="sent this event before"):
        take(cast.alice, source="Portal", external_id="e-1")


def test_rules_take_their_turn_and_pools_wait(acme: str, cast: Cast) -> None:
    by_name = rule(cast, "portal", cast.alice, cast.bob)
    people = [take(cast.olivia, source="Portal", person={"emails": [f"{n}@x.example"]}) for n in range(3)]
    assert [row["routed"]["owner_id"] for row in people] == [
        cast.alice.member_id, cast.bob.member_id, cast.alice.member_id,
    ]  # fmt: skip
    assert {(row["routed"]["how"], row["routed"]["rule_id"]) for row in people} == {("rule", by_name)}
    other = rule(cast, "Others", cast.lea)
    assert take(cast.olivia, source="Fair")["routed"]["how"] == "key"  # two rules, neither of them its own
    lone = take(cast.olivia, person={"emails": ["z@x.example"]}, route={"rule_id": other})
    assert lone["routed"]["owner_id"] == cast.lea.member_id
    waiting = take(cast.olivia, person={"emails": ["w@x.example"]}, route={"pool": cast.teams["North"]})
    assert (waiting["routed"]["how"], waiting["routed"]["owner_id"]) == ("pool", None)
    assert set(waiting["notified"]) == {cast.lea.member_id, cast.alice.member_id}
    found = take(cast.olivia, person={"emails": ["w@x.example"]}, route={"owner_id": cast.bob.member_id})
    assert (found["created"], found["routed"]["owner_id"]) == (False, cast.bob.member_id)


def test_a_rule_without_anybody_leads_to_the_pool_and_an_owner_who_left_is_followed(
    acme: str, cast: Cast
) -> None:
    made = take(cast.olivia, route={"owner_id": cast.bob.member_id})
    lonely = rule(cast, "Lonely", cast.bob)
    Member.objects.filter(pk=cast.bob.member_id).update(is_active=False)
    again = take(cast.olivia, route={"rule_id": lonely})
    assert again["contact_id"] == made["contact_id"]
    assert (again["routed"]["how"], Contact.objects.get().owner_id) == ("pool", None)


def test_deals_are_opened_once_and_sequences_begun_once(acme: str, cast: Cast, sequence: int) -> None:
    wish = {"deal": {"title": "Flat in London", "amount": "450000"}, "sequence_id": sequence}
    done, again = take(cast.olivia, **wish), take(cast.olivia, **wish)
    assert (done["deal"]["created"], again["deal"]["created"]) == (True, False)
    assert done["deal"]["id"] == again["deal"]["id"] == Deal.objects.get().pk
    assert again["enrolled"]["enrollment_id"] is None
    assert "already" in again["enrolled"]["refusal"]


def test_what_one_may_not_do(acme: str, cast: Cast, sequence: int) -> None:
    made = do(cast.bob, "contacts.create_contact", email="ada@engines.example")["id"]
    mine = take(cast.alice)
    assert (mine["created"], mine["contact_id"] != made) == (True, True)  # out of sight is as good as absent
    assert mine["routed"]["how"] == "key"
    with pytest.raises(Forbidden):
        take(cast.vera)
    with pytest.raises(Forbidden, match="give records"):
        take(cast.alice, person={"emails": ["n@x.example"]}, route={"owner_id": cast.bob.member_id})
    rule(cast, "Only one", cast.bob)
    assert take(cast.alice, person={"emails": ["m@x.example"]})["routed"]["how"] == "key"


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"person": {"first_name": "Ada"}}, "person"),
        ({"person": {**ADA, "emails": ["no address"]}}, "person.emails.0"),
        ({"person": {**ADA, "shoe": 42}}, "person.shoe"),
        ({"person": {**ADA, "custom": {"no_such": 1}}}, "custom.no_such"),
        ({"type": "Not A Word"}, "type"),
        ({"route": {"owner_id": 1, "pool": "everyone"}}, "route"),
        ({"route": {"rule_id": 999_999}}, "route.rule_id"),
        ({"route": {"pool": 999_999}}, "route.pool"),
        ({"route": {"owner_id": 999_999}}, "owner_id"),
        ({"sequence_id": 999_999}, "sequence_id"),
        ({"deal": {"title": "X", "stage_id": 999_999}}, "deal.stage_id"),
        ({"property": {"url": "javascript:alert(1)"}}, "property.url"),
    ],
)
def test_wrong_input_is_named_and_nothing_is_written(
    acme: str, cast: Cast, wrong: dict[str, Any], param: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        take(cast.olivia, **wrong)
    assert error.value.errors[0]["param"] == param
    assert not Contact.objects.exists()


@pytest.fixture
def clean(committed_db: str, cast: Cast) -> None:
    """Acme, committed."""


def test_two_events_at_once_make_one_contact(clean: None, cast: Cast) -> None:
    together = Barrier(4)

    def send(number: int) -> Any:
        try:
            with tenant_context(ACME):
                together.wait(PATIENCE)
                emails = [f"n{number}@x.example", "ada@engines.example"]
                return take(
                    cast.olivia, person={"emails": emails}, source="Portal", external_id=f"e-{number % 2}"
                )
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(send, range(4)))
    assert len({row["contact_id"] for row in found}) == 1
    assert sorted(row["created"] for row in found if not row["repeated"]) == [False, True]
    assert sum(row["repeated"] for row in found) == 2


@pytest.mark.parametrize(("is_known", "statements"), [(False, 23), (True, 18)])
def test_statements(acme: str, cast: Cast, is_known: bool, statements: int) -> None:
    # The first one also asks what is remembered a process.
    take(cast.olivia, source="Portal", person=ADA if is_known else {"emails": ["b@engines.example"]})
    with CaptureQueriesContext(connection) as captured:
        take(cast.olivia, source="Portal", external_id="e-2", message="Free?")
    found = [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(FRAME)]
    assert len(found) == statements, "\n".join(found)
