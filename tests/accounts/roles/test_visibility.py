"""What roles, teams and field rules do to what one sees."""

from typing import Any

import pytest

from accounts.roles.models import Role
from crm.contacts.models import Contact
from realtime.functions import Conflict, Forbidden, InvalidInput, NotFound
from realtime.functions.call import call
from tests.cast import Cast, Person


def names(person: Person) -> set[str]:
    return {row["full_name"] for row in call("contacts.list_contacts", person.context())["data"]}


@pytest.fixture
def contacts(acme: str, cast: Cast) -> dict[str, int]:
    """One contact of Alice's, one of Bob's, one of Lea's."""
    made = {}
    for person in (cast.alice, cast.bob, cast.lea):
        args = {
            "first_name": f"Of{person.name}",
            "email": f"{person.name}@example.com",
            "phone": "+1 415 555 0123",
        }
        made[person.name] = call("contacts.create_contact", person.context(), args)["id"]
    return made


def set_role(cast: Cast, person: Person, key: str) -> None:
    args = {"member_id": person.member_id, "role_id": Role.objects.get(key=key).pk}
    call("roles.change_member_role", cast.olivia.context(), args)


def test_own_team_and_all(contacts: dict[str, int], cast: Cast) -> None:
    assert names(cast.alice) == {"OfAlice"}
    assert names(cast.lea) == {"OfAlice", "OfLea"}
    assert names(cast.vera) == names(cast.olivia) == {"OfAlice", "OfBob", "OfLea"}
    set_role(cast, cast.alice, "leader")
    assert names(cast.alice) == {"OfAlice", "OfLea"}
    set_role(cast, cast.alice, "owner")
    assert names(cast.alice) == {"OfAlice", "OfBob", "OfLea"}


def test_a_moved_members_records_follow(contacts: dict[str, int], cast: Cast) -> None:
    args = {
        "member_id": cast.bob.member_id,
        "from_team_id": cast.teams["South"],
        "to_team_id": cast.teams["North"],
    }
    call("roles.move_team_member", cast.olivia.context(), args)
    assert names(cast.lea) == {"OfAlice", "OfBob", "OfLea"}
    gone = {"team_id": cast.teams["North"], "member_id": cast.alice.member_id}
    call("roles.remove_team_member", cast.olivia.context(), gone)
    assert names(cast.lea) == {"OfBob", "OfLea"}
    assert Contact.objects.get(pk=contacts["Alice"]).team_id is None


def test_a_deleted_team_leaves_its_leader_with_their_own(contacts: dict[str, int], cast: Cast) -> None:
    call("roles.delete_team", cast.olivia.context(), {"team_id": cast.teams["North"]})
    assert names(cast.lea) == {"OfLea"}


def test_assigning_moves_a_contact_from_sight_to_sight(contacts: dict[str, int], cast: Cast) -> None:
    args = {"contact_id": contacts["Alice"], "owner_id": cast.bob.member_id}
    call("contacts.assign_contact", cast.lea.context(), args)
    assert names(cast.alice) == set()
    assert names(cast.bob) == {"OfAlice", "OfBob"}
    assert names(cast.lea) == {"OfLea"}


def hide(cast: Cast, field: str, level: str = "hidden", object: str = "contact") -> None:
    role = Role.objects.get(key="agent").pk
    args = {"role_id": role, "object": object, "field": field, "level": level}
    call("roles.set_field_permission", cast.olivia.context(), args)


def test_a_hidden_field_is_absent_everywhere(contacts: dict[str, int], cast: Cast) -> None:
    hide(cast, "email")
    hide(cast, "phone")
    alice = cast.alice.context
    row: dict[str, Any] = call("contacts.list_contacts", alice())["data"][0]
    detail = call("contacts.get_contact", alice(), {"contact_id": contacts["Alice"]})
    assert not {"email", "phone", "phone_e164"} & (row.keys() | detail.keys())
    assert call("contacts.list_contacts", alice(), {"search": "example.com"})["data"] == []
    assert call("contacts.list_contacts", alice(), {"search": "4155550"})["data"] == []
    assert call("contacts.lookup_contact", alice(), {"email": "alice@example.com"})["data"] == []
    assert call("contacts.lookup_contact", alice(), {"phone": "+14155550123"})["data"] == []
    changes = {"contact_id": contacts["Alice"], "changes": {"email": "x@example.com"}}
    with pytest.raises(InvalidInput) as caught:
        call("contacts.update_contact", alice(), changes)
    assert caught.value.errors[0]["param"] == "changes.email"
    answer = call(
        "contacts.update_contact", alice(), {"contact_id": contacts["Alice"], "changes": {"source": "x"}}
    )
    assert "email" not in answer
    assert names(cast.lea) == {"OfAlice", "OfLea"}


def test_a_readonly_field_is_shown_and_kept(contacts: dict[str, int], cast: Cast) -> None:
    hide(cast, "email", "read")
    row = call("contacts.list_contacts", cast.alice.context())["data"][0]
    assert row["email"] == "alice@example.com"
    changes = {"contact_id": contacts["Alice"], "changes": {"email": "x@example.com"}}
    with pytest.raises(InvalidInput):
        call("contacts.update_contact", cast.alice.context(), changes)


def test_names_of_records_out_of_sight_stay_there(contacts: dict[str, int], cast: Cast) -> None:
    deal = call(
        "deals.create_deal", cast.alice.context(), {"title": "House", "contact_id": contacts["Alice"]}
    )
    assert deal["contact_name"] == "OfAlice"
    args = {"contact_id": contacts["Alice"], "owner_id": cast.bob.member_id}
    call("contacts.assign_contact", cast.olivia.context(), args)
    assert call("deals.get_deal", cast.alice.context(), {"deal_id": deal["id"]})["contact_name"] is None
    with pytest.raises(InvalidInput, match="no contact"):
        call("deals.create_deal", cast.alice.context(), {"title": "Flat", "contact_id": contacts["Bob"]})


def test_the_bin(contacts: dict[str, int], cast: Cast) -> None:
    mine = {"contact_id": contacts["Alice"]}
    call("contacts.archive_contact", cast.alice.context(), mine)
    assert names(cast.alice) == set()
    binned = call("contacts.list_contacts", cast.alice.context(), {"archived": True})["data"]
    assert [row["full_name"] for row in binned] == ["OfAlice"]
    with pytest.raises(Conflict, match="bin"):
        call("contacts.update_contact", cast.alice.context(), {**mine, "changes": {"source": "x"}})
    call("contacts.restore_contact", cast.alice.context(), mine)
    assert names(cast.alice) == {"OfAlice"}


def test_seen_and_not_editable_is_forbidden_and_unseen_is_not_found(
    contacts: dict[str, int], cast: Cast
) -> None:
    other = {"contact_id": contacts["Bob"], "changes": {"source": "x"}}
    with pytest.raises(NotFound):
        call("contacts.update_contact", cast.alice.context(), other)
    with pytest.raises(Forbidden):
        call("contacts.update_contact", cast.vera.context(), other)


def test_a_company_renames_its_contacts(contacts: dict[str, int], cast: Cast) -> None:
    company = call(
        "companies.create_company", cast.alice.context(), {"name": "Initech", "domain": "initech.com"}
    )
    mine = {"contact_id": contacts["Alice"], "changes": {"company_id": company["id"]}}
    assert call("contacts.update_contact", cast.alice.context(), mine)["company_name"] == "Initech"
    args = {"company_id": company["id"], "changes": {"name": "Initrode"}}
    call("companies.update_company", cast.alice.context(), args)
    assert Contact.objects.get(pk=contacts["Alice"]).company_name == "Initrode"
    with pytest.raises(Conflict) as caught:
        call("companies.create_company", cast.bob.context(), {"name": "Other", "domain": "Initech.com"})
    assert caught.value.errors[0]["param"] == "domain"
