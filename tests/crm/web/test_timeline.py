"""Timelines on pages: what people wrote is text, whatever they wrote; forms answer scripts and plain browsers."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.activities.models import Activity
from crm.notifications.models import Notification
from crm.web.templatetags.timeline import written
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.web.conftest import Browse

SCRIPT = {"x-enhance": "region"}


@pytest.fixture
def ada(cast: Cast, acme: str) -> int:
    """A contact of Alice's."""
    return call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada"})["id"]


@pytest.fixture
def alice(browse: Browse, cast: Cast, acme: str) -> Client:
    return browse(cast.alice)


@pytest.mark.parametrize(
    ("text", "mentioned", "html"),
    [
        ("<script>alert(1)</script>", [], "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("one\n\ttwo", [], "one\n\ttwo"),
        ("javascript:alert(1) data:text/html,x", [], "javascript:alert(1) data:text/html,x"),
        ('http://x.example/"onmouseover="a', [], None),
        ("https://x.example/<b>", [], None),
        ("Hi @Bob & @Bobby", ["Bob"], 'Hi <span class="mention">@Bob</span> &amp; @Bobby'),
        ("@<b>", ["<b>"], '<span class="mention">@&lt;b&gt;</span>'),
        ("a.*@x", [".*"], "a.*@x"),
    ],
)
def test_written(text: str, mentioned: list[str], html: str | None) -> None:
    found = written(text, mentioned)
    if html is not None:
        assert found == html
    assert "<script" not in found
    assert "<b>" not in found
    assert '"onmouseover' not in found


def test_written_links() -> None:
    found = written("See https://a.example/x?y=1&z=2. Or (http://b.example)!")
    assert (
        'href="https://a.example/x?y=1&amp;z=2" target="_blank" rel="noopener noreferrer nofollow"' in found
    )
    assert found.endswith("http://b.example</a>)!")


def test_long_hostile_texts_are_quick() -> None:
    for text in ("http://" * 2800, "@" * 20_000, "https://x" + "." * 19_000, "@Bob" * 5000):
        assert len(written(text, ["Bob", "Alice"])) >= len(text)


def test_a_note_is_written_shown_changed_and_deleted(alice: Client, ada: int) -> None:
    sent = {"kind": "note", "body": "<img src=x>\r\nsecond", "contact_id": ada, "outcome": "busy"}
    response = alice.post("/activities/new/", sent)
    assert (response.status_code, response["Location"]) == (303, f"/contacts/{ada}/")
    note = Activity.objects.get(kind="note")
    page = alice.get(f"/contacts/{ada}/").content.decode()
    assert "&lt;img src=x&gt;\nsecond" in page
    assert "<img src=x>" not in page
    changed = alice.post(f"/activities/{note.pk}/", {"body": "Better", "version": 1}, headers=SCRIPT)
    assert changed.status_code == 200
    stale = alice.post(f"/activities/{note.pk}/", {"body": "Worse", "version": 1}, headers=SCRIPT)
    assert (stale.status_code, list(stale.json()["errors"])) == (412, ["body"])
    assert "Better" in alice.get(f"/contacts/{ada}/?kind=note").content.decode()
    alice.post(f"/activities/{note.pk}/archive/")
    assert "Better" not in alice.get(f"/contacts/{ada}/").content.decode()


def test_a_call_is_logged_in_minutes(alice: Client, ada: int) -> None:
    sent = {"kind": "call", "contact_id": ada, "direction": "in", "outcome": "connected", "minutes": "3"}
    assert alice.post("/activities/new/", sent, headers=SCRIPT).status_code == 200
    page = alice.get(f"/contacts/{ada}/").content.decode()
    assert "got a call" in page
    assert "3:00" in page


@pytest.mark.parametrize(
    ("sent", "field"), [({"kind": "note", "body": ""}, "body"), ({"kind": "call", "minutes": "x"}, "minutes")]
)
def test_errors_stand_at_their_fields(alice: Client, ada: int, sent: dict[str, str], field: str) -> None:
    response = alice.post("/activities/new/", {**sent, "contact_id": ada}, headers=SCRIPT)
    assert (response.status_code, list(response.json()["errors"])) == (422, [field])


def test_out_of_sight_and_read_only(browse: Browse, cast: Cast, ada: int) -> None:
    note = call("activities.create_activity", cast.alice.context(), {"contact_id": ada, "body": "Secret"})
    bob, vera = browse(cast.bob), browse(cast.vera)
    assert bob.post(f"/activities/{note['id']}/", {"body": "x"}).status_code == 404
    assert bob.post(f"/activities/{note['id']}/archive/").status_code == 404
    page = vera.get(f"/contacts/{ada}/").content.decode()
    assert "Secret" in page
    assert "/activities/new/" not in page
    assert f"/activities/{note['id']}/" not in page


def test_pages_turn(alice: Client, cast: Cast, ada: int) -> None:
    for number in range(35):
        note = {"contact_id": ada, "body": f"Note {number:02}"}
        call("activities.create_activity", cast.alice.context(), note)
    page = alice.get(f"/contacts/{ada}/?kind=note")
    assert "Note 34" in page.content.decode()
    assert "Note 04" not in page.content.decode()
    older: Any = page.content.decode().split('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    assert "Note 04" in alice.get(f"/contacts/{ada}/" + older.replace("&amp;", "&")).content.decode()
    assert alice.get(f"/contacts/{ada}/?kind=nonsense&cursor=x").status_code == 200


def test_entries_cost_no_statements(alice: Client, cast: Cast, ada: int) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            alice.get(f"/contacts/{ada}/")
        return len([query for query in captured if not query["sql"].startswith(("SET ", "SAVE", "RELEASE"))])

    alice.get("/")
    call("activities.create_activity", cast.alice.context(), {"contact_id": ada, "body": "The first one"})
    few = statements()
    for number in range(12):
        note = {"contact_id": ada, "body": f"@Lea, note {number}"}
        call("activities.create_activity", cast.alice.context(), note)
    assert statements() == few <= 32


def test_notifications_are_opened_once(browse: Browse, cast: Cast, ada: int) -> None:
    note = {"contact_id": ada, "body": "@Lea, see this"}
    call("activities.create_activity", cast.alice.context(), note)
    told = Notification.objects.get()
    lea = browse(cast.lea)
    assert 'class="unread-count">1<' in lea.get("/notifications/").content.decode()
    opened = lea.post(f"/notifications/{told.pk}/open/", {"link": told.link})
    assert (opened.status_code, opened["Location"]) == (303, f"/contacts/{ada}/")
    assert "unread-count" not in lea.get("/notifications/").content.decode()
    away = lea.post(f"/notifications/{told.pk}/open/", {"link": "https://evil.example/"})
    assert away["Location"] == "/notifications/"
    assert lea.post("/notifications/read/", headers=SCRIPT).status_code == 200
    chosen = lea.post("/notifications/preference/", {"kind": "mention"}, headers=SCRIPT)
    assert chosen.status_code == 200
    assert lea.post("/notifications/preference/", {"kind": "rain"}, headers=SCRIPT).status_code == 422
