"""Who calls the API: the bearer key, checked and charged before anything else."""

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from ninja.security.base import AuthBase

from accounts.authentication import visit
from api import rate_limits
from realtime.functions import Context, RateLimited, Unauthenticated

HINT = "Send your API key: 'Authorization: Bearer <key>'."


@lru_cache(maxsize=1)
def limits() -> rate_limits.RateLimits:
    """The process's rate limits."""
    return rate_limits.RateLimits(settings.REDIS_URL)


class BearerKey(AuthBase):
    """An API key in the Authorization header. ``request.auth`` becomes the caller's context."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = (
        "An API key of one member, as `manage.py create_api_key` or the settings page shows it once."
    )

    def __call__(self, request: HttpRequest) -> Context:
        came = visit(
            host=request.get_host(),
            key=bearer_token(request),
            address=request.META.get("REMOTE_ADDR"),
            request_id=getattr(request, "request_id", ""),
        )
        if came.context is None:
            charge_wrong_key(request)
            raise came.refusal or Unauthenticated(HINT)
        charge(request, rate_limits.budgets_of(came.context.schema, came.context.actor.credential))
        return came.context


def caller_of(request: HttpRequest) -> Context:
    """The context that BearerKey, or an address of its own, has found for the request."""
    found: Context = request.auth  # type: ignore[attr-defined]  # Ninja sets it
    return found


def bearer_token(request: HttpRequest) -> str:
    """The key as sent; Unauthenticated if there is none."""
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(HINT)
    return str(token.strip())


def charge_wrong_key(request: HttpRequest) -> None:
    """Whoever tries keys has to wait, and so has a client that does not notice that its key was revoked."""
    charge_address(request.META.get("REMOTE_ADDR") or "")


def charge_address(address: str) -> None:
    """RateLimited once too many keys that do not work came from the address."""
    verdict = limits().spend((rate_limits.budget_of_wrong_keys(address),))
    if verdict is not None and verdict.wait > 0:
        raise RateLimited(
            "Too many keys that do not work: Retry-After says how long to wait.", retry_after=verdict.wait
        )


def charge(request: HttpRequest, budgets: tuple[rate_limits.Budget, ...]) -> None:
    """Spend one request of the budgets, and have the answer say what is left; RateLimited without any."""
    verdict = limits().spend(budgets)
    if verdict is not None:
        request.rate_limit_headers = rate_limits.headers(verdict)  # type: ignore[attr-defined]  # kept for the answer
        rate_limits.refuse(verdict)
