"""Claiming due rows: a few index probes, whatever the number of tenants and of rows.

Rows are taken up to a second before their time, so that the one who took them can begin at the instant. In
quiet times the oldest go first, lane by lane. When a claim comes back full there is a backlog, and claims
turn fair: they walk from tenant to tenant and take a few rows of each, more of those with more weight, so that nobody
waits behind another's thousands. At no time has a tenant more rows leased than its cap: slow actions of one cannot keep
all workers. Rows whose lease ran out are claimed along with the others.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django_tenants.utils import schema_context

from workflows.clock import Clock
from workflows.crashes import reach
from workflows.sql import fetch
from workflows.weights import NONE, weights

BATCH = 50
PER_TENANT = 4
LOOK_AHEAD = timedelta(seconds=1)
LANES = (0, 1, 2)
#: Bulk work gets a part of each claim only.
SHARES = {0: BATCH, 1: BATCH, 2: 10}

# statement_timestamp() is a bound of an index range; clock_timestamp(), being volatile, would be a filter on every row.
# Losing a claim in a crash of the database costs nothing, so its commit is not waited for.
# One row comes back even if nothing was taken: it says whether there was more than was taken.
CLAIM = """
    WITH RECURSIVE quick AS MATERIALIZED (
        SELECT set_config('synchronous_commit', 'off', true)
    ), leased AS MATERIALIZED (
        SELECT tenant, count(*) AS rows FROM public.workflows_due
        WHERE state = 1 AND lease_until >= statement_timestamp() GROUP BY tenant
    ), {lanes}, expired AS (
        SELECT id FROM public.workflows_due WHERE state = 1 AND lease_until < statement_timestamp()
        ORDER BY lease_until LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE public.workflows_due SET state = 1, token = %(token)s, lease_until = clock_timestamp() + %(lease)s
        FROM quick WHERE id IN ({picked} UNION ALL SELECT id FROM expired)
        RETURNING id, kind, ref, tenant, due_at, attempts, token, lane, clock_timestamp()
    )
    SELECT {seen}, taken.* FROM (VALUES (0)) one LEFT JOIN taken ON true
"""
WEIGHT = "COALESCE((%(weights)s::jsonb ->> {tenant})::int, 1)"
#: How many more rows a tenant may have leased.
ROOM = (
    "GREATEST(0, %(cap)s * "
    + WEIGHT
    + " - COALESCE((SELECT rows FROM leased WHERE leased.tenant = {tenant}), 0))"
)
OLDEST = """
    seen{lane} AS (
        SELECT id, tenant, due_at FROM public.workflows_due
        WHERE state = 0 AND lane = {lane} AND due_at <= statement_timestamp() + %(ahead)s
        ORDER BY due_at LIMIT {share} FOR UPDATE SKIP LOCKED
    ), lane{lane} AS (
        SELECT id FROM (
            SELECT id, tenant, row_number() OVER (PARTITION BY tenant ORDER BY due_at) AS place FROM seen{lane}
        ) ranked WHERE place <= {room}
    )
"""
# A loose index scan: one probe a tenant that has rows in the lane, lazily, until the batch is full.
FAIR = """
    tenants{lane} AS (
        (SELECT tenant FROM public.workflows_due WHERE state = 0 AND lane = {lane} AND tenant > %(behind)s
            ORDER BY tenant LIMIT 1)
        UNION ALL
        SELECT (SELECT next.tenant FROM public.workflows_due next WHERE next.state = 0 AND next.lane = {lane}
            AND next.tenant > tenants{lane}.tenant ORDER BY next.tenant LIMIT 1)
        FROM tenants{lane} WHERE tenants{lane}.tenant IS NOT NULL
    ), lane{lane} AS (
        SELECT picked.id FROM tenants{lane} CROSS JOIN LATERAL (
            SELECT id FROM public.workflows_due WHERE state = 0 AND lane = {lane} AND tenant = tenants{lane}.tenant
                AND due_at <= statement_timestamp() + %(ahead)s
            ORDER BY due_at LIMIT LEAST(%(each)s * {weight}, {room}) FOR UPDATE SKIP LOCKED
        ) picked WHERE tenants{lane}.tenant IS NOT NULL LIMIT {share}
    )
"""
PICKED = " UNION ALL ".join(f"SELECT id FROM lane{lane}" for lane in LANES)


def _statement(part: str, tenant: str, seen: str) -> str:
    parts = [
        part.format(
            lane=lane,
            share=SHARES[lane],
            weight=WEIGHT.format(tenant=tenant.format(lane=lane)),
            room=ROOM.format(tenant=tenant.format(lane=lane)),
        )
        for lane in LANES
    ]
    return CLAIM.format(lanes=", ".join(parts), picked=PICKED, seen=seen)


SEEN = " + ".join(f"(SELECT count(*) FROM seen{lane})" for lane in LANES)
CLAIM_OLDEST = _statement(OLDEST, "ranked.tenant", f"{SEEN} >= %(batch)s")
CLAIM_FAIRLY = _statement(FAIR, "tenants{lane}.tenant", "(SELECT count(*) FROM taken) >= %(batch)s")


@dataclass(frozen=True, slots=True)
class Item:
    """One claimed row."""

    id: int
    kind: str
    ref: int
    tenant: str
    due_at: datetime
    attempts: int
    token: uuid.UUID
    lane: int
    clock: Clock

    def seconds_left(self) -> float:
        """Seconds until it is due; negative when it is over."""
        return self.clock.seconds_until(self.due_at)


class Claims:
    """One drain's claims, one after the other; what it remembers makes the next one fair."""

    def __init__(self) -> None:
        self._behind = ""
        self._is_crowded = False
        self._schema = "public"

    def take(self) -> list[Item]:
        """Lease what is due within the next second, and what dead workers left, in the order to do it."""
        items, is_full = self._claim(CLAIM_FAIRLY if self._is_crowded else CLAIM_OLDEST)
        if is_full and not self._is_crowded and len(items) < BATCH:
            # The oldest are of tenants at their cap: others' rows lie behind them.
            more, _ = self._claim(CLAIM_FAIRLY)
            items += more
        self._behind = (
            max((item.tenant for item in items), default="") if is_full and self._is_crowded else ""
        )
        self._is_crowded = is_full
        return items

    def _claim(self, sql: str) -> tuple[list[Item], bool]:
        """What one statement leased, and whether there is a backlog behind it."""
        values: dict[str, Any] = {
            "batch": BATCH,
            "token": uuid.uuid4(),
            "lease": timedelta(seconds=settings.WORKFLOWS_LEASE_SECONDS),
            "ahead": LOOK_AHEAD,
            "behind": self._behind,
            "each": PER_TENANT,
            "cap": settings.WORKFLOWS_LEASED_PER_TENANT,
            # Beside no backlog nobody needs more than anybody else, and a look stays one statement.
            "weights": weights() if sql is CLAIM_FAIRLY else NONE,
        }
        # The statement says where its table is, so that the search path of the last turns can stay.
        with schema_context(self._schema):
            rows = fetch(sql, values)
        reach("claim.taken")
        is_full = bool(rows[0][0])
        if rows[0][1] is None:
            return [], is_full
        clock = Clock(rows[0][-1])
        items = sorted((_item(row[1:], clock) for row in rows), key=lambda item: (item.lane, item.due_at))
        self._schema = items[-1].tenant
        return items, is_full


def _item(row: tuple[Any, ...], clock: Clock) -> Item:
    id, kind, ref, tenant, due_at, attempts, token, lane, _now = row
    return Item(id, kind, ref, tenant, due_at, attempts, token, lane, clock)
