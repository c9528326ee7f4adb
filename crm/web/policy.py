"""The content security policy of our own pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

#: Pages hold no inline script or style, and load nothing from elsewhere.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
#: Pages of packages, which bring inline scripts.
OTHERS = ("/admin/", "/operator/", "/docs", "/api/")


def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Say with every page of ours what it may load and run."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path.startswith(OTHERS):
            response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return middleware
