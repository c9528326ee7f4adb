"""Claims beside each other: what another worker has locked is passed over, never waited for."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from workflows.claims import Claims
from workflows.models import Due

LOCK = "SELECT 1 FROM workflows_due WHERE ref = 1 FOR UPDATE"


@pytest.mark.parametrize("which", ["oldest", "fair", "expired"])
def test_what_another_worker_has_locked_is_passed_over(committed_db: str, which: str) -> None:
    past = timezone.now() - timedelta(seconds=1)
    state, lease = (Due.State.LEASED, past) if which == "expired" else (Due.State.WAITING, None)
    Due.objects.all().delete()
    Due.objects.bulk_create(
        Due(kind="test", ref=number, tenant=f"t_{number}", due_at=past, lane=1, state=state, lease_until=lease,
            attempts=0, error="")
        for number in (1, 2, 3)
    )  # fmt: skip
    claims = Claims()
    claims._is_crowded = which == "fair"
    with psycopg.connect(committed_db) as other, transaction.atomic():
        other.execute(LOCK)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1s'")
        assert sorted(item.ref for item in claims.take()) == [2, 3]
