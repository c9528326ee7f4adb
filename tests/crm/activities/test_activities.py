"""Activities: written, changed and thrown away; who sees them; what the product notes by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.actor import member_context
from crm.activities.models import Activity, CallDetail, NoteMention
from crm.contacts.models import Contact
from crm.notifications.models import Notification
from realtime.functions import Conflict, Context, Forbidden, FunctionError, InvalidInput, NotFound
from realtime.functions.call import call
from tests.cast import Cast, Person

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def at(person: Person, moment: datetime) -> Context:
    """The person's context at a moment of the test's choosing."""
    ctx = member_context(person.schema, person.member_id)
    ctx.clock = moment
    return ctx


def write(person: Person, **args: Any) -> Any:
    return call("activities.create_activity", person.context(), {"body": "Called about the loft", **args})


def timeline(person: Person, **args: Any) -> list[Any]:
    return call("activities.list_timeline", person.context(), args)["data"]


def said(rows: list[Any]) -> list[str]:
    """What members wrote, the product's own entries aside."""
    return [row["body"] for row in rows if row["kind"] != "system"]


@pytest.fixture
def contact(acme: str, cast: Cast) -> int:
    """A contact of Alice's."""
    args = {"first_name": "Ada", "last_name": "Lovelace"}
    return call("contacts.create_contact", cast.alice.context(), args)["id"]


@pytest.fixture
def deal(contact: int, cast: Cast) -> int:
    """A deal of Bob's, about a contact that Bob does not see."""
    made = call("deals.create_deal", cast.olivia.context(), {"title": "Loft", "contact_id": contact})
    args = {"deal_id": made["id"], "owner_id": cast.bob.member_id}
    return call("deals.assign_deal", cast.olivia.context(), args)["id"]


def test_a_note_is_read_as_it_was_written(contact: int, cast: Cast) -> None:
    text = "First line\n\n<b>second</b> & third\u202e ☎"
    row = write(cast.alice, contact_id=contact, body=text)
    assert (row["kind"], row["body"], row["actor_name"]) == ("note", text, "Alice")
    assert call("activities.get_activity", cast.alice.context(), {"activity_id": row["id"]}) == row
    assert timeline(cast.alice, contact_id=contact)[0] == row


def test_a_call_has_an_outcome_and_a_length(contact: int, cast: Cast) -> None:
    given = {"kind": "call", "direction": "out", "outcome": "voicemail", "seconds": 42, "body": ""}
    row = write(cast.alice, contact_id=contact, **given)
    assert {name: row[name] for name in given} == given
    changes = {"outcome": "connected", "body": "Reached her"}
    changed = call(
        "activities.update_activity", cast.alice.context(), {"activity_id": row["id"], "changes": changes}
    )
    assert (changed["outcome"], changed["seconds"], changed["version"]) == ("connected", 42, 2)
    assert CallDetail.objects.count() == 1


def test_a_contact_out_of_sight_has_no_timeline(contact: int, cast: Cast) -> None:
    row = write(cast.alice, contact_id=contact)
    for function, args in (
        ("list_timeline", {"contact_id": contact}),
        ("get_activity", {"activity_id": row["id"]}),
        ("update_activity", {"activity_id": row["id"], "changes": {"body": "x"}}),
        ("archive_activity", {"activity_id": row["id"]}),
        ("restore_activity", {"activity_id": row["id"]}),
        ("create_activity", {"contact_id": contact, "body": "x"}),
    ):
        with pytest.raises(NotFound):
            call(f"activities.{function}", cast.bob.context(), args)
    assert call("activities.list_activities", cast.bob.context(), {"contact_id": contact})["data"] == []


def test_the_timeline_follows_a_contact_to_its_new_owner(contact: int, cast: Cast) -> None:
    write(cast.alice, contact_id=contact)
    args = {"contact_id": contact, "owner_id": cast.bob.member_id}
    call("contacts.assign_contact", cast.olivia.context(), args)
    assert said(timeline(cast.bob, contact_id=contact)) == ["Called about the loft"]
    assert said(call("activities.list_activities", cast.bob.context())["data"]) == ["Called about the loft"]
    assert call("activities.list_activities", cast.alice.context())["data"] == []
    assert call("activities.list_activities", cast.lea.context())["data"] == []


def test_the_timeline_follows_its_owner_to_another_team(contact: int, cast: Cast) -> None:
    write(cast.alice, contact_id=contact)
    assert len(call("activities.list_activities", cast.lea.context())["data"]) == 2
    move = {"from_team_id": cast.teams["North"], "to_team_id": cast.teams["South"]}
    call("roles.move_team_member", cast.olivia.context(), {"member_id": cast.alice.member_id, **move})
    assert call("activities.list_activities", cast.lea.context())["data"] == []
    assert set(Activity.objects.values_list("team_id", flat=True)) == {cast.teams["South"]}


def test_a_deal_is_on_its_contacts_timeline_for_who_sees_the_deal(
    contact: int, deal: int, cast: Cast
) -> None:
    write(cast.bob, deal_id=deal, body="Viewing on Monday")
    assert said(timeline(cast.bob, deal_id=deal)) == ["Viewing on Monday"]
    assert said(timeline(cast.olivia, contact_id=contact)) == ["Viewing on Monday"]
    assert said(timeline(cast.alice, contact_id=contact)) == []
    row = call("activities.list_activities", cast.bob.context())["data"][0]
    assert (row["deal_title"], row["contact_name"]) == ("Loft", None)


def test_agents_read_and_write_on_companies_of_others(acme: str, cast: Cast) -> None:
    company = call("companies.create_company", cast.alice.context(), {"name": "Hollis"})["id"]
    write(cast.bob, company_id=company, body="Met their buyer")
    assert said(timeline(cast.alice, company_id=company)) == ["Met their buyer"]
    assert said(call("activities.list_activities", cast.bob.context())["data"]) == ["Met their buyer"]


@pytest.mark.parametrize("who", ["alice", "lea", "adam", "vera"])
def test_who_changes_a_note_of_alices(contact: int, cast: Cast, who: str) -> None:
    row = write(cast.alice, contact_id=contact)
    person = getattr(cast, who)
    change = {"activity_id": row["id"], "changes": {"body": "Changed"}}
    if who == "vera":
        with pytest.raises(Forbidden):
            call("activities.update_activity", person.context(), change)
    else:
        assert call("activities.update_activity", person.context(), change)["body"] == "Changed"


def test_an_agent_changes_only_what_they_wrote(contact: int, cast: Cast) -> None:
    row = write(cast.lea, contact_id=contact)
    assert said(timeline(cast.alice, contact_id=contact)) == ["Called about the loft"]
    for function, more in (("update_activity", {"changes": {"body": "x"}}), ("archive_activity", {})):
        with pytest.raises(Forbidden):
            call(f"activities.{function}", cast.alice.context(), {"activity_id": row["id"], **more})


def test_into_the_bin_and_out_of_it(contact: int, cast: Cast) -> None:
    mine = {"activity_id": write(cast.alice, contact_id=contact)["id"]}
    call("activities.archive_activity", cast.alice.context(), mine)
    assert said(timeline(cast.alice, contact_id=contact)) == []
    binned = call("activities.list_activities", cast.alice.context(), {"archived": True})["data"]
    assert [row["id"] for row in binned] == [mine["activity_id"]]
    with pytest.raises(Conflict):
        call("activities.update_activity", cast.alice.context(), {**mine, "changes": {"body": "x"}})
    call("activities.restore_activity", cast.alice.context(), mine)
    assert len(said(timeline(cast.alice, contact_id=contact))) == 1


def test_the_product_notes_what_happens(contact: int, deal: int, cast: Cast) -> None:
    stages = call("deals.list_pipelines", cast.olivia.context())[0]["stages"]
    move = {"deal_id": deal, "stage_id": stages[1]["id"]}
    call("deals.move_deal", cast.olivia.context(), move)
    call("deals.move_deal", cast.olivia.context(), move)
    contact_stages = call("contacts.list_contact_stages", cast.alice.context())
    changes = {"stage_id": contact_stages[1]["id"]}
    call("contacts.update_contact", cast.alice.context(), {"contact_id": contact, "changes": changes})
    assert [row["payload"] for row in timeline(cast.olivia, deal_id=deal)] == [
        {"event": "stage_changed", "from": stages[0]["name"], "to": stages[1]["name"]},
        {"event": "assigned", "from": "Olivia", "to": "Bob"},
        {"event": "created"},
    ]
    assert [row["payload"] for row in timeline(cast.alice, contact_id=contact)] == [
        {"event": "stage_changed", "from": contact_stages[0]["name"], "to": contact_stages[1]["name"]},
        {"event": "created"},
    ]


def test_the_products_own_entries_stay(contact: int, cast: Cast) -> None:
    entry = {"activity_id": timeline(cast.olivia, contact_id=contact)[0]["id"]}
    with pytest.raises(Conflict):
        call("activities.archive_activity", cast.olivia.context(), entry)
    with pytest.raises(InvalidInput):
        write(cast.olivia, contact_id=contact, kind="system")


def test_a_refused_change_leaves_no_entry(contact: int, cast: Cast) -> None:
    before = Activity.objects.count()
    args = {"contact_id": contact, "owner_id": 999_999}
    with pytest.raises(InvalidInput):
        call("contacts.assign_contact", cast.olivia.context(), args)
    assert Activity.objects.count() == before


def test_the_same_external_id_is_the_same_activity(contact: int, cast: Cast) -> None:
    given = {"contact_id": contact, "source": "dialer", "external_id": "77"}
    first = write(cast.alice, **given)
    assert write(cast.alice, **given, kind="call") == first
    assert write(cast.alice, **{**given, "source": "other"})["id"] != first["id"]
    theirs = call("contacts.create_contact", cast.bob.context(), {"first_name": "Kim"})["id"]
    with pytest.raises(Conflict):
        write(cast.bob, **{**given, "contact_id": theirs})


def test_last_activity_is_that_of_what_members_did(contact: int, cast: Cast) -> None:
    def last() -> datetime:
        return Contact.objects.get(pk=contact).last_activity_at

    made = last()
    args = {"contact_id": contact, "body": "x"}
    hour = timedelta(hours=1)
    call("activities.create_activity", at(cast.alice, NOON), {**args, "occurred_at": NOON - 2 * hour})
    latest = call("activities.create_activity", at(cast.alice, NOON), {**args, "occurred_at": NOON + hour})
    assert last() == NOON
    mine = {"activity_id": latest["id"]}
    call("activities.archive_activity", at(cast.alice, NOON), mine)
    assert last() == NOON - 2 * hour
    call("activities.restore_activity", at(cast.alice, NOON + 2 * hour), mine)
    assert last() == NOON + hour
    changes = {"occurred_at": NOON - 5 * hour}
    call("activities.update_activity", at(cast.alice, NOON), {**mine, "changes": changes})
    assert last() == NOON - 2 * hour > made


def test_a_mention_tells_who_may_see_the_record(contact: int, cast: Cast) -> None:
    body = "@lea please look, @Bob too; mail me@Adam.example or @Olivianne, @alice"
    row = write(cast.alice, contact_id=contact, body=body)
    assert row["mentioned"] == ["Adam", "Lea"]
    told = Notification.objects.filter(kind="mention")
    assert set(told.values_list("member__name", "title", "link")) == {
        ("Lea", "Ada Lovelace", f"/contacts/{contact}/"),
        ("Adam", "Ada Lovelace", f"/contacts/{contact}/"),
    }
    changes = {"body": "@Lea @Vera"}
    args = {"activity_id": row["id"], "changes": changes}
    assert call("activities.update_activity", cast.alice.context(), args)["mentioned"] == ["Lea", "Vera"]
    assert told.filter(member_id=cast.lea.member_id).count() == 1
    assert told.filter(member_id=cast.vera.member_id).count() == 1
    assert NoteMention.objects.count() == 2


def test_hidden_fields_are_absent(contact: int, cast: Cast) -> None:
    role = call("accounts.get_me", cast.alice.context())["role_id"]
    write(cast.alice, contact_id=contact)
    rule = {"role_id": role, "object": "activity", "field": "body"}
    call("roles.set_field_permission", cast.olivia.context(), {**rule, "level": "hidden"})
    row = timeline(cast.alice, contact_id=contact)[0]
    assert "body" not in row
    assert "mentioned" not in row
    call("roles.set_field_permission", cast.olivia.context(), {**rule, "level": "read"})
    assert said(timeline(cast.alice, contact_id=contact)) == ["Called about the loft"]
    with pytest.raises(InvalidInput):
        write(cast.alice, contact_id=contact)


def test_a_hidden_stage_is_not_told_by_the_timeline(contact: int, cast: Cast) -> None:
    stages = call("contacts.list_contact_stages", cast.alice.context())
    args = {"contact_id": contact, "changes": {"stage_id": stages[1]["id"]}}
    call("contacts.update_contact", cast.alice.context(), args)
    rule = {"role_id": call("accounts.get_me", cast.alice.context())["role_id"], "object": "contact"}
    call(
        "roles.set_field_permission", cast.olivia.context(), {**rule, "field": "stage_id", "level": "hidden"}
    )
    assert timeline(cast.alice, contact_id=contact)[0]["payload"] == {"event": "stage_changed"}


def test_pages_hold_every_entry_once(contact: int, cast: Cast) -> None:
    for number in range(7):
        write(cast.alice, contact_id=contact, body=str(number), occurred_at=NOON)
    args: dict[str, Any] = {"contact_id": contact, "kind": "note", "limit": 3}
    found, cursor = [], None
    for _ in range(3):
        page = call("activities.list_timeline", cast.alice.context(), {**args, "cursor": cursor})
        found += said(page["data"])
        cursor = page["next_cursor"]
    assert (found, cursor) == (list("6543210"), None)


@pytest.mark.parametrize(
    "args",
    [
        {"body": "   \n"},
        {"body": "x" * 20_001},
        {"body": "nul \x00"},
        {"kind": "party"},
        {"kind": "note", "seconds": 5},
        {"kind": "text", "outcome": "busy"},
        {"kind": "call", "seconds": -1},
        {"kind": "call", "seconds": 10**9},
        {"occurred_at": "2027-01-01T00:00:00"},
        {"payload": {"x": "y" * 17_000}},
        {"payload": [1]},
        {"external_id": "x" * 201},
        {"deal_id": 1},
        {"contact_id": None},
        {"actor_id": 1},
    ],
)
def test_wrong_values_write_nothing(contact: int, cast: Cast, args: dict[str, Any]) -> None:
    before = Activity.objects.count()
    with pytest.raises(FunctionError) as caught:
        write(cast.alice, **{"contact_id": contact, **args})
    assert caught.value.status == 422
    assert Activity.objects.count() == before


def test_nothing_is_written_on_what_is_in_the_bin(contact: int, cast: Cast) -> None:
    call("contacts.archive_contact", cast.alice.context(), {"contact_id": contact})
    with pytest.raises(Conflict):
        write(cast.alice, contact_id=contact)
