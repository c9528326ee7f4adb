"""Jobs carry the tenant of whoever sends them, and leave nothing of it in the worker."""

import json
import threading

import pytest
import redis
from celery import current_app
from celery.app.task import Context
from django.conf import settings

from accounts.tenancy import current_schema, tenant_context
from config.celery import app, enter_tenant, leave_tenant
from workflows.jobs import drain_due

pytestmark = pytest.mark.django_db


def sent() -> dict[str, object]:
    """The headers of the last message in the broker's queue."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        headers: dict[str, object] = json.loads(client.lindex("celery", 0))["headers"]
    return headers


def test_message_names_the_tenant() -> None:
    with tenant_context("t_acme"):
        drain_due.delay()
    assert sent()["tenant"] == "t_acme"
    drain_due.delay()
    assert sent()["tenant"] == "public"


def test_job_runs_in_its_messages_tenant_and_the_next_one_in_public() -> None:
    drain_due.request_stack.push(Context(tenant="t_acme"))
    try:
        enter_tenant(task=drain_due)
        assert current_schema() == "t_acme"
        leave_tenant()
        assert current_schema() == "public"
    finally:
        drain_due.request_stack.pop()


def test_every_thread_sends_through_our_application() -> None:
    found = []
    thread = threading.Thread(target=lambda: found.append(current_app._get_current_object()))
    thread.start()
    thread.join()
    assert found == [app]
