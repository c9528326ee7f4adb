"""Deals: stages decide the status, amounts are money, links stay in sight."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.roles.models import Role
from crm.deals.models import Deal, Pipeline, Stage
from realtime.functions import Forbidden, InvalidInput, NotFound, PreconditionFailed
from realtime.functions.call import call
from tests.cast import Cast


@pytest.fixture
def deal(acme: str, cast: Cast) -> dict[str, Any]:
    """A deal of Alice's, worth 1,250.50."""
    args = {"title": "House", "amount": "1250.50", "currency": "EUR", "close_date": "2026-12-24"}
    made: dict[str, Any] = call("deals.create_deal", cast.alice.context(), args)
    return made


def stage(kind: str) -> int:
    return Stage.objects.filter(kind=kind).order_by("position").values_list("id", flat=True)[0]


def test_a_deal_starts_in_the_first_open_stage(deal: dict[str, Any]) -> None:
    assert deal["status"] == "open"
    assert deal["amount"] == Decimal("1250.50")
    assert deal["stage_id"] == stage("open")
    assert deal["closed_at"] is None


def test_won_and_lost_stages_close_and_open_ones_open_again(deal: dict[str, Any], cast: Cast) -> None:
    won = call("deals.move_deal", cast.alice.context(), {"deal_id": deal["id"], "stage_id": stage("won")})
    assert won["status"] == "won"
    assert won["closed_at"] is not None
    again = call("deals.move_deal", cast.alice.context(), {"deal_id": deal["id"], "stage_id": stage("open")})
    assert again["status"] == "open"
    assert again["closed_at"] is None
    assert again["version"] == deal["version"] + 2


def test_moving_to_where_it_is_changes_nothing(deal: dict[str, Any], cast: Cast) -> None:
    args = {"deal_id": deal["id"], "stage_id": deal["stage_id"]}
    assert call("deals.move_deal", cast.alice.context(), args) == deal


def test_whoever_may_only_move_a_deal_changes_no_field_on_the_way(deal: dict[str, Any], cast: Cast) -> None:
    agent = Role.objects.get(key="agent").pk
    grant = {"role_id": agent, "permission": "deal.edit", "access": "none"}
    call("roles.set_role_permission", cast.olivia.context(), grant)
    move = {"deal_id": deal["id"], "stage_id": stage("won")}
    with pytest.raises(Forbidden):
        call("deals.move_deal", cast.alice.context(), {**move, "changes": {"amount": "1"}})
    assert call("deals.move_deal", cast.alice.context(), move)["amount"] == Decimal("1250.50")


def test_a_stage_of_another_pipeline_takes_the_deal_along(deal: dict[str, Any], cast: Cast) -> None:
    other = Pipeline.objects.create(name="Rentals", position=9)
    step = Stage.objects.create(pipeline=other, name="Viewing")
    moved = call("deals.move_deal", cast.alice.context(), {"deal_id": deal["id"], "stage_id": step.pk})
    assert moved["pipeline_id"] == other.pk


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "-1"},
        {"amount": "1.234"},
        {"amount": "1e30"},
        {"amount": "NaN"},
        {"currency": "eur"},
        {"title": "  "},
        {"title": "x" * 161},
        {"close_date": "24.12.2026"},
        {"contact_id": 999},
        {"company_id": 999},
        {"stage_id": 1},
        {"owner_id": 1},
    ],
)
def test_wrong_values_change_nothing(deal: dict[str, Any], cast: Cast, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        call("deals.update_deal", cast.alice.context(), {"deal_id": deal["id"], "changes": changes})
    assert Deal.objects.get(pk=deal["id"]).version == deal["version"]


def test_a_stale_version_is_refused(deal: dict[str, Any], cast: Cast) -> None:
    args = {"deal_id": deal["id"], "changes": {"title": "Flat"}, "version": deal["version"]}
    call("deals.update_deal", cast.alice.context(), args)
    with pytest.raises(PreconditionFailed, match="version 2"):
        call("deals.update_deal", cast.alice.context(), {**args, "changes": {"title": "Boat"}})


def test_an_unknown_stage_is_refused(deal: dict[str, Any], cast: Cast) -> None:
    with pytest.raises(InvalidInput, match="no stage"):
        call("deals.move_deal", cast.alice.context(), {"deal_id": deal["id"], "stage_id": 999})
    with pytest.raises(NotFound):
        call("deals.move_deal", cast.bob.context(), {"deal_id": deal["id"], "stage_id": stage("won")})


def test_filters(deal: dict[str, Any], cast: Cast) -> None:
    def titles(**args: Any) -> list[str]:
        return [row["title"] for row in call("deals.list_deals", cast.olivia.context(), args)["data"]]

    assert titles(status="open") == titles(search="hou") == titles(owner_id=cast.alice.member_id) == ["House"]
    assert titles(status="won") == titles(search="boat") == titles(owner_id=cast.bob.member_id) == []
