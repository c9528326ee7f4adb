"""The board: places between neighbours, columns, winning, losing and opening again, history."""

from typing import Any

import pytest
from django.db import connection

from crm.deals import ranks
from crm.deals.models import Deal, Pipeline, Stage, StageChange
from realtime.functions import Conflict, InvalidInput, NotFound, PreconditionFailed
from realtime.functions.call import call
from tests.cast import Cast, Person
from tests.plans import pinned

pytestmark = pytest.mark.usefixtures("acme")


def make(person: Person, *titles: str, **more: Any) -> list[int]:
    """Deals in the first stage; the last one made is on top."""
    return [call("deals.create_deal", person.context(), {"title": title, **more})["id"] for title in titles]


def stages(kind: str = "open") -> list[int]:
    return list(Stage.objects.filter(kind=kind).order_by("position").values_list("id", flat=True))


def titles(person: Person, stage_id: int) -> str:
    column = call("deals.get_board_column", person.context(), {"stage_id": stage_id})
    return "".join(card["title"] for card in column["cards"])


def move(person: Person, deal_id: int, stage_id: int, **more: Any) -> Any:
    return call("deals.move_deal", person.context(), {"deal_id": deal_id, "stage_id": stage_id, **more})


def test_new_deals_come_on_top(cast: Cast) -> None:
    make(cast.alice, "A", "B", "C")
    assert titles(cast.alice, stages()[0]) == "CBA"


def test_a_deal_is_put_between_its_neighbours_and_nobody_else_is_written(cast: Cast) -> None:
    first, second = stages()[:2]
    a, b, c, d = make(cast.alice, "A", "B", "C", "D")
    versions = dict(Deal.objects.values_list("id", "version"))
    assert move(cast.alice, d, first, after_id=b)["version"] == 2
    assert titles(cast.alice, first) == "CBDA"
    move(cast.alice, a, first, before_id=c)
    assert titles(cast.alice, first) == "ACBD"
    move(cast.alice, a, first, after_id=d)
    assert titles(cast.alice, first) == "CBDA"
    move(cast.alice, b, second)
    move(cast.alice, c, second, after_id=b, before_id=a)  # a is not there: b alone counts
    assert (titles(cast.alice, first), titles(cast.alice, second)) == ("DA", "BC")
    assert Deal.objects.get(pk=a).version == versions[a] + 2


def test_a_thousand_drops_at_one_place(cast: Cast) -> None:
    first = stages()[0]
    top, *_ = make(cast.alice, "A")
    below, last = make(cast.alice, "B", "C")
    for number in range(60):
        move(cast.alice, (below, last)[number % 2], first, after_id=top)
    assert titles(cast.alice, first) == "ACB"
    assert len(Deal.objects.get(pk=last).rank) < 60


def test_equal_ranks_are_ordered_by_id_and_can_be_parted_from_the_rest(cast: Cast) -> None:
    first = stages()[0]
    a, b, c = make(cast.alice, "A", "B", "C")
    Deal.objects.filter(pk__in=[a, b]).update(rank="U")
    assert titles(cast.alice, first) == "CAB"
    move(cast.alice, c, first, after_id=a)
    assert titles(cast.alice, first) == "ABC"


def test_ranks_are_compared_by_byte() -> None:
    low, high = "VZ1", "Va1"
    assert low < ranks.between(low, high) < high
    with connection.cursor() as cursor:
        cursor.execute('SELECT %s < (%s COLLATE "C")', [low, high])
        assert cursor.fetchone() == (True,)


def test_both_neighbours_gone_is_a_conflict(cast: Cast) -> None:
    first, second = stages()[:2]
    a, b = make(cast.alice, "A", "B")
    with pytest.raises(Conflict, match="left the stage"):
        move(cast.alice, a, second, after_id=b)
    (foreign,) = make(cast.bob, "Z")
    with pytest.raises(Conflict):  # out of sight is as good as absent
        move(cast.alice, a, first, after_id=foreign)


def test_the_second_of_two_movers_is_told(cast: Cast) -> None:
    first, second = stages()[:2]
    a, b = make(cast.alice, "A", "B")
    move(cast.olivia, a, second, version=1)
    with pytest.raises(PreconditionFailed):
        move(cast.alice, a, first, after_id=b, version=1)
    with pytest.raises(NotFound):
        move(cast.bob, a, first)


def test_a_column_holds_what_one_may_see_and_goes_on(cast: Cast) -> None:
    first = stages()[0]
    make(cast.alice, "A", "B", "C", amount="10.00")
    make(cast.bob, "Z", amount="5.50")
    args = {"stage_id": first, "limit": 2}
    page = call("deals.get_board_column", cast.olivia.context(), args)
    assert [card["title"] for card in page["cards"]] == ["Z", "C"]
    assert page["count"] == 4
    assert [str(page["totals"][0][name]) for name in ("sum", "weighted")] == ["35.50", "3.55"]
    rest = call("deals.get_board_column", cast.olivia.context(), {**args, "cursor": page["next_cursor"]})
    assert [card["title"] for card in rest["cards"]] == ["B", "A"]
    assert rest["next_cursor"] is None
    board = call("deals.get_board", cast.lea.context())
    assert [column["count"] for column in board["columns"]] == [3, 0, 0, 0, 0, 0]
    board = call("deals.get_board", cast.olivia.context(), {"owner_id": cast.bob.member_id})
    assert [column["count"] for column in board["columns"]] == [1, 0, 0, 0, 0, 0]


def test_a_hidden_amount_hides_the_totals(cast: Cast) -> None:
    make(cast.alice, "A", amount="10.00")
    role = call("roles.list_role_choices", cast.olivia.context())
    agent = next(row["id"] for row in role if row["name"] == "Agent")
    rule = {"role_id": agent, "object": "deal", "field": "amount", "level": "hidden"}
    call("roles.set_field_permission", cast.olivia.context(), rule)
    column = call("deals.get_board", cast.alice.context())["columns"][0]
    assert "totals" not in column
    assert "amount" not in column["cards"][0]


def test_winning_losing_and_opening_again(cast: Cast) -> None:
    (deal,) = make(cast.alice, "A")
    move(cast.alice, deal, stages()[2])
    ctx = cast.alice.context()
    assert call("deals.win_deal", ctx, {"deal_id": deal})["status"] == "won"
    assert call("deals.win_deal", ctx, {"deal_id": deal})["version"] == 3
    reason = call("deals.list_lost_reasons", ctx)[1]
    lost = call("deals.lose_deal", ctx, {"deal_id": deal, "lost_reason_id": reason["id"]})
    assert (lost["status"], lost["lost_reason_name"]) == ("lost", reason["name"])
    with pytest.raises(InvalidInput):
        call("deals.lose_deal", ctx, {"deal_id": deal, "lost_reason_id": 999})
    again = call("deals.reopen_deal", ctx, {"deal_id": deal})
    assert (again["stage_id"], again["lost_reason_id"], again["closed_at"]) == (stages()[2], None, None)
    history = call("deals.list_stage_changes", ctx, {"deal_id": deal})["data"]
    steps = [(row["from_name"], row["to_name"]) for row in history]
    assert steps == [("Lost", "Offer"), ("Won", "Lost"), ("Offer", "Won"), ("Qualified", "Offer")]
    assert {row["by_name"] for row in history} == {"Alice"}


def test_a_reorder_is_no_stage_change(cast: Cast) -> None:
    a, b = make(cast.alice, "A", "B")
    entered = Deal.objects.get(pk=b).stage_entered_at
    move(cast.alice, b, stages()[0], after_id=a)
    assert not StageChange.objects.exists()
    assert Deal.objects.get(pk=b).stage_entered_at == entered


def test_required_fields_keep_a_deal_out(cast: Cast) -> None:
    stage = stages()[2]
    args = {"stage_id": stage, "changes": {"required_fields": ["amount", "close_date"]}}
    call("deals.update_stage", cast.olivia.context(), args)
    (deal,) = make(cast.alice, "A", close_date="2026-12-24")
    with pytest.raises(InvalidInput, match="Offer needs: amount") as refusal:
        move(cast.alice, deal, stage)
    assert [error["param"] for error in refusal.value.errors] == ["amount"]
    with pytest.raises(InvalidInput):
        make(cast.alice, "B", stage_id=stage)
    changes = {"deal_id": deal, "changes": {"amount": "1"}}
    call("deals.update_deal", cast.alice.context(), changes)
    assert move(cast.alice, deal, stage)["stage_id"] == stage


def test_a_deal_rots_by_its_stage(cast: Cast) -> None:
    first, second = stages()[:2]
    (deal,) = make(cast.alice, "A")
    assert Deal.objects.get(pk=deal).rots_at is None
    for stage, days in ((first, 3), (second, 5)):
        call("deals.update_stage", cast.olivia.context(), {"stage_id": stage, "changes": {"rot_days": days}})
    row = Deal.objects.get(pk=deal)
    assert row.rots_at is not None
    assert (row.rots_at - row.stage_entered_at).days == 3
    move(cast.alice, deal, second)
    row = Deal.objects.get(pk=deal)
    assert row.rots_at is not None
    assert (row.rots_at - row.stage_entered_at).days == 5
    call("deals.win_deal", cast.alice.context(), {"deal_id": deal})
    assert Deal.objects.get(pk=deal).rots_at is None


@pytest.mark.parametrize(
    ("owned", "index"), [({}, "all"), ({"owner_id": 3}, "own"), ({"team_id": 1}, "team")]
)
def test_a_column_is_one_index_range(cast: Cast, owned: dict[str, int], index: str) -> None:
    pipeline = Pipeline.objects.get()
    stage = stages()[0]
    now = cast.alice.context().now
    Deal.objects.bulk_create(
        Deal(
            title="X", pipeline=pipeline, stage_id=stages()[number % 4], stage_entered_at=now,
            owner_id=(cast.alice, cast.bob, cast.lea)[number % 3].member_id,
            team_id=cast.teams["North" if number % 3 == 0 else "South"],
        )
        for number in range(3000)
    )  # fmt: skip
    known = {"owner_id": cast.bob.member_id, "team_id": cast.teams["North"]}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE deals_deal")
    found = Deal.objects.filter(archived_at=None, stage_id=stage, **{name: known[name] for name in owned})
    with pinned():
        plan = found.order_by("rank", "id")[:51].explain()
    assert "Sort" not in plan, plan
    assert f"deal_board_{index}" in plan, plan
