"""Live regions: the page's own rendering and the hub's are the same bytes, and refusals are shown in place."""

import html
import json
import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.tenancy import public_context
from realtime.functions import InvalidInput, NotFound
from realtime.live.fragments import Fragment, Locale, fragment, fragment_query, list_fragments
from tests.cast import Person
from tests.realtime.live.client import LiveClient
from tests.realtime.live.conftest import Deployment

Connect = Callable[..., LiveClient]
REGION = re.compile(r'<div id="live-\w+" data-live="([^"]+)" data-live-args="([^"]*)" data-live-hash="(\w+)"')
PAGES = [
    "/",
    "/contacts/",
    "/companies/",
    "/deals/",
    "/tasks/",
    "/settings/team/",
    "/contacts/?q=an&sort=full_name",
]


def page_of(person: Person, path: str) -> str:
    """The page as the server renders it for the person."""
    browser = Client(SERVER_NAME="localhost")
    with public_context():
        browser.force_login(User.objects.get(pk=person.user_id))
    response = browser.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return response.content.decode()


@pytest.mark.parametrize("name", ["olivia", "alice", "vera"])
def test_the_hub_renders_what_the_page_did(deployment: Deployment, connect: Connect, name: str) -> None:
    person = getattr(deployment.cast, name)
    client = connect(person)
    made = connect(deployment.cast.olivia).call(
        "contacts.create_contact", first_name="Ann <b>", owner_id=person.member_id
    )["result"]["id"]
    count = 0
    for path in [*PAGES, f"/contacts/{made}/"]:
        page = page_of(person, path)
        for number, (region, args, hash) in enumerate(REGION.findall(page)):
            id = f"{path}-{number}"
            query = {"id": id, "fragment": region, "args": json.loads(html.unescape(args)), "hash": hash}
            client.send(type="subscribe", queries=[query])
            client.wait(lambda id=id: id in client.answers)  # type: ignore[misc]  # mypy can't infer a default argument's lambda
            count += 1
            if client.answers[id] != "unchanged":
                # What shows the time may differ by the moment between the two; nothing else.
                assert region in {"home/tasks", "tasks/list", "tasks/of_contact"}, (
                    path, region, page.partition(f'data-live="{region}"')[2][:9000], client.answers[id]
                )  # fmt: skip
    assert count >= 8


def test_a_refused_region_shows_the_refusal(deployment: Deployment, connect: Connect) -> None:
    client = connect(deployment.cast.alice)
    query = {"id": "r", "fragment": "contacts/record", "args": {"contact_id": 999_999}}
    client.send(type="subscribe", queries=[query])
    client.wait(lambda: "r" in client.answers)
    change = client.transitions[-1]["changes"][0]
    assert change["error"]["code"] == "not_found"
    assert change["error"]["detail"] in html.unescape(change["html"])


def test_wrong_arguments_name_themselves() -> None:
    with pytest.raises(NotFound):
        fragment_query("no/such", {}, Locale.current())
    with pytest.raises(InvalidInput) as refusal:
        fragment_query("contacts/record", {"contact_id": "one", "more": 1}, Locale.current())
    assert {problem["param"] for problem in refusal.value.errors} == {"contact_id", "more"}


def test_a_name_is_registered_once() -> None:
    assert all(isinstance(found, Fragment) and found.doc for found in list_fragments())
    with pytest.raises(TypeError, match="twice"):
        fragment("contacts/record", template="x.html")(lambda ctx: {})


def test_an_unknown_locale_is_the_default() -> None:
    assert Locale.asked("tlh", "Mars/Olympus") == Locale("en", "UTC")
    assert Locale.asked("de", "Europe/Berlin") == Locale("de", "Europe/Berlin")
