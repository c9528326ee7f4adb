"""How many requests a key and its tenant may make, counted in Redis in one atomic round trip.

Each budget is a leaky bucket kept as one number, the time at which it will be full again (the "theoretical
arrival time" of the generic cell rate algorithm, ITU-T I.371): a request is let through if that time lies
less than one window ahead, and pushes it ahead by window / quota. No counter resets at a window's edge, so
that nobody gets two quotas in a row.

Headers: draft-ietf-httpapi-ratelimit-headers-10.
"""

import logging
import time
from dataclasses import dataclass

import redis
from django.conf import settings
from redis.commands.core import Script

from accounts.hosts import network_of
from realtime.functions import RateLimited

logger = logging.getLogger(__name__)

#: While Redis is away requests pass uncounted, and it is asked again after this many seconds.
RETRY_SECONDS = 2.0
#: A Redis that takes longer is away.
ANSWER_SECONDS = 0.3

# KEYS: one a budget. ARGV: quota and window in microseconds a budget, in turn. All budgets let the request
# through or none is charged. Answers: the microseconds to wait (0: let through), then for each budget what
# remains and the microseconds until it is full again.
SCRIPT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local wait, full = 0, {}
for i, key in ipairs(KEYS) do
  local quota, window = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  full[i] = math.max(tonumber(redis.call('GET', key) or now), now)
  wait = math.max(wait, full[i] + window / quota - now - window)
end
local answer = {math.ceil(wait)}
for i, key in ipairs(KEYS) do
  local quota, window = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  if wait <= 0 then
    full[i] = full[i] + window / quota
    redis.call('SET', key, string.format('%.0f', full[i]), 'PX', math.ceil((full[i] - now) / 1000) + 1)
  end
  local left = math.floor((window - (full[i] - now)) * quota / window + 0.000001)
  answer[#answer + 1] = math.max(0, left)
  answer[#answer + 1] = math.ceil(full[i] - now)
end
return answer
"""


@dataclass(frozen=True, slots=True)
class Budget:
    """``quota`` requests in ``window`` seconds for whoever the name and the subject say."""

    name: str
    subject: str
    quota: int
    window: int

    @property
    def key(self) -> str:
        return f"rate:{self.name}:{self.subject}"

    @property
    def policy(self) -> str:
        """An item of the RateLimit-Policy header."""
        return f'"{self.name}";q={self.quota};w={self.window}'


@dataclass(frozen=True, slots=True)
class Spent:
    """What a budget has left after a request."""

    budget: Budget
    remaining: int
    full_in: float

    @property
    def header(self) -> str:
        """An item of the RateLimit header."""
        return f'"{self.budget.name}";r={self.remaining};t={int(self.full_in + 0.999)}'


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may pass; ``wait`` is in seconds, 0 if it may."""

    wait: float
    spent: tuple[Spent, ...]


class RateLimits:
    """Budgets in one Redis. Never in the way: without Redis every request passes, and a log line says so."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS
        )
        self._script: Script = self._redis.register_script(SCRIPT)
        self._silent_until = 0.0

    def spend(self, budgets: tuple[Budget, ...]) -> Verdict | None:
        """Charge one request to all budgets, or to none if one of them is used up; None without Redis."""
        if time.monotonic() < self._silent_until:
            return None
        arguments = [part for b in budgets for part in (b.quota, b.window * 1_000_000)]
        try:
            wait, *rest = self._ask([budget.key for budget in budgets], arguments)
        except redis.RedisError as error:
            self._silent_until = time.monotonic() + RETRY_SECONDS
            logger.warning("Rate limits are off, as Redis does not answer: %s", error)
            return None
        pairs = zip(budgets, rest[::2], rest[1::2], strict=True)
        return Verdict(wait / 1e6, tuple(Spent(b, left, full / 1e6) for b, left, full in pairs))

    def _ask(self, keys: list[str], arguments: list[int]) -> list[int]:
        """What the script answers. The client's own way costs three times as much: it is taken where this one fails,
        as it connects anew, and loads the script where Redis does not know it."""
        pool = self._redis.connection_pool
        connection = pool.get_connection()
        try:
            sha = self._script.sha  # type: ignore[attr-defined]  # the stubs leave it out
            connection.send_command("EVALSHA", sha, len(keys), *keys, *arguments)
            answer: list[int] = connection.read_response()
        except (redis.ConnectionError, redis.exceptions.NoScriptError):
            answer = self._script(keys=keys, args=arguments)
        finally:
            pool.release(connection)
        return answer


def budgets_of(tenant: str, credential: str) -> tuple[Budget, ...]:
    """The budgets that a request of the credential spends from."""
    window = settings.API_RATE_WINDOW_SECONDS
    return (
        budget_of_key(tenant, credential),
        Budget("tenant", tenant, settings.API_REQUESTS_PER_TENANT, window),
    )


def budget_of_key(tenant: str, credential: str) -> Budget:
    """What the credential has for itself."""
    quota, window = settings.API_REQUESTS_PER_KEY, settings.API_RATE_WINDOW_SECONDS
    return Budget("key", f"{tenant}:{credential}", quota, window)


def budget_of_wrong_keys(address: str) -> Budget:
    """What an address has for keys that do not work."""
    quota, window = settings.API_WRONG_KEYS_PER_ADDRESS, settings.API_RATE_WINDOW_SECONDS
    return Budget("wrong-key", network_of(address), quota, window)


def headers(verdict: Verdict) -> list[tuple[str, str]]:
    """RateLimit and RateLimit-Policy."""
    return [
        ("RateLimit-Policy", ", ".join(spent.budget.policy for spent in verdict.spent)),
        ("RateLimit", ", ".join(spent.header for spent in verdict.spent)),
    ]


def refuse(verdict: Verdict) -> None:
    """RateLimited if the request has to wait."""
    if verdict.wait > 0:
        raise RateLimited("Slow down: Retry-After says how long to wait.", retry_after=verdict.wait)
