"""Per-request facts: the request's id, its tenant and its context."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


def request_id(get_response: GetResponse) -> GetResponse:
    """Give each request an id, the caller's own if it is sane, and answer with it in X-Request-Id."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        sane = 8 <= len(given) <= 64 and given.isascii() and given.replace("-", "").replace("_", "").isalnum()
        request.request_id = given if sane else secrets.token_hex(12)  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware


def tenant(get_response: GetResponse) -> GetResponse:
    """Enter the tenant of the request's host or credential."""
    return get_response
