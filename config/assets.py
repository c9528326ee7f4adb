"""Static files: their addresses, their compressed copies, and those that a page of another version asks for."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from whitenoise.storage import CompressedStaticFilesStorage

from config.static_version import COLLECTED, is_collected

#: This one, and those that processes of before the last deployments may still serve.
VERSIONS_KEPT = 3


def collect() -> None:
    """This version's static files in STATIC_ROOT, a compressed copy beside each: made once a version."""
    root = Path(settings.STATIC_ROOT)
    if is_collected(root):
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    (root / COLLECTED).touch()
    versions = [folder for folder in root.parent.iterdir() if folder.is_dir() and folder != root]
    versions.sort(key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in versions[VERSIONS_KEPT - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)


def other_version(request: HttpRequest, path: str) -> HttpResponse:
    """A page of before the last deployment asks for a file of its version: it gets the file of this one."""
    if request.path.startswith(settings.STATIC_URL):
        raise Http404
    return HttpResponseRedirect(settings.STATIC_URL + path)


class VersionedStorage(CompressedStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """WhiteNoise's; an address is made once a process, as a page has twenty of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._urls: dict[str | None, str] = {}

    def url(self, name: str | None) -> str:
        """The file's address."""
        found = self._urls.get(name)
        if found is None:
            found = self._urls[name] = super().url(name)
        return found
