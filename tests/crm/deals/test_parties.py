"""Who has a part in a deal: contacts with roles, colleagues with splits, and what a contact's open deals are worth."""

from decimal import Decimal
from typing import Any

import pytest

from crm.contacts.models import Contact
from crm.deals.models import Deal, DealContact
from realtime.functions import InvalidInput, NotFound
from realtime.functions.call import call
from tests.cast import Cast, Person


def new(person: Person, function: str, **args: Any) -> int:
    return call(function, person.context(), args)["id"]


@pytest.fixture
def people(acme: str, cast: Cast) -> dict[str, int]:
    return {
        name: new(cast.alice, "contacts.create_contact", first_name=name) for name in ("Ada", "Grace", "Joan")
    }


@pytest.fixture
def deal(people: dict[str, int], cast: Cast) -> int:
    return new(cast.alice, "deals.create_deal", title="Loft", amount="1000.00", contact_id=people["Ada"],
               commission="300.00")  # fmt: skip


def parties(person: Person, deal: int) -> list[tuple[str, str, bool]]:
    rows = call("deals.list_deal_contacts", person.context(), {"deal_id": deal})
    return [(row["contact_name"], row["role"], row["is_primary"]) for row in rows]


def worth(contact: int) -> tuple[int, Decimal | None, str]:
    return Contact.objects.values_list("open_deal_count", "open_deal_value", "open_deal_currency").get(
        pk=contact
    )


def test_the_first_contact_has_a_part_from_the_start(deal: int, people: dict[str, int], cast: Cast) -> None:
    assert parties(cast.alice, deal) == [("Ada", "", True)]
    args = {"deal_id": deal, "contact_id": people["Grace"], "role": "Buyer", "is_primary": True}
    call("deals.set_deal_contact", cast.alice.context(), args)
    assert parties(cast.alice, deal) == [("Grace", "Buyer", True), ("Ada", "", False)]
    assert Deal.objects.get().contact_id == people["Grace"]
    Deal.objects.update(contact_id=people["Joan"])  # whatever writes it
    assert parties(cast.alice, deal)[0] == ("Joan", "", True)
    found = call("deals.list_deals", cast.alice.context(), {"contact_id": people["Ada"]})["data"]
    assert [row["id"] for row in found] == [deal]


def test_taking_a_part_away(deal: int, people: dict[str, int], cast: Cast) -> None:
    args = {"deal_id": deal, "contact_id": people["Ada"]}
    assert call("deals.remove_deal_contact", cast.alice.context(), args) == []
    assert Deal.objects.get().contact_id is None
    with pytest.raises(NotFound):
        call("deals.remove_deal_contact", cast.alice.context(), args)


def test_a_contact_out_of_sight_is_not_there(deal: int, people: dict[str, int], cast: Cast) -> None:
    secret = new(cast.bob, "contacts.create_contact", first_name="Secret")
    args = {"deal_id": deal, "contact_id": secret}
    with pytest.raises(InvalidInput):
        call("deals.set_deal_contact", cast.alice.context(), args)
    call("deals.set_deal_contact", cast.olivia.context(), args)
    assert len(parties(cast.olivia, deal)) == 2
    assert parties(cast.alice, deal) == [("Ada", "", True)]
    with pytest.raises(NotFound):
        call("deals.remove_deal_contact", cast.alice.context(), args)
    assert DealContact.objects.count() == 2


def test_splits_share_the_commission_and_no_more(deal: int, cast: Cast) -> None:
    bob = {"deal_id": deal, "member_id": cast.bob.member_id, "role": "Showings", "split": "25.5"}
    rows = call("deals.set_deal_member", cast.alice.context(), bob)
    assert [(row["member_name"], row["share"]) for row in rows] == [("Bob", Decimal("76.50"))]
    lea = {"deal_id": deal, "member_id": cast.lea.member_id, "split": "75"}
    with pytest.raises(InvalidInput, match=r"74\.5 are left"):
        call("deals.set_deal_member", cast.alice.context(), lea)
    call("deals.set_deal_member", cast.alice.context(), {**bob, "split": "10"})
    assert len(call("deals.set_deal_member", cast.alice.context(), lea)) == 2
    left = call(
        "deals.remove_deal_member", cast.alice.context(), {"deal_id": deal, "member_id": cast.bob.member_id}
    )
    assert [row["member_name"] for row in left] == ["Lea"]


def test_a_contact_keeps_what_its_open_deals_are_worth(deal: int, people: dict[str, int], cast: Cast) -> None:
    ada, alice = people["Ada"], cast.alice
    assert worth(ada) == (1, Decimal(1000), "USD")
    second = new(alice, "deals.create_deal", title="Barn", amount="50.50", contact_id=ada)
    assert worth(ada) == (2, Decimal("1050.50"), "USD")
    call("deals.win_deal", alice.context(), {"deal_id": deal})
    assert worth(ada) == (1, Decimal("50.50"), "USD")
    call("deals.reopen_deal", alice.context(), {"deal_id": deal})
    Deal.objects.filter(pk=second).update(currency="EUR")
    assert worth(ada) == (2, None, "")
    call("deals.archive_deal", alice.context(), {"deal_id": second})
    Deal.objects.filter(pk=deal).update(contact_id=people["Grace"])
    assert (worth(ada), worth(people["Grace"])) == ((0, None, ""), (1, Decimal(1000), "USD"))
    Deal.objects.all().delete()
    assert worth(people["Grace"]) == (0, None, "")


def test_the_sum_shows_to_whoever_sees_all_deals(deal: int, people: dict[str, int], cast: Cast) -> None:
    mine = call("contacts.get_contact", cast.alice.context(), {"contact_id": people["Ada"]})
    assert (mine["open_deal_count"], mine["open_deal_value"]) == (None, None)
    all_of_it = call("contacts.get_contact", cast.olivia.context(), {"contact_id": people["Ada"]})
    assert (all_of_it["open_deal_count"], all_of_it["open_deal_value"]) == (1, Decimal(1000))


def test_what_a_stage_requires_is_filled_in_on_the_way(deal: int, cast: Cast) -> None:
    pipelines = call("deals.list_pipelines", cast.olivia.context())
    stage = pipelines[0]["stages"][1]["id"]
    changes = {"required_fields": ["close_date", "commission"]}
    call("deals.update_stage", cast.olivia.context(), {"stage_id": stage, "changes": changes})
    Deal.objects.update(commission=None)
    with pytest.raises(InvalidInput) as refused:
        call("deals.move_deal", cast.alice.context(), {"deal_id": deal, "stage_id": stage})
    assert [error["param"] for error in refused.value.errors] == ["close_date", "commission"]
    filled = {"close_date": "2031-01-01", "commission": "10.00"}
    row = call(
        "deals.move_deal", cast.alice.context(), {"deal_id": deal, "stage_id": stage, "changes": filled}
    )
    assert (row["stage_id"], str(row["close_date"]), row["commission"]) == (stage, "2031-01-01", Decimal(10))
    assert row["weighted"] == row["amount"] * row["probability"] / 100


def test_a_batch_does_each_item_by_itself(deal: int, cast: Cast) -> None:
    items = [
        {"create": {"title": "Barn"}},
        {"update": {"deal_id": deal, "changes": {"amount": "-1"}}},
        {"update": {"deal_id": deal, "changes": {"title": "Attic"}, "version": 99}},
        {"win": {"deal_id": 999_999}},
        {"sell": {}},
        {"win": {"deal_id": deal}},
    ]
    results = call("deals.batch_deals", cast.alice.context(), {"items": items})
    codes = [result["error"] and result["error"]["code"] for result in results]
    assert codes == [None, "invalid_input", "precondition_failed", "not_found", "invalid_input", None]
    assert (Deal.objects.count(), Deal.objects.get(pk=deal).status) == (2, "won")
