"""Contacts by their background, tags and custom texts; notes of what is in the bin."""

from typing import Any

import pytest

from accounts.roles.models import FieldPermission, Member
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.search.test_search import assert_keys_are_those_of_a_rebuild, found, make


@pytest.fixture
def ada(acme: str, cast: Cast) -> int:
    """Alice's, of whom more is known than her name."""
    for label, kind in (("Plan", "text"), ("Budget", "number")):
        given = {"object": "contact", "label": label, "type": kind}
        call("fields.create_custom_field", cast.olivia.context(), given)
    more: dict[str, Any] = {"background": "Breeds Ægidienberger horses, sold the mill.", "tags": ["Riverside"],
                            "custom": {"plan": "Platinum yearly", "budget": 777777}}  # fmt: skip
    return int(make(cast.alice, "contacts.create_contact", first_name="Ada", **more)["id"])


@pytest.mark.parametrize(
    "q", ["horses", "aegidien", "mill breeds", "riverside", "rivers", "platinum", "yearly plat"]
)
def test_what_is_known_is_found(q: str, ada: int, cast: Cast) -> None:
    assert found(cast.alice, q) == [ada]
    assert found(cast.lea, q) == [ada]
    assert found(cast.bob, q) == []


@pytest.mark.parametrize("q", ["ho", "777777", "horses riverside"])
def test_what_is_not(q: str, ada: int, cast: Cast) -> None:
    assert found(cast.alice, q) == []


def test_names_come_first(ada: int, cast: Cast) -> None:
    other = make(cast.alice, "contacts.create_contact", first_name="Riverside", last_name="Jones")["id"]
    assert found(cast.alice, "riverside") == [other, ada]
    assert found(cast.alice, "riverside", limit=1) == [other]


@pytest.mark.parametrize(
    ("field", "q"), [("background", "horses"), ("tags", "riverside"), ("custom.budget", "platinum")]
)
def test_what_a_role_hides_finds_nothing(field: str, q: str, ada: int, cast: Cast) -> None:
    role = Member.objects.values_list("role_id", flat=True).get(pk=cast.alice.member_id)
    FieldPermission.objects.create(role_id=role, object="contact", field=field, level="hidden")
    assert found(cast.alice, q) == []
    assert found(cast.olivia, q) == [ada]


def test_changes_are_found_at_once_and_the_bin_is_not(ada: int, cast: Cast) -> None:
    make(cast.alice, "contacts.update_contact", contact_id=ada, changes={"background": "Keeps bees."})
    assert (found(cast.alice, "bees"), found(cast.alice, "horses")) == ([ada], [])
    make(cast.olivia, "contacts.assign_contact", contact_id=ada, owner_id=cast.bob.member_id)
    assert (found(cast.alice, "bees"), found(cast.bob, "bees")) == ([], [ada])
    make(cast.bob, "contacts.archive_contact", contact_id=ada)
    assert found(cast.olivia, "bees") == []
    make(cast.bob, "contacts.restore_contact", contact_id=ada)
    assert found(cast.olivia, "bees") == [ada]
    assert_keys_are_those_of_a_rebuild()


@pytest.mark.parametrize(
    ("area", "word", "given"),
    [
        ("contacts", "contact", {"first_name": "Eve"}),
        ("deals", "deal", {"title": "Loft"}),
        ("companies", "company", {"name": "Firm"}),
    ],
)
def test_notes_of_what_is_in_the_bin_are_not_found(
    area: str, word: str, given: dict[str, str], acme: str, cast: Cast
) -> None:
    pk = make(cast.olivia, f"{area}.create_{word}", **given)["id"]
    note = make(cast.olivia, "activities.create_activity", **{f"{word}_id": pk}, body="Zeppelin over town")[
        "id"
    ]
    assert found(cast.olivia, "zeppelin", "note") == [note]
    make(cast.olivia, f"{area}.archive_{word}", **{f"{word}_id": pk})
    assert found(cast.olivia, "zeppelin", "note") == []
    assert_keys_are_those_of_a_rebuild()
    make(cast.olivia, f"{area}.restore_{word}", **{f"{word}_id": pk})
    assert found(cast.olivia, "zeppelin", "note") == [note]
