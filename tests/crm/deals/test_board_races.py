"""People who drop cards at one place at the same moment: all succeed, in one order, and nobody else is written."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from accounts.tenancy import tenant_context
from crm.deals.models import Deal, Stage
from realtime.functions.call import call
from tests.cast import ACME, Cast
from tests.crm.deals.test_rollups import fresh, kept
from tests.processes import PATIENCE

DROPPERS = 6


def test_all_who_drop_at_one_place_succeed(committed_db: str, cast: Cast) -> None:
    with tenant_context(ACME):
        target = Stage.objects.order_by("position").values_list("id", flat=True)[1]
        edge = [make(cast, f"Edge {number}", target) for number in range(2)]
        dropped = [make(cast, f"Card {number}") for number in range(DROPPERS)]
    together = Barrier(DROPPERS)

    def drop(deal_id: int) -> None:
        try:
            with tenant_context(ACME):
                together.wait(PATIENCE)
                args = {"deal_id": deal_id, "stage_id": target, "after_id": edge[1], "before_id": edge[0]}
                call("deals.move_deal", cast.olivia.context(), args)
        finally:
            connection.close()

    with ThreadPoolExecutor(DROPPERS) as pool:
        list(pool.map(drop, dropped))
    with tenant_context(ACME):
        cards = list(
            Deal.objects.filter(stage_id=target).order_by("rank", "id").values("id", "rank", "version")
        )
        assert kept() == fresh()
    assert [cards[0]["id"], cards[-1]["id"]] == [edge[1], edge[0]]
    assert {card["id"] for card in cards[1:-1]} == set(dropped)
    assert len({card["rank"] for card in cards}) == len(cards)
    assert [card["version"] for card in (cards[0], cards[-1])] == [1, 1]


def make(cast: Cast, title: str, stage_id: int | None = None) -> int:
    """A deal of Olivia's."""
    given = {"title": title, "amount": "5", **({"stage_id": stage_id} if stage_id else {})}
    return int(call("deals.create_deal", cast.olivia.context(), given)["id"])
