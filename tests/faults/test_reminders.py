"""A worker killed anywhere on the way to a reminder: its owner is told exactly once nevertheless."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import OutgoingEmail
from accounts.tenancy import tenant_context
from crm.notifications.models import Notification
from crm.tasks.models import Task
from realtime.functions.call import call
from tests.cast import ACME, load_cast
from tests.faults.workers import Workers, workers
from workflows.models import Due
from workflows.testing import advance, expire_leases

pytestmark = pytest.mark.faults
POINTS = ["claim.taken", "run.loaded", "step.body_done", "step.journaled", "step.rearmed", "step.committed"]


@pytest.fixture(scope="module")
def crew(committed_db: str) -> Iterator[Workers]:
    with workers(committed_db, WORKFLOWS_LEASE_SECONDS="2") as crew:
        yield crew


@pytest.mark.parametrize("point", POINTS)
def test_exactly_one_notification(crew: Workers, point: str) -> None:
    Due.objects.all().delete()
    alice = load_cast().alice
    due_at = datetime.now(UTC) + timedelta(days=2)
    args = {"title": f"Killed at {point}", "due_at": due_at, "reminders": [{"minutes_before": 0}]}
    with tenant_context(ACME):
        call("tasks.create_task", alice.context(), args)
    advance(timedelta(days=3))
    assert crew.run(point) == -9
    expire_leases()
    assert crew.run() == 0
    with tenant_context(ACME):
        told = Notification.objects.filter(title=args["title"], member_id=alice.member_id)
        assert told.count() == 1
        assert not Due.objects.filter(kind="run").exists()
        told.delete()
        Task.objects.all().delete()
    assert OutgoingEmail.objects.filter(subject=f"Reminder: {args['title']}").count() == 1
