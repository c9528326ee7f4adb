"""The page behind the link in every mail of a sequence: no log-in, no cookies, for whoever holds the link.

GET only shows what a button would do, since mail scanners follow every link. POST is RFC 8058's one click, sent by
mail programs, and the page's own button: as often as it comes, the address is unsubscribed once.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.actor import system_context
from accounts.models import Tenant
from accounts.tenancy import public_context, tenant_context
from crm.mail.tokens import Unsubscribing, read_token
from realtime.functions.call import call

TEMPLATE = "mail/unsubscribe.html"


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show whom the link concerns; POST honours it, and with ``again`` takes it back."""
    found = read_token(token)
    tenant = _tenant_of(found)
    if found is None or tenant is None:
        return render(request, TEMPLATE, {"state": "unknown"}, status=404)
    context = {"email": found.email, "firm": tenant.name, "tenant": tenant, "token": token}
    if request.method != "POST":
        return render(request, TEMPLATE, {**context, "state": "ask"})
    takes_back = request.POST.get("again") == "1"
    function = "mail.resubscribe" if takes_back else "mail.unsubscribe"
    ctx = system_context(found.schema, request_id=getattr(request, "request_id", ""))
    with tenant_context(found.schema):
        call(function, ctx, {"email": found.email, "proof": _proof(request, found)})
    return render(request, TEMPLATE, {**context, "state": "back" if takes_back else "done"})


def _tenant_of(found: Unsubscribing | None) -> Tenant | None:
    """The link's tenant. A suspended one still has to honour the wish."""
    if found is None:
        return None
    with public_context():
        tenant: Tenant | None = Tenant.objects.filter(schema_name=found.schema).first()
        return tenant


def _proof(request: HttpRequest, found: Unsubscribing) -> str:
    """How the firm could show that the address itself asked: what a mail program sends, or the page's button."""
    way = "one click" if request.POST.get("List-Unsubscribe") == "One-Click" else "page"
    agent = request.headers.get("User-Agent", "")[:200]
    moment = timezone.now().strftime("%Y-%m-%d %H:%M UTC")
    return f"Link of email {found.message} ({way}), {moment}, from {request.META.get('REMOTE_ADDR', '')}, {agent}"
