"""A worker that lives and takes nothing connects anew; the fault that makes it so is in tests/faults."""

import subprocess
import sys
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from celery.worker import state
from kombu import Connection

from config.celery import Listening, app
from config.programs import ROOT

#: What a worker does when it loads.
LOAD = "import sys, config.celery as c; c.app.loader.import_default_modules(); print('config.urls' in sys.modules)"


@pytest.fixture
def stuck() -> Any:
    """The step of a worker to which a message was delivered that it neither works on nor has acknowledged."""
    channel = Connection("memory://").channel()
    channel.qos.append(Mock(), "tag")
    step = Listening(Mock())
    step.start(SimpleNamespace(timer=Mock(), task_consumer=SimpleNamespace(channel=channel)))
    return step


def test_a_message_that_nobody_works_on_is_a_lost_connection(stuck: Any) -> None:
    assert Listening in app.steps["consumer"]
    stuck.look()
    with pytest.raises(ConnectionError):
        stuck.look()


def test_a_worker_that_works_or_has_acknowledged_is_left_alone(
    stuck: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(state, "reserved_requests", {object()})
        for _ in range(3):
            stuck.look()
    stuck.parent.task_consumer.channel.qos.ack("tag")
    for _ in range(3):
        stuck.look()


def test_a_worker_loads_no_pages() -> None:
    """Django's checks would; `manage.py prepare` has made them."""
    worker = subprocess.run(
        [sys.executable, "-c", LOAD], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert worker.stdout.split() == ["False"]
