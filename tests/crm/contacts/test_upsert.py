"""Upsert, batch, the pool and relations: what is found, what is added, who wins."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts.tenancy import tenant_context
from crm.contacts.models import Contact
from realtime.functions import Conflict, Forbidden, FunctionError, InvalidInput, NotFound
from realtime.functions.call import call
from realtime.functions.models import AuditEntry
from tests.cast import Cast, Person
from tests.processes import PATIENCE


def do(person: Person, function: str, **args: Any) -> Any:
    return call(f"contacts.{function}", person.context(), args)


def upsert(person: Person, match: str, **values: Any) -> Any:
    return do(person, "upsert_contact", match=match, values=values)


def test_of_several_contacts_with_an_address_upsert_takes_the_oldest(acme: str, cast: Cast) -> None:
    first, second = (
        do(cast.alice, "create_contact", first_name=name, email="ada@one.org") for name in ("A", "B")
    )
    assert first["id"] < second["id"]
    assert upsert(cast.alice, "email", email="ada@one.org", job_title="Countess")["id"] == first["id"]


def test_upsert_finds_by_every_address_and_number_and_adds_new_ones(acme: str, cast: Cast) -> None:
    made = upsert(cast.alice, "email", email="ada@one.org", first_name="Ada", tags=["VIP"])
    again = upsert(
        cast.alice,
        "email",
        email="ADA@one.org",
        phone="+1 415 555 0101",
        source="Fair",
        tags=["vip", "Buyer"],
    )
    assert (made["created"], again["created"], again["id"]) == (True, False, made["id"])
    assert (again["source"], again["tags"], again["phone"]) == ("Fair", ["Buyer", "VIP"], "+1 415 555 0101")
    third = upsert(cast.alice, "phone", phone="+14155550101", email="ada@two.org")
    assert (third["id"], third["email"]) == (made["id"], "ada@one.org")
    assert upsert(cast.alice, "email", email="ada@two.org", job_title="Countess")["id"] == made["id"]
    with pytest.raises(InvalidInput, match="usable value"):
        upsert(cast.alice, "phone", phone="12")


def test_external_ids_are_unique_within_their_source(acme: str, cast: Cast) -> None:
    made = upsert(cast.alice, "external_id", external_id="7", source="Portal", first_name="Ada")
    other = upsert(cast.alice, "external_id", external_id="7", source="Website", first_name="Bea")
    assert other["created"]
    found = upsert(cast.alice, "external_id", external_id="7", source="Portal", last_name="King")
    assert (found["id"], found["full_name"]) == (made["id"], "Ada King")
    with pytest.raises(Conflict, match="external id"):
        do(cast.alice, "create_contact", first_name="Cleo", source="Portal", external_id="7")


def test_who_does_not_see_the_contact_makes_another(acme: str, cast: Cast) -> None:
    made = upsert(cast.alice, "email", email="ada@one.org")
    assert upsert(cast.bob, "email", email="ada@one.org")["created"]
    with pytest.raises(Forbidden):
        upsert(cast.vera, "email", email="ada@one.org")
    assert upsert(cast.lea, "email", email="ada@one.org")["id"] == made["id"]


def test_a_batch_answers_each_item_and_one_bad_one_spoils_nothing(acme: str, cast: Cast) -> None:
    bobs = do(cast.bob, "create_contact", first_name="Bert")["id"]
    items: list[dict[str, Any]] = [
        {"create": {"first_name": "Ada", "email": "ada@one.org"}},
        {"create": {"job_title": "Nobody"}},
        {"update": {"contact_id": bobs, "changes": {"first_name": "Mine"}}},
        {"upsert": {"match": "email", "values": {"email": "ada@one.org", "last_name": "King"}}},
        {"create": {"first_name": "X", "source": "P", "external_id": "1"}},
        {"create": {"first_name": "Y", "source": "P", "external_id": "1"}},
        {"eat": {}},
        {"create": {"first_name": "A", "first": "B"}},
    ]
    found = do(cast.alice, "batch_contacts", items=items)
    codes = [row["error"] and row["error"]["code"] for row in found]
    assert codes == [
        None, "invalid_input", "not_found", None, None, "conflict", "invalid_input", "invalid_input",
    ]  # fmt: skip
    assert [row["created"] for row in found] == [True, False, False, False, True, False, False, False]
    assert found[0]["id"] == found[3]["id"]
    assert Contact.objects.count() == 3
    noted = AuditEntry.objects.filter(function="contacts.batch_contacts").values_list("object_id", flat=True)
    assert set(noted) == {found[0]["id"], found[4]["id"]}
    with pytest.raises(InvalidInput):
        do(cast.alice, "batch_contacts", items=[{"create": {"first_name": "A"}}] * 201)


def test_a_relationship_is_read_from_both_ends_as_far_as_one_sees(acme: str, cast: Cast) -> None:
    ada, bea = (do(cast.alice, "create_contact", first_name=name)["id"] for name in ("Ada", "Bea"))
    bobs = do(cast.bob, "create_contact", first_name="Bert")["id"]
    made = do(cast.alice, "add_relationship", contact_id=ada, other_id=bea, kind="child")
    seen = do(cast.alice, "get_profile", contact_id=bea)["relationships"]
    assert [(row["kind"], row["contact_id"], row["full_name"]) for row in seen] == [("parent", ada, "Ada")]
    with pytest.raises(Conflict, match="already related"):
        do(cast.alice, "add_relationship", contact_id=bea, other_id=ada, kind="parent")
    with pytest.raises(InvalidInput):
        do(cast.alice, "add_relationship", contact_id=ada, other_id=bobs, kind="friend")
    do(cast.olivia, "add_relationship", contact_id=ada, other_id=bobs, kind="friend")
    assert len(do(cast.alice, "get_profile", contact_id=ada)["relationships"]) == 1
    assert len(do(cast.olivia, "get_profile", contact_id=ada)["relationships"]) == 2
    do(cast.alice, "delete_relationship", contact_id=bea, relationship_id=made["id"])
    assert do(cast.alice, "get_profile", contact_id=ada)["relationships"] == []


def test_the_newest_consent_counts_and_all_of_them_stay(acme: str, cast: Cast) -> None:
    ada = do(cast.alice, "create_contact", first_name="Ada")["id"]
    for state in ("pending", "granted", "withdrawn"):
        do(cast.alice, "record_consent", contact_id=ada, channel="email", state=state, proof=f"Said {state}")
    do(cast.lea, "record_consent", contact_id=ada, channel="text", state="granted")
    newest = {row["channel"]: row for row in do(cast.alice, "get_profile", contact_id=ada)["consents"]}
    assert (newest["email"]["state"], newest["text"]["by_name"]) == ("withdrawn", "Lea")
    assert [row["state"] for row in do(cast.alice, "list_consents", contact_id=ada)["data"]] == [
        "granted", "withdrawn", "granted", "pending",
    ]  # fmt: skip
    later = "2999-01-01T00:00:00Z"
    with pytest.raises(InvalidInput, match="in the past"):
        do(cast.alice, "record_consent", contact_id=ada, channel="mail", state="granted", at=later)


def test_a_teams_pool_is_for_the_team(acme: str, cast: Cast) -> None:
    ada = do(cast.olivia, "create_contact", first_name="Ada")["id"]
    do(cast.olivia, "assign_contact", contact_id=ada, owner_id=None, team_id=cast.teams["North"])
    assert [row["id"] for row in do(cast.alice, "list_pool")["data"]] == [ada]
    assert do(cast.bob, "list_pool")["data"] == []
    with pytest.raises(NotFound):
        do(cast.bob, "claim_contact", contact_id=ada)
    assert do(cast.alice, "claim_contact", contact_id=ada)["owner_id"] == cast.alice.member_id
    assert do(cast.alice, "claim_contact", contact_id=ada)["id"] == ada


def test_of_those_who_claim_at_once_one_gets_it_and_two_upserts_make_one(
    committed_db: str, cast: Cast
) -> None:
    with tenant_context("t_acme"):
        ada = do(cast.olivia, "create_contact", first_name="Ada")["id"]
        do(cast.olivia, "assign_contact", contact_id=ada, owner_id=None)
    barrier = Barrier(4)

    def attempt(person: Person) -> tuple[str, bool]:
        try:
            with tenant_context("t_acme"):
                barrier.wait(PATIENCE)
                try:
                    do(person, "claim_contact", contact_id=ada)
                    said = ""
                except FunctionError as error:
                    said = f"{error.code}: {error.detail}"
                return said, upsert(cast.olivia, "email", email="same@one.org")["created"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(attempt, [cast.alice, cast.bob, cast.alice, cast.bob]))
    with tenant_context("t_acme"):
        owner = Contact.objects.select_related("owner").get(pk=ada).owner
        assert Contact.objects.filter(email="same@one.org").count() == 1
    said = [text for text, _created in found]
    assert sorted(said) == ["", ""] + [f"conflict: {owner.name} has this contact already."] * 2
    assert [created for _text, created in found].count(True) == 1
