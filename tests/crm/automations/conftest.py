"""Automations in Acme, and time for what they listen to."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django_tenants.utils import schema_context

from accounts.tenancy import tenant_context
from crm.automations import scanning
from crm.automations.listening.models import Listener
from crm.automations.models import Automation, RoutingRule, ScanPosition, SigningSecret
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.forms.models import Form
from crm.notifications.models import Notification
from crm.tasks.models import Task
from realtime.functions.call import call
from tests.cast import ACME, Cast, load_cast
from workflows.drain import drain
from workflows.models import Due
from workflows.runs.models import Run, Schedule

Make = Callable[..., int]


@pytest.fixture(scope="module")
def cast(committed_db: str) -> Cast:
    """The people; what tests write is committed, as only that is in the change log."""
    return load_cast()


@pytest.fixture
def acme(cast: Cast) -> Iterator[None]:
    """The test runs inside Acme, which is empty."""
    Due.objects.all().delete()
    Listener.objects.all().delete()
    with tenant_context(ACME):
        for model in (
            Automation,
            RoutingRule,
            ScanPosition,
            SigningSecret,
            Run,
            Schedule,
            Notification,
            Task,
            Deal,
            Form,
            Contact,
        ):
            model._base_manager.all().delete()
        yield


@pytest.fixture
def make(acme: None, cast: Cast) -> Make:
    """``make(trigger, *steps, only_if=...)``: a published automation's id; the test runs inside Acme."""
    numbers = iter(range(1_000))

    def make(trigger: dict[str, Any], *steps: dict[str, Any], publish: bool = True, **more: Any) -> int:
        ctx = cast.olivia.context()
        made = call("automations.create_automation", ctx, {"name": f"A{next(numbers)}"})
        definition = {"trigger": trigger, "steps": named(steps), **more}
        args = {"automation_id": made["id"], "changes": {"definition": definition}}
        call("automations.update_automation", cast.olivia.context(), args)
        if publish:
            call("automations.publish_automation", cast.olivia.context(), {"automation_id": made["id"]})
        return int(made["id"])

    return make


def named(steps: Any, prefix: str = "s") -> list[dict[str, Any]]:
    """Steps with ids: s0, s1, and s1y0 in the first way of s1."""
    found = []
    for number, step in enumerate(steps):
        own = {"id": f"{prefix}{number}", **step}
        for way in ("yes", "no"):
            if way in own:
                own[way] = named(own[way], f"{own['id']}{way[0]}")
        found.append(own)
    return found


def settle(rounds: int = 3) -> None:
    """Let everything that is due be done, and what comes of its changes."""
    for _ in range(rounds):
        with schema_context("public"), transaction.atomic():
            scanning.look(0)
        Due.objects.filter(kind=scanning.LOOK).delete()
        drain(5)
