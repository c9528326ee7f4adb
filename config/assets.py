"""Static files: their addresses, and those that a page of another version asks for."""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect


def other_version(request: HttpRequest, path: str) -> HttpResponse:
    """A page of before the last deployment asks for a file of its version: it gets the file of this one."""
    if request.path.startswith(settings.STATIC_URL):
        raise Http404
    return HttpResponseRedirect(settings.STATIC_URL + path)


class VersionedStorage(StaticFilesStorage):
    """Django's; an address is made once a process, as a page has twenty of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._urls: dict[str | None, str] = {}

    def url(self, name: str | None) -> str:
        """The file's address."""
        found = self._urls.get(name)
        if found is None:
            found = self._urls[name] = super().url(name)
        return found
