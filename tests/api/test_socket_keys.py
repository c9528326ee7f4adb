"""Keys that do not work are counted wherever they are tried."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from api import authentication
from api.sockets import resolve_socket
from realtime.functions import NotFound, RateLimited, Unauthenticated
from tests.api.conftest import MakeClient
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("acme")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "API_WRONG_KEYS_PER_ADDRESS", 3)
    authentication.limits.cache_clear()
    yield
    authentication.limits.cache_clear()


def scope(address: str, host: str = "localhost", key: str = "") -> dict[str, Any]:
    headers = [(b"host", host.encode())]
    if key:
        headers.append((b"authorization", f"Bearer {key}".encode()))
    return {"headers": headers, "client": [address, 1]}


def test_whoever_tries_keys_has_to_wait() -> None:
    for number in range(3):
        with pytest.raises(Unauthenticated):
            resolve_socket(scope("192.0.2.7"), key=f"crm_{number}")
    for attempt in ({"key": "crm_x"}, {"ticket": "x"}):
        with pytest.raises(RateLimited):
            resolve_socket(scope("192.0.2.7"), **attempt)
    with pytest.raises(RateLimited):
        resolve_socket(scope("192.0.2.7", key="crm_x"))
    with pytest.raises(Unauthenticated):
        resolve_socket(scope("192.0.2.8"), key="crm_x")


def test_a_key_on_another_tenants_host_counts_too(client_of: MakeClient, cast: Cast) -> None:
    key = client_of(cast.alice).key
    for _ in range(3):
        with pytest.raises(NotFound):
            resolve_socket(scope("192.0.2.9", "globex.localhost"), key=key)
    with pytest.raises(RateLimited):
        resolve_socket(scope("192.0.2.9", "globex.localhost"), key=key)


def test_a_page_without_a_session_and_a_key_that_works_cost_nothing(
    client_of: MakeClient, cast: Cast
) -> None:
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            resolve_socket(scope("192.0.2.10"))
    key = client_of(cast.alice).key
    for _ in range(5):
        assert resolve_socket(scope("192.0.2.10"), key=key).actor.id == cast.alice.member_id
