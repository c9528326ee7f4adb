"""The picture and the links of emails that tell whether they were seen: no log-in, no cookies, for any mail program.

HEAD notes nothing, since scanners ask like that. A link that cannot be read leads nowhere; one whose mail is gone, or
whose firm no longer wants to know, leads on all the same.
"""

from base64 import b64decode
from typing import Literal

import structlog
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.actor import system_context
from accounts.models import Tenant
from accounts.tenancy import public_context, tenant_context
from crm.mail.tracking import Trace, read_trace
from realtime.functions import FunctionError
from realtime.functions.call import call

#: One transparent pixel.
GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
log = structlog.get_logger()


@never_cache
@require_safe
def mail_picture(request: HttpRequest, token: str) -> HttpResponse:
    """The pixel of a mail."""
    found = read_trace(token)
    if found is not None:
        _note(request, found, "opened")
    return HttpResponse(GIF, content_type="image/gif")


@never_cache
@require_safe
def mail_link(request: HttpRequest, token: str) -> HttpResponse:
    """A link of a mail: note that it was followed, and lead on."""
    found = read_trace(token)
    if found is None or not found.url.startswith(("https://", "http://")):
        raise Http404
    _note(request, found, "clicked")
    return HttpResponseRedirect(found.url)


def _note(request: HttpRequest, found: Trace, how: Literal["opened", "clicked"]) -> None:
    """Whatever goes wrong with noting, the recipient is not to be bothered with it."""
    if request.method != "GET":
        return
    with public_context():
        if not Tenant.objects.filter(schema_name=found.schema, tracks_mail=True).exists():
            return
    ctx = system_context(found.schema, request_id=getattr(request, "request_id", ""))
    try:
        with tenant_context(found.schema):
            call("mail.note_seen", ctx, {"message_id": found.message, "how": how})
    except FunctionError as error:
        log.warning("mail.not_noted", message=found.message, reason=error.code)
