"""What a page of the feed tells about single changes."""

import base64
from typing import Any

import orjson
import pytest
from django.db import connection

from accounts.roles.models import FieldPermission, Role
from accounts.tenancy import tenant_context
from crm.activities.subjects import standing_on
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.files.models import Attachment
from realtime.changes.models import Relay
from realtime.functions import Gone, InvalidInput
from realtime.functions.call import call
from realtime.functions.encoding import encode_json
from tests.cast import ACME, Cast
from tests.crm.feed.reader import Reader


def do(cast: Cast, function: str, **args: Any) -> Any:
    """Call a function as Olivia, committed."""
    with tenant_context(ACME):
        return call(function, cast.olivia.context(), args)


@pytest.fixture
def contact(committed_db: str, cast: Cast) -> int:
    """A contact of Alice's."""
    args = {"first_name": "Ada", "owner_id": cast.alice.member_id, "background": "long " * 50}
    return do(cast, "contacts.create_contact", **args)["id"]


def reader(person: Any, tables: list[str] | None = None, limit: int = 200) -> Reader:
    """One who has read everything so far."""
    found = Reader(person, tables or ["contacts"], limit)
    found.read()
    return found


def test_a_change_tells_what_was_and_what_is(cast: Cast, contact: int) -> None:
    alice = reader(cast.alice)
    changes = {"background": "short", "last_name": "Lovelace"}
    do(cast, "contacts.update_contact", contact_id=contact, changes=changes)
    (change,) = alice.read()
    assert change["op"], change["id"] == ("update", contact)
    assert {"background", "last_name", "full_name", "version"} <= set(change["changed"])
    assert change["row"]["background"] == "short"
    assert change["old"]["version"] == change["row"]["version"] - 1
    assert change["actor"] == f"member:{cast.olivia.member_id}"
    assert alice.read() == []


def test_who_loses_a_record_is_told_a_delete_and_who_gets_it_an_insert(cast: Cast, contact: int) -> None:
    alice, bob, vera = reader(cast.alice), reader(cast.bob), reader(cast.vera)
    do(cast, "contacts.assign_contact", contact_id=contact, owner_id=cast.bob.member_id)
    (lost,), (got,), (seen,) = alice.read(), bob.read(), vera.read()
    assert (lost["op"], lost["row"], lost["old"]["owner_id"]) == ("delete", None, cast.alice.member_id)
    assert (got["op"], got["old"], got["row"]["first_name"]) == ("insert", None, "Ada")
    assert got["row"]["background"].startswith("long")
    assert (seen["op"], seen["old"]["owner_id"], seen["row"]["owner_id"]) == (
        "update",
        cast.alice.member_id,
        cast.bob.member_id,
    )


def test_hidden_fields_are_neither_told_nor_a_reason_to_tell(cast: Cast, contact: int) -> None:
    with tenant_context(ACME):
        role = Role.objects.get(key="viewer")
        FieldPermission.objects.create(role=role, object="contact", field="job_title", level="hidden")
        vera = reader(cast.vera)
        Contact.objects.filter(pk=contact).update(job_title="Spy")
        assert vera.read() == []
        Contact.objects.filter(pk=contact).update(job_title="Mole", source="fair")
        (change,) = vera.read()
        assert change["changed"] == ["source"]
        assert "Mole" not in str(change)
        FieldPermission.objects.all().delete()
    assert [change["op"] for change in vera.read()][:2] == ["reset", "insert"]
    vera.check()


def test_several_changes_of_a_row_come_once(cast: Cast, contact: int) -> None:
    alice = reader(cast.alice)
    for number in range(4):
        do(cast, "contacts.update_contact", contact_id=contact, changes={"source": str(number)})
    (change,) = alice.read()
    assert (change["row"]["source"], change["old"]["version"]) == ("3", change["row"]["version"] - 4)


def test_pages_end_between_transactions(cast: Cast, contact: int) -> None:
    alice = reader(cast.alice, limit=2)
    for number in range(5):
        owner = cast.alice.member_id
        do(cast, "contacts.create_contact", first_name=f"n{number}", owner_id=owner)
    pages: list[dict[str, Any]] = []
    while not pages or pages[-1]["has_more"]:
        pages.append(alice.read_page())
    names = [[change["row"]["first_name"] for change in page["changes"]] for page in pages]
    assert [name for page in names for name in page] == [f"n{number}" for number in range(5)]
    assert max(map(len, names)) == 2


def test_a_marker_resets_the_table(cast: Cast, contact: int) -> None:
    olivia = reader(cast.olivia, ["contacts", "deals"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.log_touch(%s, 'contacts_contact')", [ACME])
    changes = olivia.read()
    assert {change["table"] for change in changes} == {"contacts"}
    assert [change["op"] for change in changes[:2]] == ["reset", "insert"]
    olivia.check()


def test_other_tables_later(cast: Cast, contact: int) -> None:
    alice = reader(cast.alice)
    alice.tables = ["contacts", "members"]
    changes = alice.read()
    assert {(change["op"], change["table"]) for change in changes} == {
        ("reset", "members"),
        ("insert", "members"),
    }
    assert set(changes[1]["row"]) == {"id", "name", "email", "is_active"}


def test_positions_that_are_gone(cast: Cast, contact: int) -> None:
    alice = reader(cast.alice)
    version, epoch, position, rules, loading = opened(alice.cursor)
    alice.cursor = closed([version, "other", position, rules, loading])
    with pytest.raises(Gone, match="restored"):
        alice.ask()
    alice.cursor = closed([version, epoch, position, rules, loading])
    Relay.objects.update(trimmed=int(position.split(":")[1]) + 1000)
    try:
        with pytest.raises(Gone, match="older than"):
            alice.ask()
    finally:
        Relay.objects.update(trimmed=0)
    assert alice.read() == []


@pytest.mark.parametrize(
    "cursor",
    ["x", "é", "e30", "W10", "WzEsImUiLCJ4Iix7fSx7fV0", "WzEsImUiLCIxOjI6Iix7fSx7ImEiOi0xfV0"],
)
def test_broken_cursors(cast: Cast, committed_db: str, cursor: str) -> None:
    alice = Reader(cast.alice, ["contacts"], cursor=cursor)
    with pytest.raises(InvalidInput, match="broken"):
        alice.ask()


def test_parts_of_deals_are_seen_with_deal_and_contact(cast: Cast, contact: int) -> None:
    bobs = do(cast, "contacts.create_contact", first_name="Bob's", owner_id=cast.bob.member_id)["id"]
    tables = ["deal_contacts", "deal_members"]
    alice, bob = reader(cast.alice, tables), reader(cast.bob, tables)
    owner = cast.alice.member_id
    deal = do(cast, "deals.create_deal", title="House", contact_id=contact, owner_id=owner)["id"]
    do(cast, "deals.set_deal_contact", deal_id=deal, contact_id=bobs, role="Buyer")
    do(cast, "deals.set_deal_member", deal_id=deal, member_id=cast.bob.member_id, role="Showings", split="25")
    told = {(change["table"], change["op"]) for change in alice.read()}
    assert told == {("deal_contacts", "insert"), ("deal_members", "insert")}
    (mine,) = alice.rows["deal_contacts"].values()
    assert mine == {"id": mine["id"], "deal_id": deal, "contact_id": contact, "role": "", "is_primary": True}
    (share,) = alice.rows["deal_members"].values()
    assert (share["member_id"], share["role"], share["split"]) == (cast.bob.member_id, "Showings", "25.00")
    assert bob.read() == []  # a share gives no sight of the deal
    do(cast, "contacts.assign_contact", contact_id=bobs, owner_id=owner)
    (seen,) = alice.read()
    assert (seen["op"], seen["row"]["role"]) == ("insert", "Buyer")
    do(cast, "deals.assign_deal", deal_id=deal, owner_id=cast.bob.member_id)
    assert {change["op"] for change in alice.read()} == {"delete"}
    assert {change["table"] for change in bob.read()} == {"deal_members"}  # both contacts are Alice's
    alice.check()
    bob.check()


def test_a_file_is_told_without_whom_its_deal_is_with(cast: Cast, contact: int) -> None:
    deal = do(cast, "deals.create_deal", title="House", contact_id=contact)["id"]
    with tenant_context(ACME):
        about = {"filename": "a.txt", "size": 1, "sha256": "0" * 64, "content_type": "text/plain"}
        row = Attachment.objects.create(**standing_on(Deal.objects.get(pk=deal)), key=f"{ACME}/x", **about)
    olivia, vera = reader(cast.olivia, ["files"]), reader(cast.vera, ["files"])
    assert olivia.rows["files"][row.pk]["contact_id"] == contact
    assert vera.rows["files"][row.pk]["contact_id"] == contact
    with tenant_context(ACME):
        role = Role.objects.get(key="viewer")
        FieldPermission.objects.create(role=role, object="deal", field="contact_id", level="hidden")
        assert [change["op"] for change in vera.read()] == ["reset", "insert"]
        assert vera.rows["files"][row.pk]["contact_id"] is None
        Attachment.objects.filter(pk=row.pk).update(filename="b.txt")
        (change,) = vera.read()
        assert (change["changed"], change["old"]["contact_id"]) == (["filename"], None)
        FieldPermission.objects.all().delete()
        Attachment.objects.filter(pk=row.pk).delete()
    assert [change["op"] for change in olivia.read()] == ["delete"]


@pytest.mark.parametrize("tables", [[""], ["contacts,"], ["contacts", ""]])
def test_an_empty_name_is_no_table(cast: Cast, committed_db: str, tables: list[str]) -> None:
    with pytest.raises(InvalidInput) as error:
        Reader(cast.alice, tables).ask()
    assert error.value.errors[0]["param"].startswith("tables")


def test_unknown_tables_are_named(cast: Cast, committed_db: str) -> None:
    with pytest.raises(InvalidInput) as error:
        Reader(cast.alice, ["contacts", "passwords"]).ask()
    assert error.value.errors[0]["param"].startswith("tables")


def test_only_what_the_functions_show(cast: Cast, contact: int) -> None:
    deal = do(cast, "deals.create_deal", title="House", contact_id=contact)["id"]
    company = do(cast, "companies.create_company", name="Initech")["id"]
    task = do(cast, "tasks.create_task", title="Call", contact_id=contact)["id"]
    note = do(cast, "activities.create_activity", contact_id=contact, body="Hi")["id"]
    ids = {"contacts": contact, "deals": deal, "companies": company, "tasks": task, "activities": note}
    olivia = reader(cast.olivia, [*ids])
    for table, pk in ids.items():
        word = {"companies": "company", "activities": "activity"}.get(table, table[:-1])
        shown = orjson.loads(encode_json(do(cast, f"{table}.get_{word}", **{f"{word}_id": pk})))
        told = olivia.rows[table][pk]
        assert told.items() <= shown.items(), (table, told, shown)
        assert len(told) > 8


def opened(cursor: str | None) -> list[Any]:
    """What a cursor says."""
    assert cursor is not None
    return orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))


def closed(values: list[Any]) -> str:
    """A cursor that says this."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).rstrip(b"=").decode()
