"""Forms that no browser would send: what is wrong is said, and nothing fails."""

import json
from typing import Any

import pytest

from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.web.conftest import Browse

#: Python refuses to read so many digits as a number.
DIGITS = "1" * 5000


@pytest.fixture
def deal_id(acme: str, cast: Cast) -> int:
    return int(call("deals.create_deal", cast.olivia.context(), {"title": "Mill"})["id"])


@pytest.fixture
def sequence_id(acme: str, cast: Cast) -> int:
    found = call("sequences.create_sequence", cast.olivia.context(), {"name": "Welcome"})
    step = {"kind": "note", "body": "Hello"}
    call("sequences.add_step", cast.olivia.context(), {"sequence_id": found["id"], "step": step})
    call("sequences.publish_sequence", cast.olivia.context(), {"sequence_id": found["id"]})
    return int(found["id"])


def test_numbers_that_are_too_long_to_be_read(browse: Browse, cast: Cast, deal_id: int) -> None:
    window = browse(cast.olivia)
    posts: list[tuple[str, dict[str, Any]]] = [
        ("/activities/new/", {"contact_id": DIGITS, "kind": "note", "body": "x"}),
        (f"/deals/{deal_id}/assign/", {"version": DIGITS, "owner_id": DIGITS}),
        (f"/deals/{deal_id}/move/", {"stage_id": DIGITS}),
        ("/contacts/bulk/", {"ids": DIGITS}),
    ]
    for path, form in posts:
        assert window.post(path, form).status_code < 500, path
    for path in (f"/contacts/?owner={DIGITS}&view={DIGITS}", f"/deals/new/?contact={DIGITS}"):
        assert window.get(path).status_code == 200, path
    assert (
        window.get(f"/reports/activity/?since=0001-01-01&until=0001-01-02&member={DIGITS}").status_code < 500
    )


@pytest.mark.parametrize(("op", "value"), [("means nothing", "x"), ("is", "x" * 300)])
def test_conditions_of_ones_own_making(
    browse: Browse, cast: Cast, sequence_id: int, op: str, value: str
) -> None:
    form = {"filter": json.dumps({"field": "first_name", "op": op, "value": value})}
    answer = browse(cast.olivia).post(f"/sequences/{sequence_id}/enroll/", form)
    assert answer.status_code == 422


@pytest.mark.parametrize("chosen", ["x", "1.5", "\0"])
def test_rows_of_the_admin_that_are_none(browse: Browse, cast: Cast, chosen: str) -> None:
    form = {"action": "archive", "_selected_action": chosen}
    assert browse(cast.olivia).post("/admin/contacts/contact/", form).status_code == 400


def test_no_proxy_keeps_a_page(browse: Browse, cast: Cast) -> None:
    assert browse(cast.olivia).get("/contacts/")["Cache-Control"] == "private, no-cache"
