"""Addresses that need no key: whoever knows one may send to it, and to nothing else.

POST /hooks/in/{token} takes a contact in for an automation. The token's first part is the tenant's number.
POST /hooks/payments/{provider} takes what a payment provider tells, signed by it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI
from ninja.security.base import AuthBase

from accounts.actor import system_context
from accounts.addresses import tenant_of_token
from accounts.billing import payment_mutations
from accounts.billing.payment_mutations import tenant_of
from accounts.billing.providers import read_event
from accounts.billing.schemas import PaymentNotice
from accounts.credentials import locked, standing_of
from accounts.tenancy import public_context, tenant_context
from api import rate_limits
from api.authentication import charge, charge_wrong_key
from api.route import Route
from crm.automations import intake
from realtime.functions import Context, NotFound, TooLarge, Unauthenticated
from realtime.functions.call import call
from realtime.functions.encoding import encode_json

TAKE_IN = Route("POST", "/hooks/in/{token}", intake.take_in, status=202)


class HookAddress(AuthBase):
    """The address itself is what lets in: it leads to its tenant, where the product acts."""

    openapi_type = "apiKey"

    def __call__(self, request: HttpRequest) -> Context:
        token = request.path.rstrip("/").rpartition("/")[2]
        with guesses_charged(request):
            schema = _schema_of(token)
        # Not the tenant's budget: its number is no secret, and made-up addresses must not spend what its keys have.
        charge(request, (rate_limits.budget_of_key(schema, f"hook:{token[:64]}"),))
        return system_context(schema, request_id=getattr(request, "request_id", ""))


def _schema_of(token: str) -> str:
    """The tenant's schema; NotFound for what is no active tenant's address."""
    tenant = tenant_of_token(token)
    if tenant is None:
        raise NotFound("No automation listens at this address.")
    if standing_of(tenant).is_locked:  # while there is grace, what comes in is taken in
        raise locked()
    return str(tenant.schema_name)


def take_in(request: HttpRequest, token: str) -> HttpResponse:
    """Take a contact in."""
    with guesses_charged(request):
        return TAKE_IN.view(request, token=token)


@contextmanager
def guesses_charged(request: HttpRequest) -> Iterator[None]:
    """Whoever tries addresses has to wait, as whoever tries keys has."""
    try:
        yield
    except NotFound:
        charge_wrong_key(request)
        raise


#: An event larger than this is none.
MOST_BYTES = 256 * 1024


def take_payment(request: HttpRequest, provider: str) -> HttpResponse:
    """Check the signature over the body as it came, find out whose event it is, and take it in."""
    with public_context():
        notice = _notice(request, provider)
        tenant = tenant_of(notice)
    if tenant is None:
        raise NotFound("No workspace has this subscription.")
    ctx = system_context(tenant.schema_name, request_id=getattr(request, "request_id", ""))
    with tenant_context(ctx.schema):
        outcome: Any = call(payment_mutations.take_payment, ctx, {"notice": notice})
    return HttpResponse(encode_json({"data": outcome}), content_type="application/json")


def _notice(request: HttpRequest, provider: str) -> PaymentNotice:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES or len(request.body) > MOST_BYTES:
        raise TooLarge(f"An event holds {MOST_BYTES // 1024} kB at most.")
    try:
        return read_event(provider, request.headers, request.body, timezone.now())
    except Unauthenticated:
        charge_wrong_key(request)
        raise


def add_hooks(api: NinjaAPI) -> None:
    """Mount them; they are no part of the API's document, as no key opens them."""
    api.default_router.add_api_operation(
        TAKE_IN.path, ["POST"], take_in, auth=HookAddress(), include_in_schema=False, url_name="hooks_in"
    )
    api.default_router.add_api_operation(
        "/hooks/payments/{provider}",
        ["POST"],
        take_payment,
        auth=None,
        include_in_schema=False,
        url_name="hooks_payments",
    )
