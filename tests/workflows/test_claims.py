"""What a claim takes: in time, fair among tenants, urgent lanes first."""

import os
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.tenancy import tenant_context
from tests.cast import GLOBEX, Cast
from tests.plans import pinned
from tests.workflows import example
from workflows import kinds, start
from workflows.claims import BATCH, CLAIM_FAIRLY, CLAIM_OLDEST, LANES, PER_TENANT, Claims, _item
from workflows.clock import Clock
from workflows.drain import drain, work_all
from workflows.models import Due
from workflows.weights import forget_weights

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
BACKLOG = 500_000 if os.environ.get("FAULTS") == "all" else 50_000


@pytest.fixture(autouse=True)
def nothing_due(db: None) -> None:
    Due.objects.all().delete()


def rows(tenant: str, count: int, *, lane: int = 1, age: timedelta = SECOND) -> None:
    """Rows of a tenant that have been due for so long."""
    at = timezone.now() - age
    Due.objects.bulk_create(
        Due(kind="test", ref=number, tenant=tenant, due_at=at, lane=lane, state=0, attempts=0, error="")
        for number in range(count)
    )


def test_small_tenants_do_not_wait_behind_a_backlog() -> None:
    rows("t_big", 1000, age=timedelta(hours=1))
    for number in range(40):
        rows(f"t_small{number:02}", 1)
    claims = Claims()
    first = claims.take()
    assert {item.tenant for item in first} == {"t_big"}
    seen = Counter(item.tenant for item in claims.take())
    assert len(seen) == 41
    assert seen["t_big"] == PER_TENANT


def backlog(tenant: str, count: int) -> None:
    """Rows of a tenant that have been due for an hour, a backlog as large as one may get."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workflows_due (kind, ref, tenant, due_at) SELECT 'test', n, %s,"
            " now() - interval '1 hour' FROM generate_series(1, %s) n",
            [tenant, count],
        )


def test_a_run_of_a_small_tenant_does_not_wait_behind_half_a_million(cast: Cast) -> None:
    """The claim after the one that saw the backlog takes it; 999 others have had their turn 20 claims later."""
    backlog("t_acme", BACKLOG)
    with tenant_context(GLOBEX):
        run_id = start(example.part, {"owner_id": cast.charlie.member_id, "name": "small"})
    one = {"kind": "test", "ref": 1, "state": 0, "attempts": 0, "error": "", "lane": 1}
    others = [Due(tenant=f"t_small{number}", due_at=timezone.now(), **one) for number in range(999)]
    Due.objects.bulk_create(others)
    claims = Claims()
    first, second = claims.take(), claims.take()
    assert {item.tenant for item in first} == {"t_acme"}
    work_all(item for item in second if item.tenant == GLOBEX)
    with tenant_context(GLOBEX):
        assert example.run_of(run_id).status == "completed"
    seen = Counter(item.tenant for item in second)
    for _ in range(20):
        seen.update(item.tenant for item in claims.take())
    assert len(seen) == 1001
    assert seen["t_acme"] <= 2 * PER_TENANT  # no more than anybody would get


def test_fair_claims_come_round_to_everybody() -> None:
    for number in range(100):
        rows(f"t_{number:03}", 20)
    claims = Claims()
    seen = Counter(item.tenant for _ in range(9) for item in claims.take())
    assert len(seen) == 100
    assert max(seen.values()) <= 20 + PER_TENANT


def leased(tenant: str) -> int:
    """Rows of the tenant that somebody works on."""
    return Due.objects.filter(tenant=tenant, state=Due.State.LEASED, lease_until__gt=timezone.now()).count()


def test_a_tenant_has_no_more_leased_than_its_cap_and_others_are_taken_past_its_backlog(
    settings: Any,
) -> None:
    """Each worker that comes holds what it has claimed, as one with slow actions does."""
    settings.WORKFLOWS_LEASED_PER_TENANT = 60
    rows("t_slow", 500, age=timedelta(hours=1))
    rows("t_small", 3)
    seen = Counter(item.tenant for _ in range(6) for item in Claims().take())
    assert seen == {"t_slow": 60, "t_small": 3}
    assert leased("t_slow") == 60
    # A lease that is over is nobody's work: whoever comes takes those rows over, and no more.
    Due.objects.filter(state=Due.State.LEASED, tenant="t_slow").update(lease_until=timezone.now() - SECOND)
    Claims().take()
    assert leased("t_slow") >= 50
    # And what is done makes room.
    Due.objects.filter(state=Due.State.LEASED).delete()
    assert {item.tenant for item in Claims().take()} == {"t_slow"}


def test_a_tenant_with_more_weight_gets_more_of_each_claim(settings: Any) -> None:
    settings.WORKFLOWS_WEIGHTS = f"{__name__}.heavy"
    forget_weights()
    for number in range(5):
        rows(f"t_{number}", 100, age=timedelta(hours=1))
    claims = Claims()
    claims.take()
    seen = Counter(item.tenant for item in claims.take())
    forget_weights()
    assert seen == {
        "t_0": PER_TENANT,
        "t_1": 3 * PER_TENANT,
        "t_2": PER_TENANT,
        "t_3": PER_TENANT,
        "t_4": PER_TENANT,
    }


def heavy() -> dict[str, int]:
    """One tenant counts three times."""
    return {"t_1": 3, "t_2": 1}


def test_urgent_work_goes_before_a_backlog_of_bulk() -> None:
    rows("t_a", 500, lane=2, age=timedelta(hours=1))
    rows("t_b", 3, lane=0)
    taken = Claims().take()
    assert [item.tenant for item in taken[:3]] == ["t_b"] * 3
    assert sum(item.lane == 2 for item in taken) == 10


class Hands:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        """Seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let them go by."""
        self.now += seconds


def test_what_falls_due_within_a_second_is_taken_and_begun_at_its_instant() -> None:
    """The claim answers what the database's clock said; from there on it sleeps to the instant, to the microsecond."""
    begun = []
    hands = Hands()
    with patch.dict(kinds._kinds), patch("workflows.drain.time", hands), patch("workflows.clock.time", hands):

        @kinds.due("test")
        def body(_ref: int) -> None:
            begun.append(hands.now)

        Due.objects.create(kind="test", ref=1, tenant="public", due_at=timezone.now() + 0.9 * SECOND)
        # As if claimed at once, however long that took: 0.4 s ahead.
        ahead = patch("workflows.claims._item", lambda row, clock: _item(row, Clock(row[4] - 0.4 * SECOND)))
        with ahead:
            assert drain() == 1
    assert begun == [pytest.approx(0.4, abs=1e-5)]


def test_what_is_due_later_is_left() -> None:
    Due.objects.create(kind="test", ref=1, tenant="public", due_at=timezone.now() + 60 * SECOND)
    assert Claims().take() == []


def test_lease_that_ran_out_is_claimed_by_another() -> None:
    rows("t_a", 1)
    (item,) = Claims().take()
    assert Claims().take() == []
    Due.objects.update(lease_until=timezone.now() - SECOND)
    (again,) = Claims().take()
    assert again.id == item.id
    assert again.token != item.token


def test_look_beside_many_sleepers_is_one_index_range() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workflows_due (kind, ref, tenant, due_at) SELECT 'test', n, 't_' || n %% 500,"
            " now() + interval '1 day' FROM generate_series(1, 20000) n",
            [],
        )
        cursor.execute("ANALYZE workflows_due")
    with pinned(in_order=False), connection.cursor() as cursor:
        for claim, index in ((CLAIM_OLDEST, "due_waiting"), (CLAIM_FAIRLY, "due_by_tenant")):
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {claim}", claim_values())
            (plan,) = cursor.fetchone()
            scans = [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") == "workflows_due"]
            assert {node["Node Type"] for node in scans} <= {"Index Scan", "Index Only Scan", "ModifyTable"}
            used = {node.get("Index Name") for node in scans} - {None}
            assert {index, "due_leased"} <= used <= {index, "due_leased", "workflows_due_pkey"}
            # Else it would look at each sleeper; fairly, only what goes from tenant to tenant has no bound.
            ranges = [node["Index Cond"] for node in scans if node.get("Index Name") == index]
            bounded = ["due_at <=" in each for each in ranges]
            assert all(bounded) if index == "due_waiting" else bounded.count(True) == len(LANES)
            assert sum(node.get("Rows Removed by Filter", 0) for node in scans) == 0
    with CaptureQueriesContext(connection) as found:
        assert drain() == 0
    assert len(found) == 1  # a tick, whatever the number of tenants and sleepers


def claim_values() -> dict[str, Any]:
    """What a claim is given."""
    values: dict[str, Any] = {"batch": BATCH, "token": uuid.uuid4(), "lease": 10 * SECOND, "ahead": SECOND}
    return values | {"behind": "", "each": PER_TENANT, "cap": 200, "weights": "{}"}


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The plan's nodes."""
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)
