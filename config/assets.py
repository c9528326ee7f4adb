"""Static files that a page of another version asks for."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect


def other_version(request: HttpRequest, path: str) -> HttpResponse:
    """A page of before the last deployment asks for a file of its version: it gets the file of this one."""
    if request.path.startswith(settings.STATIC_URL):
        raise Http404
    return HttpResponseRedirect(settings.STATIC_URL + path)
