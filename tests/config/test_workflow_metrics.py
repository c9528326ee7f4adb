"""What /metrics says of workflows and automations, from public tables alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant_context
from realtime import metrics
from tests.cast import ACME, GLOBEX, Cast
from workflows import start, stuck
from workflows.runs.models import Run
from workflows.testing import advance

pytestmark = pytest.mark.django_db


def numbers() -> dict[str, float]:
    """The gauges that the database is asked for, by name and labels."""
    with CaptureQueriesContext(connection) as queries:
        text = Client(SERVER_NAME="localhost").get("/metrics").content.decode()
    assert not [query for query in queries if ACME in query["sql"] or GLOBEX in query["sql"]]
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_lag_timers_and_dead_letters(acme: str, cast: Cast) -> None:
    before = metrics.run_starts.labels("member_onboarding")._value.get()
    start("member_onboarding", {"member_id": cast.bob.member_id})
    assert metrics.run_starts.labels("member_onboarding")._value.get() == before + 1
    advance(timedelta(minutes=5))
    with tenant_context(GLOBEX):
        later = start("member_onboarding", {"member_id": cast.charlie.member_id}, delay=timedelta(days=1))
    stuck.follow(7, "trial", "running", "failed", "It broke.")
    found = numbers()
    assert 299 < found['crm_due_late_seconds{kind="run"}'] < 400
    assert found['crm_due_late{kind="run"}'] == 1
    assert 299 < found["crm_workflow_oldest_timer_seconds"] < 400
    assert (found['crm_workflow_stuck{status="failed"}'], found['crm_workflow_stuck{status="blocked"}']) == (
        1,
        0,
    )
    assert found['crm_due_late{kind="automations.scan"}'] == 0
    assert found["crm_database_up"] == 1
    with tenant_context(ACME):
        Run.objects.all().delete()
    assert later


def test_without_any_run_no_timer_is_named(acme: str) -> None:
    connection.cursor().execute("DELETE FROM workflows_due")
    found = numbers()
    assert "crm_workflow_oldest_timer_seconds" not in found
    assert found["crm_due_oldest_seconds"] == 0
