"""Problem documents (RFC 9457): the one shape of every error that the API answers."""

import logging
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from realtime.functions import FunctionError, NotFound, RateLimited, Unavailable, outage
from realtime.functions.encoding import encode_json

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
#: Where a person who follows a problem's ``type`` arrives.
PROBLEM_PAGE = "/docs#"


class MethodNotAllowed(FunctionError):
    """The path exists and does not take this method; the Allow header names those that it takes."""

    code, status, title = "method_not_allowed", 405, "This address does not take that method"


class UnsupportedMediaType(FunctionError):
    """A body of another kind than the API reads."""

    code, status, title = "unsupported_media_type", 415, "Send the body as application/json"


class LengthRequired(FunctionError):
    """A body whose length was not announced."""

    code, status, title = "length_required", 411, "Send the body's length in Content-Length"


class Unexpected(FunctionError):
    """A defect of ours; the log has the trace under the request's id."""

    code, status, title = "internal_error", 500, "Something went wrong on our side"


def document(error: FunctionError, request_id: str) -> dict[str, Any]:
    """The problem as a JSON object; ``errors`` is there when single arguments are at fault."""
    problem: dict[str, Any] = {
        "type": PROBLEM_PAGE + error.code,
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "request_id": request_id,
    }
    if error.errors:
        problem["errors"] = error.errors
    return problem


def problem(request: HttpRequest, error: FunctionError) -> HttpResponse:
    """The error as a response."""
    body = encode_json(document(error, getattr(request, "request_id", "")))
    response = HttpResponse(body, status=error.status, content_type=MEDIA_TYPE)
    if isinstance(error, RateLimited):
        response["Retry-After"] = str(max(1, round(error.retry_after + 0.5)))
    if isinstance(error, Unavailable):
        response["Retry-After"] = str(error.RETRY_AFTER)
    if error.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    return response


def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """Log a defect, or an outage of the database, and say no more of it than that it happened."""
    logger.error(
        "%s %s failed, request %s",
        request.method,
        request.path,
        getattr(request, "request_id", ""),
        exc_info=error,
    )
    defect = Unexpected("The request's id leads us to the cause; you may try again.")
    return problem(request, outage(error) or defect)


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    status = HTTPStatus(error.status_code)
    refused = FunctionError(error.message)
    refused.status, refused.title, refused.code = status.value, status.phrase, status.name.lower()
    return problem(request, refused)


def _bad_path(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Ninja reads nothing but the path: an id that can't be one leads nowhere."""
    return problem(request, NotFound("There is no such record."))


def install(api: NinjaAPI) -> None:
    """Answer every exception of the API's views with a problem document."""
    handlers: dict[type[Exception], Any] = {
        FunctionError: problem,
        ValidationError: _bad_path,
        HttpError: _http_error,
        Exception: unexpected,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)
