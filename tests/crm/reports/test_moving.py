"""Members who work while their firm changes its time zone: every record is on its day, by the clock of the end."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

from django.db import connection

from accounts.tenancy import tenant_context
from crm.reports.models import DailyTotal
from realtime.functions.call import call
from tests.cast import ACME, Cast
from tests.crm.reports.test_totals import fresh, kept

WRITERS = 3
ZONES = ("Pacific/Auckland", "America/New_York", "Asia/Tokyo")
START = datetime(2026, 3, 1, tzinfo=UTC)


def test_nothing_counts_by_two_clocks(committed_db: str, cast: Cast) -> None:
    with tenant_context(ACME):
        contact = call("contacts.create_contact", cast.olivia.context(), {"first_name": "Ada"})["id"]
    moved = Event()

    def write(number: int) -> int:
        dice, written = random.Random(number), 0
        try:
            with tenant_context(ACME):
                while not moved.is_set() or written < 5:
                    moment = (START + timedelta(hours=dice.randrange(500))).isoformat()
                    args = {"contact_id": contact, "kind": "call", "body": "Hi", "occurred_at": moment}
                    call("activities.create_activity", cast.olivia.context(), args)
                    written += 1
        finally:
            connection.close()
        return written

    with ThreadPoolExecutor(WRITERS) as pool:
        counts = pool.map(write, range(WRITERS))
        try:
            for zone in ZONES * 8:
                with tenant_context(ACME):
                    args = {"changes": {"time_zone": zone}}
                    call("accounts.update_tenant", cast.olivia.context(), args)
        finally:
            moved.set()
        written = sum(counts)
    with tenant_context(ACME):
        assert kept() == fresh(ZONES[-1])
        assert sum(DailyTotal.objects.filter(metric="call").values_list("count", flat=True)) == written
