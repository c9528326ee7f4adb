"""A form's own page, for whoever fills it in: no log-in, the firm's language, alone or in a frame."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django import forms
from django.forms.utils import ErrorDict, ErrorList
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.actor import system_context
from accounts.addresses import open_tenant_of_token
from accounts.hosts import host_name, is_bare, tenant_of_host
from accounts.languages import speaking
from accounts.models import Tenant
from accounts.tenancy import tenant_context
from crm.fields.definitions import Definition
from crm.forms.offered import OWN
from crm.forms.queries import get_public_form
from crm.forms.reading import CONSENT, KEY, PAGE, TRAP
from crm.web.answers import error_lines
from crm.web.forms.customs import BUILDERS, SeveralField
from crm.web.policy import POLICY
from realtime.functions import FunctionError, NotFound, translated
from realtime.functions.call import call

#: The form stands in a frame of another site.
EMBEDDED = "embed"
AUTOCOMPLETE = {
    "first_name": "given-name", "last_name": "family-name", "email": "email", "phone": "tel",
    "job_title": "organization-title",
}  # fmt: skip


@require_GET
def public_form(request: HttpRequest, token: str) -> HttpResponse:
    """The form, or the thanks for what was sent."""
    tenant = open_tenant_of_token(token)
    if tenant is None or not _is_at_home(request, tenant):
        raise Http404
    try:
        with tenant_context(tenant.schema_name):
            form = call(get_public_form, system_context(tenant.schema_name), {"token": token})
    except NotFound:
        return refused(request, tenant, NotFound(_("There is no form at this address.")))
    given = {EMBEDDED: "1"} if request.GET.get(EMBEDDED) else {}
    if request.GET.get("sent"):
        return _page(request, tenant, "forms/thanks.html", {"public": form, **given}, form["origins"])
    return show(request, tenant, form, given)


def _is_at_home(request: HttpRequest, tenant: Tenant) -> bool:
    """Another firm's host does not show this one's form."""
    host = host_name(request.get_host())
    return is_bare(host) or tenant_of_host(host) == tenant


def show(
    request: HttpRequest,
    tenant: Tenant | None,
    form: Any,
    values: Mapping[str, Any],
    error: FunctionError | None = None,
) -> HttpResponse:
    """The form as it was filled in, with what is wrong about it."""
    with _speaking(tenant):
        fields = PublicForm(form, values, None if error is None else error_lines(error))
        context = {
            "public": form, "form": fields, "trap": TRAP, "embed": values.get(EMBEDDED, ""),
            "key": values.get(KEY) or secrets.token_hex(12), "from_page": values.get(PAGE) or _referer(request),
        }  # fmt: skip
        status = 200 if error is None else 422
        return _page(request, tenant, "forms/public.html", context, form["origins"], status)


def refused(request: HttpRequest, tenant: Tenant | None, error: FunctionError) -> HttpResponse:
    """A page that says why there is no form, or why it can't be sent."""
    with _speaking(tenant):
        context = {"heading": translated(error.title), "detail": translated(error.detail)}
        return _page(request, tenant, "forms/refused.html", context, [], error.status)


def next_address(form: Any, values: Mapping[str, Any]) -> str:
    """Where a browser goes when the form was taken in."""
    if form["redirect_url"]:
        return str(form["redirect_url"])
    told = {"sent": "1", **({EMBEDDED: "1"} if values.get(EMBEDDED) else {})}
    return f"{reverse('public_form', args=[form['token']])}?{urlencode(told)}"


def _page(
    request: HttpRequest,
    tenant: Tenant | None,
    template: str,
    context: Any,
    origins: list[str],
    status: int = 200,
) -> HttpResponse:
    """A page of the firm's that only its own host and the form's sites may frame."""
    with _speaking(tenant):
        response = render(request, template, {**context, "tenant": tenant}, status=status)
    response["Content-Security-Policy"] = POLICY.replace(
        "frame-ancestors 'none'", f"frame-ancestors {' '.join([chr(39) + 'self' + chr(39), *origins])}"
    )
    response.xframe_options_exempt = True
    response["Cache-Control"] = "no-store"
    return response


def _speaking(tenant: Tenant | None) -> Any:
    return speaking(tenant.locale, tenant.time_zone) if tenant else speaking("", "")


def _referer(request: HttpRequest) -> str:
    """Where the sender came from, if that is another page than ours."""
    found = request.headers.get("Referer", "")
    return "" if urlsplit(found).netloc == request.get_host() else found[:300]


class PublicForm(forms.Form):
    """The fields of a form, with the values and errors that the function found."""

    def __init__(self, form: Any, values: Mapping[str, Any], errors: Mapping[str, list[str]] | None) -> None:
        super().__init__(dict(values) if errors is not None else None)
        for row in form["fields"]:
            self.fields[row["key"]] = _field(row)
        if form["consent_text"]:
            self.fields[CONSENT] = forms.BooleanField(
                label=form["consent_text"], required=form["consent_required"]
            )
        if errors is not None:
            # The function has read the values; nothing is to be cleaned here.
            self._errors = ErrorDict({_place(name): ErrorList(lines) for name, lines in errors.items()})
            self.cleaned_data = {}


def _place(name: str) -> str:
    return name or "__all__"


def _field(row: Any) -> forms.Field:
    """One field of the page."""
    options = {option["key"]: option["label"] for option in row["options"]}
    common: dict[str, Any] = {"label": row["label"], "required": row["required"], "help_text": row["help"]}
    if row["type"] == "choice":
        return forms.ChoiceField(choices=[("", "–"), *options.items()], **common)
    if row["type"] == "choices":
        return SeveralField(choices=list(options.items()), **common)
    definition = Definition(0, row["key"], row["label"], row["type"], "", row["required"], False)
    field = BUILDERS[row["type"]](definition, common)
    most = OWN[row["key"]][2] if row["key"] in OWN else None
    if row["type"] == "long_text":
        field.widget.attrs["rows"] = 4
    if most is not None and row["type"] != "choice":
        field.widget.attrs["maxlength"] = most
    if row["key"] in AUTOCOMPLETE:
        field.widget.attrs["autocomplete"] = AUTOCOMPLETE[row["key"]]
    return field
