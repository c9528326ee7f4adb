"""Rate limits against a real Valkey."""

import logging
import re
import time
from typing import Any

import pytest
import redis
from django.conf import settings
from django.test import Client

from api import authentication
from api.rate_limits import Budget, RateLimits
from tests.api.conftest import ApiClient, MakeClient
from tests.cast import Cast

HOUR = 3600


@pytest.fixture
def limits(db: None) -> RateLimits:
    return RateLimits(settings.REDIS_URL)


def test_a_budget_lets_its_quota_through_and_no_more(limits: RateLimits) -> None:
    began = time.monotonic()
    budget = Budget("key", "a", quota=5, window=HOUR)
    verdicts = [limits.spend((budget,)) for _ in range(7)]
    assert [verdict.wait == 0 for verdict in verdicts if verdict] == [True] * 5 + [False] * 2
    assert [verdict.spent[0].remaining for verdict in verdicts if verdict] == [4, 3, 2, 1, 0, 0, 0]
    assert verdicts[5] is not None
    assert HOUR / 5 - (time.monotonic() - began) - 0.1 < verdicts[5].wait <= HOUR / 5


def test_it_fills_again_evenly(limits: RateLimits) -> None:
    budget = Budget("key", "b", quota=2, window=HOUR)
    for _ in range(2):
        limits.spend((budget,))
    refused = limits.spend((budget,))
    assert refused is not None
    assert 0 < refused.wait <= HOUR / 2
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.decrby(budget.key, int((refused.wait + 0.02) * 1_000_000))  # so much time goes by
    passed = limits.spend((budget,))
    assert passed is not None
    assert (passed.wait, passed.spent[0].remaining) == (0, 0)


def test_a_request_that_one_budget_refuses_is_charged_to_none(limits: RateLimits) -> None:
    small, large = Budget("key", "c", 1, HOUR), Budget("tenant", "c", 10, HOUR)
    for _ in range(4):
        limits.spend((small, large))
    last = limits.spend((large,))
    assert last is not None
    assert last.spent[0].remaining == 8


def test_subjects_do_not_share(limits: RateLimits) -> None:
    for subject in ("d", "e"):
        verdict = limits.spend((Budget("key", subject, 1, HOUR),))
        assert verdict is not None
        assert verdict.wait == 0


def test_headers_say_what_is_left(olivia: ApiClient, settings: Any) -> None:
    settings.API_REQUESTS_PER_KEY, settings.API_REQUESTS_PER_TENANT, settings.API_RATE_WINDOW_SECONDS = (
        3,
        100,
        60,
    )
    answers = [olivia.get("/contacts") for _ in range(4)]
    assert answers[0].headers["RateLimit-Policy"] == '"key";q=3;w=60, "tenant";q=100;w=60'
    assert re.fullmatch(r'"key";r=2;t=20, "tenant";r=99;t=1', answers[0].headers["RateLimit"])
    answers[3].refused(429, "rate_limited")
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 21
    assert '"key";r=0;' in answers[3].headers["RateLimit"]


def test_all_keys_of_a_tenant_share_its_budget(cast: Cast, client_of: MakeClient, settings: Any) -> None:
    settings.API_REQUESTS_PER_TENANT = 2
    first, second = client_of(cast.olivia), client_of(cast.alice)
    assert [first.get("/me").status, second.get("/me").status, first.get("/me").status] == [200, 200, 429]
    assert client_of(cast.charlie).get("/me").status == 200


def test_without_redis_requests_pass_and_the_log_says_so(
    olivia: ApiClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    dead = RateLimits("redis://127.0.0.1:1/0")
    monkeypatch.setattr(authentication, "limits", lambda: dead)
    with caplog.at_level(logging.WARNING):
        answers = [olivia.get("/me") for _ in range(3)]
    assert [answer.status for answer in answers] == [200] * 3
    assert "RateLimit" not in answers[0].headers
    assert sum("Rate limits are off" in record.message for record in caplog.records) == 1


def test_wrong_keys_are_limited_by_address(
    client: Client, cast: Cast, client_of: MakeClient, settings: Any
) -> None:
    settings.API_WRONG_KEYS_PER_ADDRESS = 3

    def knock(address: str, key: str = "crm_12345678_nothing") -> int:
        headers = {"Authorization": f"Bearer {key}", "Host": "localhost"}
        return client.get("/api/v1/me", headers=headers, REMOTE_ADDR=address).status_code

    assert [knock("203.0.113.7") for _ in range(4)] == [401, 401, 401, 429]
    assert knock("::ffff:203.0.113.7") == 429
    assert knock("203.0.113.8") == 401
    assert [knock(f"2001:db8::{n}") for n in range(4)] == [401, 401, 401, 429]
    assert knock("2001:db8:0:1::1") == 401


def test_a_key_that_works_is_let_in_beside_wrong_ones(
    olivia: ApiClient, client: Client, settings: Any
) -> None:
    settings.API_WRONG_KEYS_PER_ADDRESS = 1
    wrong = {"Authorization": "Bearer crm_12345678_nothing", "Host": "localhost"}
    assert [client.get("/api/v1/me", headers=wrong).status_code for _ in range(2)] == [401, 429]
    refused = client.get("/api/v1/me", headers=wrong)
    assert refused.json()["code"] == "rate_limited"
    assert int(refused.headers["Retry-After"]) >= 1
    assert olivia.get("/me").status == 200
