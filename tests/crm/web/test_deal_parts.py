"""A deal's page: people and colleagues, and the form that asks for what a stage requires."""

from typing import Any

import pytest

from crm.deals.models import Deal, DealContact, DealMember
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.web.conftest import Browse

REGION = {"X-Enhance": "region"}


@pytest.fixture
def strict(acme: str, cast: Cast) -> dict[str, int]:
    """Alice's deal, and a stage that requires a close date and a commission."""
    deal = call("deals.create_deal", cast.alice.context(), {"title": "Loft", "amount": "9.00"})["id"]
    stages: Any = call("deals.list_pipelines", cast.olivia.context())[0]["stages"]
    changes = {"required_fields": ["close_date", "commission"]}
    stage = next(stage["id"] for stage in stages if stage["kind"] == "won")
    for pk in (stages[1]["id"], stage):
        call("deals.update_stage", cast.olivia.context(), {"stage_id": pk, "changes": changes})
    return {"deal": deal, "stage": stages[1]["id"], "won": stage}


def test_a_drag_and_a_win_are_answered_with_a_form(
    browse: Browse, cast: Cast, strict: dict[str, int]
) -> None:
    alice, deal = browse(cast.alice), strict["deal"]
    for path, data, stage in (("move", {"stage_id": strict["stage"]}, "stage"), ("win", {}, "won")):
        answer = alice.post(f"/deals/{deal}/{path}/", data, headers=REGION)
        assert answer.status_code == 422
        assert answer.json()["form"] == f"/deals/{deal}/enter/{strict[stage]}/"
        assert alice.post(f"/deals/{deal}/{path}/", data)["Location"] == answer.json()["form"]
    page = alice.get(answer.json()["form"]).content.decode()
    assert 'name="close_date"' in page
    assert 'name="commission"' in page
    assert 'name="amount"' not in page
    refused = alice.post(answer.json()["form"], {"close_date": "2031-01-01"}, headers=REGION)
    assert list(refused.json()["errors"]) == ["commission"]
    filled = {"close_date": "2031-01-01", "commission": "3"}
    assert alice.post(answer.json()["form"], filled, headers=REGION).status_code == 200
    assert Deal.objects.get().status == "won"


def test_people_and_colleagues(browse: Browse, cast: Cast, strict: dict[str, int]) -> None:
    alice, deal = browse(cast.alice), strict["deal"]
    ada = call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada"})["id"]
    given = {"contact_id": ada, "role": "Buyer"}
    assert alice.post(f"/deals/{deal}/contacts/new/", given, headers=REGION).status_code == 200
    assert (
        alice.post(f"/deals/{deal}/contacts/{ada}/first/", {"role": "Buyer"}, headers=REGION).status_code
        == 200
    )
    assert (DealContact.objects.get().role, Deal.objects.get().contact_id) == ("Buyer", ada)
    bob = {"member_id": cast.bob.member_id, "split": "120"}
    assert "split" in alice.post(f"/deals/{deal}/members/new/", bob, headers=REGION).json()["errors"]
    assert (
        alice.post(f"/deals/{deal}/members/new/", {**bob, "split": "20"}, headers=REGION).status_code == 200
    )
    page = alice.get(f"/deals/{deal}/").content.decode()
    assert "Buyer" in page
    assert "20 %" in page
    alice.post(f"/deals/{deal}/members/{cast.bob.member_id}/remove/", headers=REGION)
    alice.post(f"/deals/{deal}/contacts/{ada}/remove/", headers=REGION)
    assert (DealMember.objects.count(), DealContact.objects.count()) == (0, 0)
