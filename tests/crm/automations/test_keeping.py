from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from crm.automations import keeping
from crm.automations.models import Automation, AutomationRun
from workflows.drain import drain
from workflows.models import Due
from workflows.runs.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def automation(acme: str) -> Automation:
    return Automation.objects.create(name="Greet", draft={})


def history(automation: Automation, days: int, run_id: int | None = None) -> AutomationRun:
    """A row of so many days ago."""
    at = timezone.now() - timedelta(days=days)
    return AutomationRun.objects.create(
        automation=automation, number=1, object="contact", record_id=1, started_at=at, run_id=run_id
    )


def test_old_rows_go_unless_their_run_is_under_way(automation: Automation) -> None:
    common = {"workflow": "automations.contact", "version": 1, "code_hash": "", "args": {}}
    live = Run.objects.create(**common, status="waiting")
    over = Run.objects.create(**common, status="completed", finished_at=timezone.now())
    kept = [history(automation, 401, live.pk), history(automation, 399), history(automation, 1)]
    history(automation, 401, over.pk)
    history(automation, 500)
    assert keeping.delete_old() == 2
    assert list(AutomationRun.objects.order_by("pk")) == kept


def test_each_tenant_has_its_turn_and_comes_again_while_there_is_more(automation: Automation) -> None:
    for _ in range(5):
        history(automation, 500)
    Due.objects.all().delete()
    keeping.tend_tenants(0)
    assert set(Due.objects.values_list("kind", flat=True)) == {"automations.keep_tenant"}
    Due.objects.update(due_at=timezone.now())
    with patch.object(keeping, "BATCH", 2):
        drain()
    assert not AutomationRun.objects.exists()
    assert not Due.objects.exists()
