"""Workflows that a test defines are gone after it."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from tests.cast import Cast
from tests.workflows import example
from workflows import activation, registry


@pytest.fixture(autouse=True)
def own_workflows() -> Iterator[None]:
    """Each test has a registry of its own, and no calls from before."""
    example.CALLS.clear()
    example.TROUBLE.clear()
    activation._refusing.clear()
    with patch.object(
        registry, "_workflows", {name: dict(found) for name, found in registry._workflows.items()}
    ):
        yield


@pytest.fixture(autouse=True)
def long_leases(settings: Any) -> None:
    """However slow the machine, a lease ends only where a test says so."""
    settings.WORKFLOWS_LEASE_SECONDS = 3600


@pytest.fixture
def owner(acme: str, cast: Cast) -> int:
    """The member who gets the tasks; the test runs inside Acme."""
    return cast.alice.member_id
