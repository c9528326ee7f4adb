"""What is changed on a timeline's entry where it stands: time, outcome, length, pin; and files that come with it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import User
from crm.activities.models import Activity
from crm.files.models import Attachment
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.files.conftest import folder
from tests.crm.web.conftest import Browse

#: A fixture of the files' tests, used here.
_ = folder
REGION = {"X-Enhance": "region"}


@pytest.fixture
def ada(acme: str, cast: Cast) -> int:
    User.objects.filter(pk=cast.alice.user_id).update(time_zone="Europe/Berlin")
    return call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada"})["id"]


@pytest.fixture
def a_call(ada: int, cast: Cast) -> dict[str, Any]:
    args = {
        "contact_id": ada, "kind": "call", "outcome": "busy", "seconds": 61,
        "occurred_at": datetime(2026, 7, 1, 10, 0, 42, tzinfo=UTC),
    }  # fmt: skip
    return call("activities.create_activity", cast.alice.context(), args)


def test_time_outcome_and_length(browse: Browse, cast: Cast, a_call: dict[str, Any], ada: int) -> None:
    alice, path = browse(cast.alice), f"/activities/{a_call['id']}/"
    shown = {"body": "", "occurred_at": "2026-07-01T12:00", "outcome": "busy", "minutes": "1"}
    assert 'value="2026-07-01T12:00"' in alice.get(f"/contacts/{ada}/").content.decode()
    assert alice.post(path, shown, headers=REGION).status_code == 200
    assert Activity.objects.get(pk=a_call["id"]).version == a_call["version"]  # nothing differs to the minute
    changed = {**shown, "occurred_at": "2026-07-02T09:30", "outcome": "connected", "minutes": "5"}
    assert alice.post(path, changed, headers=REGION).status_code == 200
    row = call("activities.get_activity", cast.alice.context(), {"activity_id": a_call["id"]})
    assert (row["outcome"], row["seconds"]) == ("connected", 300)
    assert row["occurred_at"] == datetime(2026, 7, 2, 7, 30, tzinfo=UTC)


def test_meetings_and_emails_are_logged(browse: Browse, cast: Cast, ada: int) -> None:
    alice = browse(cast.alice)
    for kind, extra in (("meeting", {"occurred_at": "2026-07-02T09:30"}), ("email", {"direction": "in"})):
        given = {"contact_id": ada, "kind": kind, "body": kind, "direction": "out", "minutes": "3", **extra}
        answer = alice.post("/activities/new/", given, headers=REGION)
        assert answer.status_code == 200, answer.content
        assert Activity.objects.get(body=kind).pk == answer.json()["id"]
    assert Activity.objects.get(body="meeting").occurred_at == datetime(2026, 7, 2, 7, 30, tzinfo=UTC)


def test_a_pinned_note_stays_on_top(browse: Browse, cast: Cast, ada: int) -> None:
    old, new = (
        call("activities.create_activity", cast.alice.context(), {"contact_id": ada, "body": text})["id"]
        for text in ("Older note", "Newer note")
    )
    alice = browse(cast.alice)
    assert alice.post(f"/activities/{old}/pin/", {"pinned": "1"}, headers=REGION).status_code == 200
    page = alice.get(f"/contacts/{ada}/").content.decode()
    assert 0 < page.index(f'id="activity-{old}"') < page.index(f'id="activity-{new}"')
    assert page.count(f'id="activity-{old}"') == 1
    alice.post(f"/activities/{old}/pin/", {"pinned": "0"}, headers=REGION)
    page = alice.get(f"/contacts/{ada}/").content.decode()
    assert page.index(f'id="activity-{new}"') < page.index(f'id="activity-{old}"')


@pytest.mark.usefixtures("folder")
def test_files_up_and_down(browse: Browse, cast: Cast, ada: int, a_call: dict[str, Any]) -> None:
    alice = browse(cast.alice)
    for about, name in ((f"contact_id={ada}", "plan.pdf"), (f"activity_id={a_call['id']}", "<b>.svg")):
        answer = alice.post(
            f"/files/new/?{about}&filename={name}",
            b"<svg/>",
            content_type="application/octet-stream",
            headers=REGION,
        )
        assert answer.status_code == 200, answer.content
    page = alice.get(f"/contacts/{ada}/").content.decode()
    assert "plan.pdf" in page
    assert "&lt;b&gt;.svg" in page
    svg = Attachment.objects.get(filename="<b>.svg")
    down = alice.get(f"/files/{svg.pk}/?show")
    assert (b"".join(down), down["Content-Type"]) == (b"<svg/>", "application/octet-stream")
    assert down["Content-Disposition"].startswith("attachment")
    assert browse(cast.bob).get(f"/files/{svg.pk}/").status_code == 404
    assert alice.post(f"/files/{svg.pk}/archive/", headers=REGION).status_code == 200
    assert alice.get(f"/files/{svg.pk}/").status_code == 404


@pytest.mark.usefixtures("folder")
def test_a_file_above_the_limit_is_refused(browse: Browse, cast: Cast, ada: int, settings: Any) -> None:
    settings.FILES_MAX_BYTES = 1_000_000
    answer = browse(cast.alice).post(
        f"/files/new/?contact_id={ada}&filename=a", b"x" * 1_000_001, content_type="application/octet-stream",
        headers=REGION,
    )  # fmt: skip
    assert (answer.status_code, answer.json()["errors"]) == (413, {"": ["A file may hold up to 1 MB."]})
