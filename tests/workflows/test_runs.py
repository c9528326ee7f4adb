"""Runs from start to end: steps, replay, timers, errors."""

from datetime import timedelta

import pytest

from crm.tasks.models import Task
from tests.cast import Cast
from tests.workflows import example
from workflows import start
from workflows.drain import drain
from workflows.models import Due
from workflows.runs.models import Run, StepRun
from workflows.testing import advance

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acme")]


def titles() -> list[str]:
    return list(Task.objects.order_by("id").values_list("title", flat=True))


def test_steps_are_done_in_order_and_wait_for_their_time(cast: Cast) -> None:
    run_id = start(example.onboarding, {"owner_id": cast.alice.member_id})
    drain()
    assert titles() == ["Welcome"]
    assert Run.objects.get(pk=run_id).status == "waiting"
    drain()
    assert titles() == ["Welcome"]
    advance(timedelta(days=2, hours=23))
    drain()
    assert titles() == ["Welcome"]
    advance(timedelta(hours=1))
    drain()
    assert titles() == ["Welcome", "Ask", "Check"]
    run = Run.objects.get(pk=run_id)
    assert (run.status, run.result) == ("completed", "Check")
    assert not Due.objects.filter(kind="run").exists()
    assert list(StepRun.objects.order_by("seq").values_list("key", "status")) == [
        ("tasks.create_task#1", "done"),
        ("tasks.create_task#2", "done"),
        ("tasks.create_task#3", "done"),
        ("tasks.get_task#1", "done"),
    ]
