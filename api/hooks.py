"""Addresses that need no key: whoever knows one may send to it, and to nothing else.

POST /hooks/in/{token} takes a contact in for an automation. The token's first part is the tenant's number.
"""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.security.base import AuthBase

from accounts.actor import system_context
from accounts.addresses import tenant_of_token
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
        schema = _schema_of(token)
        verdict = limits().spend(rate_limits.budgets_of(schema, f"hook:{token[:64]}"))
        if verdict is not None:
            request.rate_limit_headers = rate_limits.headers(verdict)  # type: ignore[attr-defined]
            rate_limits.refuse(verdict)
        return system_context(schema, request_id=getattr(request, "request_id", ""))


def _schema_of(token: str) -> str:
    """The tenant's schema; NotFound for what is no active tenant's address."""
    tenant = tenant_of_token(token)
    if tenant is None:
        raise NotFound("No automation listens at this address.")
    return str(tenant.schema_name)


def take_in(request: HttpRequest, token: str) -> HttpResponse:
    """Take a contact in."""
    return TAKE_IN.view(request, token=token)


def add_hooks(api: NinjaAPI) -> None:
    """Mount them; they are no part of the API's document, as no key opens them."""
    api.default_router.add_api_operation(
        TAKE_IN.path, ["POST"], take_in, auth=HookAddress(), include_in_schema=False, url_name="hooks_in"
    )
