"""Saved views: whose they are, who sees them, and what they show to whom."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles.models import Role, TeamMember
from realtime.functions import Conflict, Forbidden, InvalidInput, NotFound
from realtime.functions.call import call
from tests.cast import Cast, Person

MINE = {"field": "owner_id", "op": "is_me"}


def save(person: Person, name: str = "Mine", **args: Any) -> dict[str, Any]:
    given = {"object": "contact", "name": name, "filter": MINE, **args}
    made: dict[str, Any] = call("segments.create_view", person.context(), given)
    return made


def edit(person: Person, view_id: int, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = call(
        "segments.update_view", person.context(), {"view_id": view_id, "changes": changes}
    )
    return made


def names(person: Person) -> list[str]:
    return [row["name"] for row in call("segments.list_views", person.context(), {"object": "contact"})]


def results(person: Person, view_id: int, **args: Any) -> list[str]:
    found = call("segments.list_view_results", person.context(), {"view_id": view_id, **args})
    return [row["full_name"] for row in found["data"]]


def test_a_view_is_seen_by_whom_it_is_shared_with(acme: str, cast: Cast) -> None:
    view = save(cast.alice)
    everybody = (cast.olivia, cast.lea, cast.alice, cast.bob)
    assert [names(person) for person in everybody] == [[], [], ["Mine"], []]
    edit(cast.alice, view["id"], shared="teams")
    assert [names(person) for person in everybody] == [[], ["Mine"], ["Mine"], []]
    edit(cast.alice, view["id"], shared="everyone")
    assert [names(person) for person in everybody] == [["Mine"]] * 4
    TeamMember.objects.filter(member_id=cast.alice.member_id).delete()
    edit(cast.alice, view["id"], shared="teams")
    assert [names(person) for person in everybody] == [[], [], ["Mine"], []]
    with pytest.raises(NotFound):
        call("segments.get_view", cast.lea.context(), {"view_id": view["id"]})


def test_everybody_sees_their_own_records_in_it(acme: str, cast: Cast) -> None:
    for person in (cast.alice, cast.bob):
        call("contacts.create_contact", person.context(), {"first_name": f"{person.name}'s"})
    view = save(cast.alice, shared="everyone", sort="-full_name")
    whole = save(cast.alice, "All", filter=None, shared="everyone", sort="-full_name")
    assert [results(person, view["id"]) for person in (cast.alice, cast.bob, cast.olivia)] == [
        ["Alice's"], ["Bob's"], []
    ]  # fmt: skip
    assert results(cast.olivia, whole["id"]) == ["Bob's", "Alice's"]
    assert results(cast.olivia, whole["id"], sort="full_name", search="bob") == ["Bob's"]
    assert results(cast.alice, whole["id"]) == ["Alice's"]


def test_only_its_owner_and_who_manages_views_change_it(acme: str, cast: Cast) -> None:
    view = save(cast.alice, shared="everyone")
    for change in (lambda who: edit(who, view["id"], name="Hers"),
                   lambda who: call("segments.delete_view", who.context(), {"view_id": view["id"]})):  # fmt: skip
        with pytest.raises(Forbidden, match="somebody else's"):
            change(cast.bob)
    assert edit(cast.adam, view["id"], name="Ours")["owner_name"] == "Alice"
    private = save(cast.alice, "Private")
    with pytest.raises(NotFound):
        edit(cast.adam, private["id"], name="Ours")
    call("segments.delete_view", cast.alice.context(), {"view_id": view["id"]})
    assert names(cast.bob) == []


def test_what_a_table_would_refuse_is_refused(acme: str, cast: Cast) -> None:
    for args in ({"filter": {"field": "nothing", "op": "empty"}}, {"sort": "tags"}, {"columns": ["a b"]}):
        with pytest.raises(InvalidInput):
            save(cast.alice, **args)
    view = save(cast.alice)
    with pytest.raises(InvalidInput):
        edit(cast.alice, view["id"], filter={"field": "stage_id", "op": "is", "value": "x"})
    with pytest.raises(Conflict, match="this name"):
        save(cast.alice, "mine")
    assert save(cast.bob, "mine")["position"] == 0
    assert edit(cast.alice, view["id"], filter=None, columns=["full_name", "custom.plan"])["filter"] is None


def test_a_view_by_a_hidden_field_is_absent(acme: str, cast: Cast) -> None:
    """For those to whom the field is hidden; its owner sees that it does not work any more."""
    node = {"all": [{"field": "email", "op": "contains", "value": "secret"}]}
    save(cast.olivia, "By email", filter=node, shared="everyone")
    own = save(cast.alice, "Own by email", filter=node)
    agent = Role.objects.get(key="agent").pk
    rule = {"role_id": agent, "object": "contact", "field": "email", "level": "hidden"}
    call("roles.set_field_permission", cast.olivia.context(), rule)
    assert names(cast.alice) == ["Own by email"]
    assert names(cast.olivia) == ["By email"]
    assert call("segments.get_view", cast.alice.context(), {"view_id": own["id"]})["is_broken"]
    with pytest.raises(InvalidInput, match="no field"):
        results(cast.alice, own["id"])


def test_objects_that_a_role_does_not_see_have_no_views(acme: str, cast: Cast) -> None:
    view = save(cast.olivia, shared="everyone")
    agent = Role.objects.get(key="agent").pk
    args = {"role_id": agent, "permission": "contact.view", "access": "none"}
    call("roles.set_role_permission", cast.olivia.context(), args)
    assert names(cast.alice) == []
    with pytest.raises(NotFound):
        results(cast.alice, view["id"])
    with pytest.raises(Forbidden):
        save(cast.alice)


def test_each_member_begins_with_a_view_of_their_choice(acme: str, cast: Cast) -> None:
    view = save(cast.olivia, shared="everyone")
    args = {"object": "contact", "view_id": view["id"]}
    rows = call("segments.set_default_view", cast.alice.context(), args)
    assert [row["is_default"] for row in rows] == [True]
    assert not call("segments.get_view", cast.bob.context(), {"view_id": view["id"]})["is_default"]
    with pytest.raises(NotFound):
        call("segments.set_default_view", cast.alice.context(), {**args, "object": "deal"})
    rows = call("segments.set_default_view", cast.alice.context(), {"object": "contact", "view_id": None})
    assert [row["is_default"] for row in rows] == [False]


@pytest.mark.parametrize("object", ["contact", "company", "deal", "task"])
def test_views_of_every_object(acme: str, cast: Cast, object: str) -> None:
    view = save(cast.alice, object=object)
    assert call("segments.list_view_results", cast.alice.context(), {"view_id": view["id"]})["data"] == []


def test_statements(acme: str, cast: Cast) -> None:
    """However many views there are: the scope, the views."""
    for number in range(5):
        save(cast.alice, f"View {number}", shared="teams")
    with CaptureQueriesContext(connection) as captured:
        call("segments.list_views", cast.lea.context())
    found = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"] and "READ ONLY" not in q["sql"]]
    assert len(found) == 2, found


def test_views_follow_the_names_of_tags(acme: str, cast: Cast) -> None:
    node = {
        "any": [
            {"field": "tags", "op": "any_of", "value": ["vip", "buyer"]},
            {"field": "tags", "op": "empty"},
        ]
    }
    view = save(cast.alice, filter=node)
    ctx = cast.olivia.context
    tags = {name: call("segments.create_tag", ctx(), {"name": name})["id"] for name in ("vip", "buyer")}
    call("segments.update_tag", ctx(), {"tag_id": tags["vip"], "changes": {"name": "VIP"}})
    call("segments.merge_tags", ctx(), {"tag_id": tags["buyer"], "into_id": tags["vip"]})
    found = call("segments.get_view", cast.alice.context(), {"view_id": view["id"]})["filter"]
    assert found == {
        "any": [{"field": "tags", "op": "any_of", "value": ["VIP"]}, {"field": "tags", "op": "empty"}]
    }
