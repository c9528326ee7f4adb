"""The search through its function: what matches, who sees what, and that it holds in the transaction of the change."""

from typing import Any

import pytest
from django.db import connection

from accounts.roles.models import FieldPermission, Member
from crm.contacts.models import Contact, EmailAddress, PhoneNumber
from realtime.functions.call import call
from tests.cast import Cast, Person


def make(person: Person, function: str, **args: object) -> Any:
    return call(function, person.context(), args)


def found(person: Person, q: str, kind: str = "contact", limit: int = 10) -> list[int]:
    """The ids of one kind, the best first."""
    answer = call("search.search_records", person.context(), {"q": q, "limit": limit})
    return [hit["id"] for group in answer["groups"] if group["kind"] == kind for hit in group["hits"]]


@pytest.fixture
def jfk(acme: str, cast: Cast) -> int:
    """John Fitzgerald Kennedy, Alice's."""
    given = {"first_name": "John Fitzgerald", "last_name": "Kennedy", "email": "jack@white-house.example"}
    pk: int = make(cast.alice, "contacts.create_contact", **given, phone="+1 415 555 0123")["id"]
    make(cast.alice, "contacts.create_contact", first_name="Élodie", last_name="Grønbæk-Müller")
    return pk


@pytest.mark.parametrize(
    "q",
    [
        "john", "JOHN F", "kennedy", "kenn", "kennedy john", "john kennedy", "john kenn", "fitzgerald ken",
        "kennedy fitzgerald", "jfk", "J. F.", "j f k", "jf kennedy" , "knenedy", "kenedy", "kennnedy", "kemnedy",
        "jhon kennedy", "john kenedy", "5550123", "555 0123", "(415) 555-0123", "+14155550123", "0123", "4155",
        "jack@white-house.example", "jack@white", "white-house.ex", "@white", "hite-hou", "kennedy jack@white",
        "kennnedi",
    ],
)  # fmt: skip
def test_a_person_is_found_by(q: str, jfk: int, cast: Cast) -> None:
    assert found(cast.alice, q)[:1] == [jfk]


@pytest.mark.parametrize(
    "q", ["elodie", "Élodie", "gronbaek", "müller", "muller elodie", "GRØNBÆK", "mueller"]
)
def test_accents_do_not_matter(q: str, jfk: int, cast: Cast) -> None:
    (other,) = Contact.objects.exclude(pk=jfk).values_list("pk", flat=True)
    assert found(cast.alice, q) == [other]


@pytest.mark.parametrize(
    "q",
    ["", " ", "'", '"', "\\", "%", "_", "&|!():*", "a & b", "<script>", "🙂", "🙂 john 🙂x", "שלום", "a" * 500,
     "x " * 250, "john:*", "'; DROP TABLE search_key; --", "\u202egnp", "0", "00", "000", "+", "漢字", "\t\n"],
)  # fmt: skip
def test_odd_queries_are_answered(q: str, jfk: int, cast: Cast) -> None:
    for each in ("contact", "note"):
        assert isinstance(found(cast.alice, q, each), list)


def test_scripts_without_spaces_and_other_alphabets(acme: str, cast: Cast) -> None:
    written = {
        "山田太郎": "太郎",
        "Ёлкина Мария": "елкин",
        "Παπαδόπουλος": "παπαδοπ",
        "김철수": "철수",
        "דוד לוי": "לוי",
    }
    made = {name: make(cast.alice, "contacts.create_contact", first_name=name)["id"] for name in written}
    for name, q in written.items():
        assert found(cast.alice, q) == [made[name]], name


def test_a_change_is_found_in_its_own_transaction(jfk: int, cast: Cast) -> None:
    Contact.objects.filter(pk=jfk).update(full_name="Marilyn Monroe")
    assert found(cast.alice, "monroe") == [jfk]
    assert found(cast.alice, "kennedy") == []
    make(cast.olivia, "contacts.archive_contact", contact_id=jfk)
    assert found(cast.alice, "monroe") == []
    make(cast.olivia, "contacts.restore_contact", contact_id=jfk)
    assert found(cast.alice, "monroe") == [jfk]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contacts_contact SET full_name = 'Norma Jeane' WHERE id = %s", [jfk])
    assert found(cast.alice, "norma") == [jfk]
    Contact.objects.filter(pk=jfk).delete()
    assert found(cast.alice, "norma") == found(cast.alice, "5550123") == []


def test_bulk_writes_are_found(acme: str, cast: Cast, jfk: int) -> None:
    like = Contact.objects.get(pk=jfk)
    Contact.objects.bulk_create(
        Contact(
            full_name=f"Bulk{n} Person",
            stage_id=like.stage_id,
            owner_id=like.owner_id,
            last_activity_at=like.created_at,
        )
        for n in range(3)
    )
    assert len(found(cast.alice, "person")) == 3
    assert_keys_are_those_of_a_rebuild()
    Contact.objects.filter(full_name__contains="Bulk").delete()
    assert found(cast.alice, "person") == []


def test_several_addresses_and_numbers(jfk: int, cast: Cast) -> None:
    EmailAddress.objects.create(contact_id=jfk, address="president@usa.example")
    EmailAddress.objects.create(contact_id=jfk, address="captain@usa.example")
    PhoneNumber.objects.create(contact_id=jfk, raw="+49 30 901820", e164="+4930901820", last_digits="0901820")
    for q in ("president", "usa.ex", "901820", "captain@usa"):
        assert found(cast.alice, q) == [jfk], q
    assert_keys_are_those_of_a_rebuild()
    EmailAddress.objects.get(address="president@usa.example").delete()
    assert found(cast.alice, "president") == []
    assert found(cast.alice, "usa.example") == [jfk]
    make(cast.olivia, "contacts.assign_contact", contact_id=jfk, owner_id=cast.bob.member_id)
    assert found(cast.bob, "captain") == [jfk]
    assert found(cast.alice, "captain") == []
    make(cast.olivia, "contacts.archive_contact", contact_id=jfk)
    assert found(cast.bob, "captain") == found(cast.bob, "901820") == []
    make(cast.olivia, "contacts.restore_contact", contact_id=jfk)
    assert found(cast.bob, "captain") == found(cast.bob, "901820") == [jfk]
    assert_keys_are_those_of_a_rebuild()


def test_out_of_sight_is_not_found(jfk: int, cast: Cast) -> None:
    for q in ("kennedy", "jfk", "5550123", "hite-hou", "kenedy", "john kennedy", "kennnedi"):
        assert found(cast.olivia, q) == found(cast.lea, q) == found(cast.alice, q) == [jfk]
        assert found(cast.bob, q) == [], q


def test_another_tenant_finds_nothing(jfk: int, cast: Cast) -> None:
    from accounts.tenancy import tenant_context

    with tenant_context(cast.charlie.schema):
        assert found(cast.charlie, "kennedy") == []


@pytest.mark.parametrize(
    ("field", "finds", "finds_not"),
    [
        ("email", ["kennedy", "5550123"], ["jack@white", "white", "hite-hou", "kennedy jack"]),
        ("phone", ["kennedy", "jack@white"], ["5550123", "415 555"]),
    ],
)
def test_a_hidden_field_neither_matches_nor_shows(
    jfk: int, cast: Cast, field: str, finds: list[str], finds_not: list[str]
) -> None:
    EmailAddress.objects.create(contact_id=jfk, address="white@second.example")
    PhoneNumber.objects.create(
        contact_id=jfk, raw="+1 415 555 9999", e164="+14155559999", last_digits="5559999"
    )
    role = Member.objects.get(pk=cast.alice.member_id).role_id
    FieldPermission.objects.create(role_id=role, object="contact", field=field, level="hidden")
    for q in finds:
        answer = call("search.search_records", cast.alice.context(), {"q": q, "kinds": ["contact"]})
        (hit,) = answer["groups"][0]["hits"]
        assert field not in hit
        assert {"email": "white-house", "phone": "0123"}[field] not in str(hit)
    for q in finds_not:
        assert found(cast.alice, q) == [], q


def test_companies_deals_tasks_and_notes(jfk: int, cast: Cast) -> None:
    company = make(
        cast.alice, "companies.create_company", name="Analytical Engines Ltd", domain="engines.example"
    )["id"]
    deal = make(cast.alice, "deals.create_deal", title="Loft on Oak Street", amount="480000")["id"]
    task = make(cast.alice, "tasks.create_task", title="Send the contract")["id"]
    note = make(
        cast.alice,
        "activities.create_activity",
        contact_id=jfk,
        body="Wants a garden; met at the <b>fair</b>.",
    )["id"]
    for q in ("engines", "analytical eng", "ltd engines", "engines.ex", "ael", "analitical"):
        assert found(cast.alice, q, "company") == [company], q
    for q in ("oak", "loft oak", "oak str", "lofft"):
        assert found(cast.alice, q, "deal") == [deal], q
    assert found(cast.alice, "contr", "task") == [task]
    for q in ("garden", "gard met", "fair"):
        assert found(cast.alice, q, "note") == [note], q
        assert found(cast.bob, q, "note") == [], q
    (hit,) = call("search.search_records", cast.alice.context(), {"q": "fair"})["groups"][0]["hits"]
    assert hit["marked_detail"].endswith("&lt;b&gt;<mark>fair</mark>&lt;/b&gt;.")
    assert (hit["subject"], hit["subject_id"], hit["title"]) == ("contact", jfk, "John Fitzgerald Kennedy")
    make(cast.alice, "activities.archive_activity", activity_id=note)
    assert found(cast.alice, "garden", "note") == []
    assert_keys_are_those_of_a_rebuild()


def test_the_best_comes_first(acme: str, cast: Cast) -> None:
    names = ["Rosemary Smithson", "Rose Smith", "Smith Rosen", "Ambrose Smithers"]
    made = {name: make(cast.alice, "contacts.create_contact", first_name=name)["id"] for name in names}
    assert found(cast.alice, "rose smith")[0] == made["Rose Smith"]
    assert found(cast.alice, "rose")[0] == made["Rose Smith"]
    assert set(found(cast.alice, "smith")[:2]) == {made["Rose Smith"], made["Smith Rosen"]}


def test_groups_are_limited_and_say_so(acme: str, cast: Cast) -> None:
    for number in range(4):
        make(cast.alice, "contacts.create_contact", first_name=f"Same {number}")
    answer = call("search.search_records", cast.alice.context(), {"q": "same", "limit": 3})
    assert [(group["kind"], len(group["hits"]), group["has_more"]) for group in answer["groups"]] == [
        ("contact", 3, True)
    ]
    assert (
        call("search.search_records", cast.alice.context(), {"q": "same", "kinds": ["deal"]})["groups"] == []
    )


def test_truncating_a_table_takes_its_keys_along(jfk: int, cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE contacts_contact CASCADE")
        cursor.execute("SELECT count(*) FROM search_key WHERE source < 20")
        assert cursor.fetchone() == (0,)


def assert_keys_are_those_of_a_rebuild() -> None:
    """What the triggers have kept is what making everything anew gives."""
    kept = everything()
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; SELECT search_rebuild(); SELECT search_rebuild_about()"
        )
    assert everything() == kept


def everything() -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT source, object_id, owner_id, team_id, key FROM search_key UNION ALL"
            " SELECT source, object_id, owner_id, team_id, vector::text FROM search_text UNION ALL"
            " SELECT source, object_id, owner_id, team_id, vector::text FROM search_about"
        )
        return set(cursor.fetchall())
