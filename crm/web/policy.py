"""What a browser lets our pages do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

#: Pages hold no inline script or style, and load nothing from elsewhere.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
#: Pages of packages, which bring inline scripts and styles; they, too, load from here and talk to here alone.
PACKAGES = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
PACKAGED = ("/admin/", "/operator/", "/docs")
#: What no page asks a browser for.
UNUSED = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Say with every page what it may load and run, and what of the device it may use."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        policy = PACKAGES if request.path.startswith(PACKAGED) else POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers["Permissions-Policy"] = UNUSED
        # A page is its reader's: no proxy keeps it, and a browser asks again before it shows it again.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return middleware
