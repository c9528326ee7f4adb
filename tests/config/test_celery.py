"""A worker that lives and hears nothing connects anew; the fault that makes it so is in tests/faults."""

import time
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from celery.worker import state

from config.celery import Listening, app


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The step of a worker that heard something last a minute ago."""
    step = Listening(Mock())
    step.start(SimpleNamespace(timer=Mock()))
    monkeypatch.setattr(Listening, "heard", time.monotonic() - 60)
    return step


def test_silence_is_a_lost_connection(silent: Any) -> None:
    assert Listening in app.steps["consumer"]
    with pytest.raises(ConnectionError):
        silent.look()


def test_a_worker_with_something_to_do_or_a_new_connection_is_left_alone(
    silent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(state, "reserved_requests", {object()})
        silent.look()
    silent.start(SimpleNamespace(timer=Mock()))
    silent.look()
