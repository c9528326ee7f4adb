"""A worker killed while a trial ends or money comes: one email each, one standing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db.models import F

from accounts.actor import system_context
from accounts.billing.changing import begin_trial
from accounts.billing.models import Subscription
from accounts.models import OutgoingEmail, Tenant
from accounts.tenancy import public_context, tenant_context
from realtime.functions.call import call
from tests.cast import ACME
from tests.faults.workers import Workers, workers
from workflows.models import Due
from workflows.runs.models import Run
from workflows.testing import advance, expire_leases

pytestmark = pytest.mark.faults
TIMES = ("started_at", "since", "trial_ends_at", "grace_ends_at")


@pytest.fixture(scope="module")
def crew(committed_db: str) -> Iterator[Workers]:
    with workers(committed_db, WORKFLOWS_LEASE_SECONDS="2") as crew:
        yield crew


@pytest.fixture
def trial() -> Iterator[Subscription]:
    """Acme's trial is over by a minute, and nobody has worked yet."""
    Due.objects.all().delete()
    with tenant_context(ACME):
        made = begin_trial(Tenant.objects.get(schema_name=ACME))
        assert made is not None
    yield made
    with tenant_context(ACME):
        Run.objects.all().delete()
    made.delete()
    Tenant.objects.filter(schema_name=ACME).update(
        standing="active", seats=None, plan="", trial_ends_at=None, grace_ends_at=None
    )
    OutgoingEmail.objects.all().delete()


def pass_days(days: int) -> None:
    by = timedelta(days=days)
    advance(by)
    Subscription.objects.update(**{name: F(name) - by for name in TIMES})


@pytest.mark.parametrize("point", ["step.body_done", "step.committed"])
def test_killed_between_the_steps(crew: Workers, trial: Subscription, point: str) -> None:
    assert crew.run(point) == -9  # in the welcome, or just after it
    expire_leases()
    assert crew.run() == 0
    pass_days(16)
    assert crew.run(point) == -9  # while the trial ends
    expire_leases()
    assert crew.run() == 0
    with public_context():
        assert Tenant.objects.get(schema_name=ACME).standing == "past_due"
        subjects = list(OutgoingEmail.objects.values_list("subject", flat=True))
    assert len(subjects) == len(set(subjects))
    with tenant_context(ACME):
        call("billing.unlock_tenant", system_context(ACME), {})
    assert crew.run("step.body_done") == -9  # in the thanks
    expire_leases()
    assert crew.run() == 0
    with tenant_context(ACME):
        assert Run.objects.get(workflow="trial").status == "completed"
    assert OutgoingEmail.objects.filter(subject="Acme is open: thank you").count() == 1
