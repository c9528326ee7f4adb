"""Addresses that need no key: whoever knows one may send to it, and to nothing else.

POST /hooks/in/{token} takes a contact in for an automation. The token's first part is the tenant's number.
"""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.security.base import AuthBase

from accounts.actor import system_context
from accounts.models import Tenant
from accounts.tenancy import public_context
from api import rate_limits
from api.authentication import limits
from api.route import Route
from crm.automations import intake
from realtime.functions import Context, NotFound

TAKE_IN = Route("POST", "/hooks/in/{token}", intake.take_in, status=202)


class HookAddress(AuthBase):
    """The address itself is what lets in: it leads to its tenant, where the product acts."""

    openapi_type = "apiKey"

    def __call__(self, request: HttpRequest) -> Context:
        token = request.path.rstrip("/").rpartition("/")[2]
        schema = _schema_of(token.partition("-")[0])
        verdict = limits().spend(rate_limits.budgets_of(schema, f"hook:{token[:64]}"))
        if verdict is not None:
            request.rate_limit_headers = rate_limits.headers(verdict)  # type: ignore[attr-defined]
            rate_limits.refuse(verdict)
        return system_context(schema, request_id=getattr(request, "request_id", ""))


def _schema_of(number: str) -> str:
    """The tenant's schema; NotFound for what is no active tenant's number."""
    if not number.isdecimal() or len(number) > 18:
        raise NotFound("No automation listens at this address.")
    with public_context():
        found = Tenant.objects.filter(pk=int(number), state=Tenant.State.ACTIVE)
        schema = found.values_list("schema_name", flat=True).first()
    if schema is None:
        raise NotFound("No automation listens at this address.")
    return str(schema)


def take_in(request: HttpRequest, token: str) -> HttpResponse:
    """Take a contact in."""
    return TAKE_IN.view(request, token=token)


def add_hooks(api: NinjaAPI) -> None:
    """Mount them; they are no part of the API's document, as no key opens them."""
    api.default_router.add_api_operation(
        TAKE_IN.path, ["POST"], take_in, auth=HookAddress(), include_in_schema=False, url_name="hooks_in"
    )
