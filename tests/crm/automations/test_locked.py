"""A workspace that nobody pays for: its runs rest where they are, and go on when it is open again."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.actor import system_context
from accounts.billing.changing import subscribe
from accounts.billing.models import Subscription
from accounts.models import Tenant
from crm.tasks.models import Task
from realtime.functions.call import call
from tests.cast import ACME, Cast
from tests.crm.automations.conftest import Make, settle
from tests.crm.automations.test_runs import BY_HAND, contact_of, go
from workflows.models import Due
from workflows.registry import all_workflows
from workflows.runs.models import Run
from workflows.testing import advance


@pytest.fixture
def paid(acme: None) -> Any:
    """Acme pays."""
    tenant = Tenant.objects.get(schema_name=ACME)
    yield subscribe(tenant, "team", 50)
    Subscription.objects.all().delete()
    Tenant.objects.filter(pk=tenant.pk).update(standing="active", seats=None, plan="")


def test_runs_of_a_locked_workspace_rest_and_lose_nothing(make: Make, cast: Cast, paid: Subscription) -> None:
    task = {"kind": "create_task", "title": "Call"}
    automation = make(BY_HAND, {"kind": "wait", "days": 2}, task, {"kind": "wait", "days": 1}, task)
    run = go(cast, automation, contact_of(cast))
    call("billing.lock_tenant", system_context(ACME), {})
    advance(timedelta(days=30))
    settle()
    resting = Run.objects.get(pk=run.pk)
    assert (resting.status, (resting.error or {})["code"], Task.objects.count()) == ("waiting", "held", 0)
    assert not Due.objects.filter(
        kind="run", ref=run.pk, tenant=ACME
    ).exists()  # nobody looks at it meanwhile

    call("billing.unlock_tenant", system_context(ACME), {})
    settle()
    going = Run.objects.get(pk=run.pk)
    # The second wait begins when it is reached, so a month behind the lock does not make it pass at once.
    assert (going.status, going.error, Task.objects.count()) == ("waiting", None, 1)
    advance(timedelta(days=1))
    settle()
    assert (Run.objects.get(pk=run.pk).status, Task.objects.count()) == ("completed", 2)


def test_a_run_that_was_set_resting_by_hand_is_not_released(
    make: Make, cast: Cast, paid: Subscription
) -> None:
    automation = make(BY_HAND, {"kind": "wait", "days": 2}, {"kind": "create_task", "title": "Call"})
    run = go(cast, automation, contact_of(cast))
    call("runs.pause_run", cast.olivia.context(), {"run_id": run.pk})
    call("billing.lock_tenant", system_context(ACME), {})
    advance(timedelta(days=3))
    call("billing.unlock_tenant", system_context(ACME), {})
    settle()
    assert (Run.objects.get(pk=run.pk).status, Task.objects.count()) == ("paused", 0)


def test_what_the_product_does_by_itself_rests_and_the_trial_does_not() -> None:
    resting = {one.name for one in all_workflows() if one.rests_when_held}
    names = {one.name for one in all_workflows()}
    assert {name for name in names if name.startswith(("automations.", "sequences."))} <= resting
    assert "trial" in names - resting
