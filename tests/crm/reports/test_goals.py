"""Goals: set for whom one may, seen by whom they are about, and always as far as what was done."""

from decimal import Decimal
from typing import Any

import pytest

from crm.deals.models import Stage
from realtime.functions import FunctionError
from realtime.functions.call import call
from tests.cast import Cast, Person

pytestmark = pytest.mark.usefixtures("acme")


def goal(who: Person, **args: Any) -> Any:
    given = {"metric": "deals_won", "period": "month", "target": "4", **args}
    return call("reports.create_goal", who.context(), given)


def win(who: Person, amount: str = "100.00") -> None:
    made = call("deals.create_deal", who.context(), {"title": "Boat", "amount": amount})
    stage = Stage.objects.get(kind="won").pk
    call("deals.move_deal", who.context(), {"deal_id": made["id"], "stage_id": stage})


def actual(who: Person) -> dict[Any, Decimal]:
    return {row["name"]: row["actual"] for row in call("reports.list_goals", who.context())}


def test_a_goal_is_as_far_as_what_was_done(cast: Cast) -> None:
    goal(cast.olivia, owner_id=cast.alice.member_id)
    goal(cast.olivia, team_id=cast.teams["North"], metric="amount_won", target="1000", period="quarter")
    goal(cast.olivia, period="year", metric="calls")
    win(cast.alice)
    win(cast.lea, "50.00")
    win(cast.bob)
    assert actual(cast.olivia) == {None: 0, "North": 150, "Alice": 1}


def test_who_sees_which_goals(cast: Cast) -> None:
    goal(cast.olivia, owner_id=cast.alice.member_id)
    goal(cast.olivia, owner_id=cast.bob.member_id)
    goal(cast.olivia, team_id=cast.teams["North"])
    goal(cast.olivia)
    assert set(actual(cast.olivia)) == {None, "North", "Alice", "Bob"}
    assert set(actual(cast.lea)) == {None, "North", "Alice"}
    assert set(actual(cast.alice)) == {None, "North", "Alice"}
    assert set(actual(cast.bob)) == {None, "Bob"}


def test_a_leader_sets_goals_for_their_team_alone(cast: Cast) -> None:
    assert goal(cast.lea, owner_id=cast.alice.member_id)["name"] == "Alice"
    for args in ({"owner_id": cast.bob.member_id}, {"team_id": cast.teams["South"]}, {}):
        with pytest.raises(FunctionError):
            goal(cast.lea, **args)
    firm = goal(cast.olivia)
    with pytest.raises(FunctionError):
        call("reports.update_goal", cast.lea.context(), {"goal_id": firm["id"], "target": "9"})


def test_one_goal_of_a_kind(cast: Cast) -> None:
    first = goal(cast.olivia)
    with pytest.raises(FunctionError, match="change that one"):
        goal(cast.olivia, target="7")
    changed = call("reports.update_goal", cast.olivia.context(), {"goal_id": first["id"], "target": "7"})
    assert changed["target"] == 7
    call("reports.delete_goal", cast.olivia.context(), {"goal_id": first["id"]})
    assert actual(cast.olivia) == {}


def test_a_goal_has_one_owner(cast: Cast) -> None:
    with pytest.raises(FunctionError, match="not both"):
        goal(cast.olivia, owner_id=cast.alice.member_id, team_id=cast.teams["North"])
