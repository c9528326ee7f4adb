"""Roll-ups are what a fresh aggregate would say, after any writes by any way."""

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Count, Sum

from crm.deals.models import Deal, Pipeline, Stage, StageRollup
from realtime.functions import FunctionError
from realtime.functions.call import call
from tests.cast import Cast

KEY = ("stage_id", "owner_id", "team_id", "currency")
Write = Callable[[random.Random, Cast], None]


def kept() -> dict[Any, Any]:
    return {tuple(row[:4]): tuple(row[4:]) for row in StageRollup.objects.values_list(*KEY, "count", "sum")}


def fresh() -> dict[Any, Any]:
    live = Deal.objects.filter(archived_at=None).values_list(*KEY)
    return {tuple(row[:4]): tuple(row[4:]) for row in live.annotate(n=Count("id"), total=Sum("amount"))}


def some(dice: random.Random) -> Any:
    """A random part of the deals."""
    ids = list(Deal.objects.values_list("id", flat=True))
    return Deal.objects.filter(pk__in=dice.sample(ids, dice.randrange(len(ids) + 1)))


def a_deal(dice: random.Random) -> Any:
    return {"deal_id": dice.choice([0, *Deal.objects.values_list("id", flat=True)]) or 999_999}


def a_stage(dice: random.Random) -> int:
    return dice.choice(list(Stage.objects.order_by("id").values_list("id", flat=True)))


def bulk_create(dice: random.Random, cast: Cast) -> None:
    pipeline, now = Pipeline.objects.get(), cast.olivia.context().now
    Deal.objects.bulk_create(
        Deal(
            title="X", pipeline=pipeline, stage_id=a_stage(dice), stage_entered_at=now,
            amount=Decimal(dice.randrange(10_000)) / 100, currency=dice.choice(["USD", "EUR"]),
            owner_id=dice.choice([None, cast.alice.member_id, cast.bob.member_id]),
            team_id=dice.choice([None, *cast.teams.values()]),
            archived_at=dice.choice([None, None, now]),
        )
        for _ in range(dice.randrange(12))
    )  # fmt: skip


def function(name: str, **make: Callable[[random.Random, Cast], Any]) -> Write:
    """Call a mutation as the owner with random arguments; refusals are part of it."""

    def write(dice: random.Random, cast: Cast) -> None:
        args = {key: value(dice, cast) for key, value in make.items()}
        args |= a_deal(dice) if name.startswith("deals.") else {}
        try:
            call(name, cast.olivia.context(), args)
        except FunctionError:
            return

    return write


def move(dice: random.Random, cast: Cast) -> None:
    try:
        call("deals.move_deal", cast.olivia.context(), {**a_deal(dice), "stage_id": a_stage(dice)})
    except FunctionError:
        return


def member(dice: random.Random, cast: Cast) -> int:
    return dice.choice([cast.alice, cast.bob, cast.lea]).member_id


def team(dice: random.Random, cast: Cast) -> int:
    return dice.choice(list(cast.teams.values()))


WRITES: list[Write] = [
    bulk_create,
    move,
    function("deals.archive_deal"),
    function("deals.restore_deal"),
    function("deals.win_deal"),
    function("deals.assign_deal", owner_id=member),
    function(
        "deals.update_deal", changes=lambda dice, cast: {"amount": str(dice.randrange(99)), "currency": "CHF"}
    ),
    function("roles.add_team_member", member_id=member, team_id=team),
    function("roles.remove_team_member", member_id=member, team_id=team),
    lambda dice, cast: some(dice).update(amount=dice.randrange(500)),
    lambda dice, cast: some(dice).update(stage_id=a_stage(dice), title="moved"),
    lambda dice, cast: some(dice).update(owner_id=dice.choice([None, member(dice, cast)])),
    lambda dice, cast: some(dice).update(archived_at=dice.choice([None, cast.olivia.context().now])),
    lambda dice, cast: some(dice).filter(title="X").delete() and None,
]


@pytest.mark.parametrize("seed", range(4))
def test_rollups_equal_a_fresh_aggregate(acme: str, cast: Cast, seed: int) -> None:
    dice = random.Random(seed)
    bulk_create(dice, cast)
    for _ in range(60):
        dice.choice(WRITES)(dice, cast)
        assert kept() == fresh()
    Deal.objects.all().delete()
    assert kept() == {}


def test_deleting_a_team_moves_its_sums(acme: str, cast: Cast) -> None:
    call("deals.create_deal", cast.alice.context(), {"title": "A", "amount": "7.00"})
    call("roles.delete_team", cast.olivia.context(), {"team_id": cast.teams["North"]})
    assert kept() == fresh()
    assert {key[2] for key in kept()} == {None}


def test_a_stages_deals_go_to_the_target(acme: str, cast: Cast) -> None:
    call("deals.create_deal", cast.alice.context(), {"title": "A", "amount": "7.00"})
    first, second = Stage.objects.order_by("position").values_list("id", flat=True)[:2]
    call("deals.delete_stage", cast.olivia.context(), {"stage_id": first, "target_stage_id": second})
    assert kept() == fresh()
    assert {key[0] for key in kept()} == {second}
