"""List pages with views: the address holds their state, and what is broken in it is left out."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.roles.models import Role
from crm.segments.models import DefaultView, SavedView
from realtime.functions.call import call
from tests.cast import Cast, Person
from tests.crm.web.conftest import Browse

MINE = {"field": "owner_id", "op": "is_me"}
NAMED = {"all": [{"field": "full_name", "op": "contains", "value": "ada"}]}


def names(client: Client, place: str = "/contacts/", **state: Any) -> list[str]:
    """What the table shows, row by row."""
    given = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in state.items()}
    page = client.get(f"{place}?{urlencode(given)}")
    assert page.status_code == 200
    return re.findall(r'class="row-link[^>]*>([^<]+)<', page.content.decode())


def headings(client: Client, **state: Any) -> list[str]:
    page = client.get(f"/contacts/?{urlencode(state)}").content.decode()
    head = re.search(r"<thead>(.*?)</thead>", page, re.DOTALL)
    assert head is not None
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<th[^>]*>(.*?)</th>", head[1], re.DOTALL)][
        1:
    ]


def save(person: Person, **args: Any) -> int:
    given = {"object": "contact", "name": "Adas", "filter": NAMED, **args}
    return int(call("segments.create_view", person.context(), given)["id"])


@pytest.fixture
def people(acme: str, cast: Cast) -> None:
    """Two of Alice's and one of Bob's."""
    for who, name in ((cast.alice, "Ada"), (cast.alice, "Grace"), (cast.bob, "Adam")):
        call("contacts.create_contact", who.context(), {"first_name": name, "source": name[0]})


@pytest.mark.usefixtures("people")
def test_the_address_filters_and_sorts(browse: Browse, cast: Cast) -> None:
    olivia = browse(cast.olivia)
    assert names(olivia, f=NAMED, sort="full_name") == ["Ada", "Adam"]
    assert names(olivia, f=NAMED, sort="-full_name") == ["Adam", "Ada"]
    assert names(olivia, f=NAMED, q="adam") == ["Adam"]
    assert names(olivia, owner=cast.bob.member_id) == ["Adam"]
    assert sorted(names(olivia, f="{broken", sort="drop table")) == ["Ada", "Adam", "Grace"]
    assert headings(olivia, cols="full_name,source,nothing,created_at") == ["Name", "Source", "Added"]
    assert headings(olivia, cols="source") == ["Name", "Source"]


@pytest.mark.usefixtures("people")
def test_a_view_opens_and_is_changed_by_the_address(browse: Browse, cast: Cast) -> None:
    view = save(cast.olivia, sort="full_name", columns=["full_name", "source"])
    olivia = browse(cast.olivia)
    assert names(olivia, view=view) == ["Ada", "Adam"]
    assert headings(olivia, view=view) == ["Name", "Source"]
    assert names(olivia, view=view, f="", sort="full_name") == ["Ada", "Adam", "Grace"]
    page = olivia.get(f"/contacts/?view={view}").content.decode()
    assert "Discard" not in page
    changed = olivia.get(f"/contacts/?view={view}&sort=-full_name").content.decode()
    assert "Discard" in changed
    assert names(browse(cast.alice), view=view) == names(browse(cast.alice), view="all")


@pytest.mark.usefixtures("people")
def test_views_are_saved_and_shared_by_forms(browse: Browse, cast: Cast) -> None:
    alice = browse(cast.alice)
    state = {"f": json.dumps(NAMED), "cols": "full_name,email", "sort": "full_name"}
    form = alice.get(f"/lists/contact/views/new/?{urlencode(state)}").content.decode()
    assert "full_name,email" in form
    sent = {**state, "name": "Adas", "shared": "teams", "is_pinned": "on"}
    assert alice.post("/lists/contact/views/new/", sent).status_code == 303
    view = SavedView.objects.get()
    assert (view.filter, view.columns, view.sort, view.shared) == (
        NAMED, ["full_name", "email"], "full_name", "teams",
    )  # fmt: skip
    assert "Adas" in browse(cast.lea).get("/contacts/").content.decode()
    assert "Adas" not in browse(cast.bob).get("/contacts/").content.decode()
    alice.post(f"/views/{view.pk}/", {"name": "All Adas", "shared": "private"})
    alice.post(f"/views/{view.pk}/save/", {"f": "", "cols": "", "sort": ""})
    view.refresh_from_db()
    assert (view.name, view.shared, view.is_pinned, view.filter, view.columns) == (
        "All Adas", "private", False, None, [],
    )  # fmt: skip
    again = alice.post(
        "/lists/contact/views/new/", {**sent, "name": "all adas"}, headers={"X-Enhance": "region"}
    )
    assert (again.status_code, list(again.json()["errors"])) == (409, ["name"]) or again.status_code == 422
    alice.post(f"/views/{view.pk}/delete/")
    assert not SavedView.objects.exists()


@pytest.mark.usefixtures("people")
def test_a_table_begins_with_the_members_default(browse: Browse, cast: Cast) -> None:
    view = save(cast.olivia, shared="everyone")
    alice = browse(cast.alice)
    assert sorted(names(alice)) == ["Ada", "Grace"]
    alice.post(f"/views/{view}/default/")
    assert names(alice) == ["Ada"]
    assert sorted(names(alice, view="all")) == ["Ada", "Grace"]
    alice.post(f"/views/{view}/default/")
    assert not DefaultView.objects.exists()


@pytest.mark.usefixtures("people")
def test_a_hidden_field_is_neither_offered_nor_shown(browse: Browse, cast: Cast) -> None:
    rule = {
        "role_id": Role.objects.get(key="agent").pk,
        "object": "contact",
        "field": "source",
        "level": "hidden",
    }
    call("roles.set_field_permission", cast.olivia.context(), rule)
    alice = browse(cast.alice)
    offered = alice.get("/lists/contact/fields/").json()
    assert "source" not in {field["key"] for field in offered["fields"]}
    assert "source" not in {column["key"] for column in offered["columns"]}
    assert headings(alice, cols="full_name,source,email") == ["Name", "Email"]
    page = alice.get("/contacts/?" + urlencode({"f": json.dumps({"field": "source", "op": "empty"})}))
    assert "There is no field source to use here." in page.content.decode()


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("object", ["contact", "company", "deal", "task"])
def test_every_field_that_is_offered_has_words(browse: Browse, cast: Cast, object: str) -> None:
    offered = browse(cast.olivia).get(f"/lists/{object}/fields/").json()
    for field in offered["fields"]:
        assert field["label"]
        assert field["operators"]
        assert set(field["operators"]) <= offered["operators"].keys()
        is_chosen = field["kind"] in ("link", "member", "team", "choice", "choices")
        assert is_chosen == ("options" in field or "lookup" in field), field
    assert browse(cast.olivia).get("/lists/nothing/fields/").status_code == 404


@pytest.mark.usefixtures("acme")
def test_deals_and_tasks_have_tables(browse: Browse, cast: Cast) -> None:
    ctx = cast.alice.context
    for title in ("Loft", "Boat"):
        deal = call("deals.create_deal", ctx(), {"title": title, "amount": "5"})
        call("tasks.create_task", ctx(), {"title": f"Call about {title}"})
    call("deals.win_deal", ctx(), {"deal_id": deal["id"]})
    alice = browse(cast.alice)
    assert names(alice, "/deals/", view="table") == ["Loft"]
    assert names(alice, "/deals/", view="table", status="won") == ["Boat"]
    assert names(alice, "/deals/", view="table", f="", sort="title") == ["Boat", "Loft"]
    assert names(alice, "/tasks/", view="all", sort="title") == ["Call about Boat", "Call about Loft"]
    assert names(alice, "/tasks/", f={"field": "title", "op": "contains", "value": "loft"}) == [
        "Call about Loft"
    ]


def test_what_is_open_and_empty_says_how_to_begin(browse: Browse, cast: Cast) -> None:
    for path, told in (("/deals/?view=table", "No deals here"), ("/tasks/?view=table", "All clear")):
        begun, narrowed = (browse(cast.alice).get(path + more).content.decode() for more in ("", "&q=loft"))
        assert told in begun
        assert told not in narrowed
