"""Routes whose body or answer is a file: bytes as they are, in a stream, with nothing around them."""

from base64 import b64encode
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.logos import drawn, read_picture
from accounts.tenancy import tenant_context
from api import answers, requests
from api.authentication import caller_of
from api.route import Route
from crm.files.storing import store, stored_file, too_large
from crm.web.downloads import file_response
from realtime.functions.call import call, call_outcome, permit


class UploadRoute(Route):
    """The body is the file; what the function wants to know besides stands in the query string.

    A repeat with the same Idempotency-Key is known by the same bytes under the same name; its own copy is given up.
    """

    takes_file = True

    def view(self, request: HttpRequest, **path: Any) -> HttpResponse:
        """Store the body, then call the function with the token for it."""
        ctx = caller_of(request)
        refuse_large(request)
        with tenant_context(ctx.schema):
            permit(self.function, ctx)
            token = store(ctx, request, request.GET.get("filename", ""))
            wish = requests.read(self, request, path, {"upload": token})
            outcome = call_outcome(
                self.function,
                ctx.again(),
                wish.arguments,
                idempotency_key=wish.idempotency_key,
                dry_run=wish.dry_run,
                asked={**request.GET.dict(), "upload": stored_file(ctx, token)["sha256"]},
            )
        return answers.answer(self, request, wish, outcome)


class LogoRoute(Route):
    """The body is a picture: drawn small before it becomes the function's argument."""

    takes_file = True

    def view(self, request: HttpRequest, **path: Any) -> HttpResponse:
        """Draw the picture, then call the function with it."""
        ctx = caller_of(request)
        with tenant_context(ctx.schema):
            permit(self.function, ctx)
            picture = b64encode(drawn(read_picture(request))).decode()
            wish = requests.read(self, request, path, {"picture": picture})
            outcome = call_outcome(
                self.function,
                ctx.again(),
                wish.arguments,
                idempotency_key=wish.idempotency_key,
                dry_run=wish.dry_run,
            )
        return answers.answer(self, request, wish, outcome)


class DownloadRoute(Route):
    """The answer is the file."""

    sends_file = True

    def view(self, request: HttpRequest, **path: Any) -> HttpResponse:
        """Find the file and send it."""
        ctx = caller_of(request)
        wish = requests.read(self, request, path)
        with tenant_context(ctx.schema):
            found: Any = file_response(ctx.schema, call(self.function, ctx, wish.arguments))
        return cast("HttpResponse", found)


def refuse_large(request: HttpRequest) -> None:
    """TooLarge if the announced length is above the limit, before anything is read."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length) > settings.FILES_MAX_BYTES:
        raise too_large()
