"""The API's short path: no session, locale, messages or CSRF, and a problem document for whatever goes wrong."""

from collections.abc import Callable
from functools import lru_cache

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.urls import ResolverMatch, get_urlconf, resolve

from api.errors import MethodNotAllowed, problem, unexpected
from realtime.functions import BadRequest, FunctionError, NotFound

GetResponse = Callable[[HttpRequest], HttpResponse]
PREFIX = "/api/"


def short_path(get_response: GetResponse) -> GetResponse:
    """Answer the API's addresses at once and pass the others on; stands right after the request's id."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return get_response(request)
        return _finished(request, _answer(request))

    return middleware


def _answer(request: HttpRequest) -> HttpResponse:
    try:
        request.get_host()
        if request.method == "HEAD":
            return _without_body(_view(request, method="GET"))
        return _view(request, method=request.method or "")
    except Http404:
        return problem(request, NotFound("There is nothing at this address."))
    except FunctionError as error:
        return problem(request, error)
    except (SuspiciousOperation, UnreadablePostError, RawPostDataException):
        return problem(request, BadRequest("The request can't be read: its host, or its body, is broken."))
    except Exception as error:  # noqa: BLE001  (the last resort; it is logged there)
        return unexpected(request, error)


def _view(request: HttpRequest, method: str) -> HttpResponse:
    request.method = method
    match = _resolved(request.path_info, get_urlconf())
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    if response.status_code == MethodNotAllowed.status:
        allowed = response["Allow"]
        response = problem(request, MethodNotAllowed(f"Use one of: {allowed}."))
        response["Allow"] = allowed
    return response


@lru_cache(maxsize=4096)
def _resolved(path: str, urlconf: str | None) -> ResolverMatch:
    """Where the path leads: looked for among a hundred patterns, so it is kept."""
    return resolve(path, urlconf)


def _without_body(response: HttpResponse) -> HttpResponse:
    length = len(response.content)
    response.content = b""
    response["Content-Length"] = str(length)
    return response


def _finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The headers that every answer of the API bears."""
    headers = response.headers
    headers.setdefault("Cache-Control", "private, no-cache")
    headers["X-Content-Type-Options"] = "nosniff"
    if not response.streaming:
        headers.setdefault("Content-Length", str(len(response.content)))
    for name, value in getattr(request, "rate_limit_headers", ()):
        headers[name] = value
    return response
