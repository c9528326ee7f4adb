"""POST /forms/{token}: whoever knows a form's address may fill it in, from its own page or a site that it names.

A browser that sends a plain form gets a page or is led on; a program, or a script of a site, sends JSON and gets
JSON. Who sends is limited by network address.
"""

from typing import Any
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import register_converter
from django.urls.converters import StringConverter
from ninja import NinjaAPI

from accounts.actor import system_context
from accounts.addresses import open_tenant_of_token
from accounts.hosts import network_of
from accounts.models import Tenant
from accounts.tenancy import tenant_context
from api import answers, rate_limits, requests
from api.authentication import charge
from api.errors import LengthRequired, UnsupportedMediaType, problem
from api.route import Route
from crm.forms.queries import NOWHERE, get_public_form
from crm.forms.submitting import submit_form
from crm.web import public_forms
from realtime.functions import BadRequest, Context, Forbidden, FunctionError, InvalidInput, NotFound, TooLarge
from realtime.functions.call import call, call_outcome

SUBMIT = Route("POST", "/forms/{token}", submit_form, body_as="values", status=201)
MOST_BYTES = 64 * 1024
PLAIN = ("application/x-www-form-urlencoded", "multipart/form-data")


class TokenConverter(StringConverter):
    """What can be a form's token: its tenant's number, a dash and a secret.

    Anything else in its place, such as a wrong id for ``/forms/{form_id}``, is no address at all and answers 404.
    """

    regex = "[0-9]+-[^/]+"


register_converter(TokenConverter, "form_token")


def receive(request: HttpRequest, token: str) -> HttpResponse:
    """Take in what was sent with a form, or tell a browser's script whether its site may."""
    asker = Asker(request, token)
    try:
        return asker.let_read(asker.answer())
    except FunctionError as error:
        return asker.let_read(asker.refusal(error))


class Asker:
    """One request to a form's address."""

    def __init__(self, request: HttpRequest, token: str) -> None:
        self.request, self.token = request, token
        self.form: Any = None
        self.tenant: Tenant | None = None
        self.values: dict[str, Any] = {}
        self.is_browser = request.method == "POST" and (
            request.content_type in PLAIN and "text/html" in request.headers.get("Accept", "")
        )

    def answer(self) -> HttpResponse:
        """What the sender gets."""
        self._charge()
        ctx = self._enter()
        self._refuse_strangers()
        if self.request.method == "OPTIONS":
            return HttpResponse(status=204)
        self.values = self._read()
        wish = requests.read(SUBMIT, self.request, {"token": self.token}, {"values": self._sent()})
        with tenant_context(ctx.schema):
            outcome = call_outcome(
                submit_form, ctx, wish.arguments, idempotency_key=wish.idempotency_key, dry_run=wish.dry_run
            )
        if self.is_browser:
            return HttpResponseRedirect(public_forms.next_address(self.form, self.values), status=303)
        return answers.answer(SUBMIT, self.request, wish, outcome)

    def _enter(self) -> Context:
        self.tenant = open_tenant_of_token(self.token)
        if self.tenant is None:
            raise NotFound(NOWHERE)
        ctx = system_context(self.tenant.schema_name, request_id=getattr(self.request, "request_id", ""))
        with tenant_context(ctx.schema):
            self.form = call(get_public_form, ctx, {"token": self.token})
        return ctx

    def _sent(self) -> dict[str, Any]:
        """The values without what is the page's own."""
        return {name: value for name, value in self.values.items() if name != public_forms.EMBEDDED}

    def _charge(self) -> None:
        """Spend of what the network address has left; RateLimited without any."""
        address = network_of(self.request.META.get("REMOTE_ADDR") or "")
        quota, window = settings.FORM_REQUESTS_PER_ADDRESS, settings.API_RATE_WINDOW_SECONDS
        charge(self.request, (rate_limits.Budget("form", address, quota, window),))

    def _refuse_strangers(self) -> None:
        """Forbidden for a browser on a site that the form does not name; programs send no origin."""
        origin = self.request.headers.get("Origin")
        if origin is None or self._is_ours(origin) or origin in self.form["origins"]:
            return
        self.form = None
        raise Forbidden("This form may not be sent from this site: its owner can add the site to the form.")

    def _is_ours(self, origin: str) -> bool:
        return urlsplit(origin).netloc == self.request.get_host()

    def _read(self) -> dict[str, Any]:
        """The body's values; TooLarge, BadRequest, InvalidInput and their like for what is none."""
        length = self.request.META.get("CONTENT_LENGTH") or ""
        if not length and "HTTP_TRANSFER_ENCODING" in self.request.META:
            raise LengthRequired
        if length and int(length) > MOST_BYTES:
            raise TooLarge("A form may hold up to 64 KB.")
        if self.request.content_type in PLAIN:
            return {name: texts if len(texts) > 1 else texts[0] for name, texts in self.request.POST.lists()}
        if self.request.content_type != "application/json":
            raise UnsupportedMediaType("Send a form, or JSON.")
        try:
            found = orjson.loads(self.request.body)
        except orjson.JSONDecodeError as error:
            raise BadRequest(f"The body is not valid JSON: {error}.") from None
        if not isinstance(found, dict):
            raise InvalidInput("The body must be a JSON object.")
        return found

    def refusal(self, error: FunctionError) -> HttpResponse:
        """The error: for a browser the form again, or a page that says it."""
        if not self.is_browser:
            return problem(self.request, error)
        if self.form is None or not isinstance(error, InvalidInput):
            return public_forms.refused(self.request, self.tenant, error)
        return public_forms.show(self.request, self.tenant, self.form, self.values, error)

    def let_read(self, response: HttpResponse) -> HttpResponse:
        """Let a site that the form names read the answer."""
        origin = self.request.headers.get("Origin", "")
        if self.form is not None and origin in self.form["origins"]:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Allow-Headers"] = "Content-Type, Idempotency-Key"
            response["Access-Control-Allow-Methods"] = "POST"
            response["Access-Control-Max-Age"] = "600"
        response["Vary"] = "Origin"
        return response


def add_public_forms(api: NinjaAPI) -> None:
    """Mount it; no key opens it, so it is no part of the API's document."""

    def view(request: HttpRequest, token: str) -> HttpResponse:
        return receive(request, token)

    api.default_router.add_api_operation(
        SUBMIT.path.replace("{token}", "{form_token:token}"),
        ["POST", "OPTIONS"],
        view,
        auth=None,
        include_in_schema=False,
        url_name="public_form",
    )
