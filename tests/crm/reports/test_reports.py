"""What reports say, to whom, and that they cost the same however many records there are."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.deals.models import Deal, LostReason, Stage
from realtime.functions import Context, FunctionError
from realtime.functions.call import call
from tests.cast import Cast, Person


def deal(who: Person, *stages: str, amount: str = "100.00", days: int = 0, **more: Any) -> int:
    """A deal of the person's that goes through the stages, some days after it was made."""
    made = call("deals.create_deal", who.context(), {"title": "Boat", "amount": amount, **more})["id"]
    entered = Deal.objects.get(pk=made).stage_entered_at
    for number, name in enumerate(stages, 1):
        ctx = who.context()
        ctx.clock = entered + timedelta(days=days * number)
        stage = Stage.objects.get(name=name).pk
        call("deals.move_deal", ctx, {"deal_id": made, "stage_id": stage})
    return int(made)


def ask(name: str, who: Person | Context, **args: Any) -> Any:
    ctx = who if isinstance(who, Context) else who.context()
    return call(f"reports.{name}", ctx, args)


def far(ctx: Context) -> dict[str, str]:
    """A span that holds today and the days of the deals' moves."""
    today = ctx.now.date()
    return {"since": str(today - timedelta(days=10)), "until": str(today + timedelta(days=40))}


@pytest.mark.usefixtures("acme")
def test_funnel_counts_who_came_how_far(cast: Cast) -> None:
    deal(cast.alice)
    deal(cast.alice, "Meeting", "Offer")
    deal(cast.alice, "Contract", "Offer", "Won")  # skips two stages, goes back, wins from there
    deal(cast.alice, "Meeting", "Lost")
    funnel = ask("get_funnel", cast.olivia)
    reached = {row["name"]: (row["reached"], row["lost"], row["conversion"]) for row in funnel["stages"]}
    assert reached == {
        "Qualified": (4, 0, 0.75),
        "Meeting": (3, 1, 0.667),
        "Offer": (2, 0, 1.0),
        "Contract": (2, 0, 0.5),
        "Won": (1, 0, None),
    }
    assert (funnel["created"], funnel["won"], funnel["lost"]) == (4, 1, 1)


@pytest.mark.usefixtures("acme")
def test_velocity_is_the_mean_of_what_left(cast: Cast) -> None:
    deal(cast.alice, "Meeting", days=2)
    deal(cast.alice, "Meeting", "Offer", days=4)
    rows = {
        row["name"]: (row["left"], row["days"])
        for row in ask("get_velocity", cast.olivia, **far(cast.olivia.context()))
    }
    assert rows == {"Qualified": (2, 3.0), "Meeting": (1, 4.0), "Offer": (0, None), "Contract": (0, None)}


@pytest.mark.usefixtures("acme")
def test_won_and_lost_by_day_with_reasons(cast: Cast) -> None:
    deal(cast.alice, "Won", amount="300.00")
    deal(cast.alice, "Won", amount="50.00", currency="EUR")
    lost = deal(cast.bob)
    reason = LostReason.objects.get(name="Price").pk
    call("deals.lose_deal", cast.bob.context(), {"deal_id": lost, "lost_reason_id": reason})
    deal(cast.bob, "Lost")
    today = cast.olivia.context().now.date()
    found = ask("get_won_lost", cast.olivia, since=str(today - timedelta(days=6)))
    assert (found["step"], len(found["steps"]), found["won"], found["lost"]) == ("day", 7, 2, 2)
    assert found["currency"] == "USD"
    assert (found["won_amount"], found["lost_amount"]) == (Decimal(300), Decimal(200))
    assert {row["name"]: row["count"] for row in found["reasons"]} == {"Price": 1, None: 1}
    euros = ask("get_won_lost", cast.olivia, currency="EUR")
    assert euros["won_amount"] == Decimal(50)


@pytest.mark.usefixtures("acme")
def test_everybody_sees_their_own_reach(cast: Cast) -> None:
    """Olivia all, Lea her team's, Alice and Bob their own."""
    for who in (cast.alice, cast.alice, cast.bob):
        deal(who, "Won")
        contact = call("contacts.create_contact", who.context(), {"first_name": "Ada", "source": "Fair"})
        call("activities.create_activity", who.context(), {"contact_id": contact["id"], "body": "Hi"})
    expected = {"olivia": 3, "vera": 3, "lea": 2, "alice": 2, "bob": 1}
    for name, count in expected.items():
        now = ask("get_summary", getattr(cast, name))["now"]
        assert (now["contacts"], now["won"], now["activities"]) == (count, count, count), name
        assert sum(row["count"] for row in ask("get_sources", getattr(cast, name))) == count
        board = ask("get_leaderboard", getattr(cast, name), metric="deals_won")
        assert sum(row["value"] for row in board) == count
        assert sum(row["total"] for row in ask("get_activity", getattr(cast, name))["members"]) == count
    assert ask("get_summary", cast.olivia, owner_id=cast.bob.member_id)["now"]["won"] == 1
    assert ask("get_summary", cast.olivia, team_id=cast.teams["North"])["now"]["won"] == 2
    assert ask("get_summary", cast.bob, owner_id=cast.alice.member_id)["now"]["won"] == 0


@pytest.mark.usefixtures("acme")
def test_equal_values_share_a_place(cast: Cast) -> None:
    deal(cast.alice, "Won")
    deal(cast.bob, "Won")
    deal(cast.lea, "Won", amount="900.00")
    rows = ask("get_leaderboard", cast.olivia)
    assert [(row["place"], row["name"], row["value"], row["currency"]) for row in rows] == [
        (1, "Lea", Decimal(900), "USD"),
        (2, "Alice", Decimal(100), "USD"),
        (2, "Bob", Decimal(100), "USD"),
    ]


@pytest.mark.usefixtures("acme")
def test_forecast_is_weighted_by_stage(cast: Cast) -> None:
    today = cast.olivia.context().now.date()
    deal(cast.alice, "Offer", close_date=str(today))
    deal(cast.bob, close_date=str(today))
    (row,) = ask("get_forecast", cast.olivia)
    assert (row["count"], row["sum"], row["weighted"]) == (2, Decimal(200), Decimal(70))
    assert ask("get_forecast", cast.bob)[0]["weighted"] == Decimal(10)


@pytest.mark.usefixtures("acme")
def test_hidden_amounts_are_absent(cast: Cast) -> None:
    deal(cast.alice, "Won")
    rule = {"object": "deal", "field": "amount", "level": "hidden", "role_id": 4}
    call("roles.set_field_permission", cast.olivia.context(), rule)
    assert "won_amount" not in ask("get_summary", cast.alice)["now"]
    found = ask("get_won_lost", cast.alice)
    assert "won_amount" not in found
    assert found["won"] == 1
    with pytest.raises(FunctionError, match="may not see"):
        ask("get_leaderboard", cast.alice)


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("since", "until", "said"),
    [("2030-02-01", "2030-01-01", "after the last"), ("2010-01-01", "2030-01-01", "five years")],
)
def test_spans_that_make_no_sense(cast: Cast, since: str, until: str, said: str) -> None:
    with pytest.raises(FunctionError, match=said):
        ask("get_funnel", cast.olivia, since=since, until=until)


@pytest.mark.usefixtures("acme")
def test_reports_read_totals_and_nothing_else(cast: Cast) -> None:
    """No report touches a table of records, so none grows with them."""
    deal(cast.alice, "Won")
    call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada"})
    for name in (
        "funnel",
        "velocity",
        "won_lost",
        "sources",
        "activity",
        "leaderboard",
        "summary",
        "forecast",
    ):
        ctx = cast.olivia.context()
        _ = ctx.scope
        with CaptureQueriesContext(connection) as captured:
            ask(f"get_{name}", ctx)
        sql = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
        assert 0 < len(sql) <= 6, name
        assert not [each for each in sql if '"deals_deal"' in each or '"contacts_contact"' in each]
