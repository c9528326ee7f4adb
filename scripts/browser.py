"""Where the browser of the tests is."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """The path of a Chromium or Chrome: CHROMIUM, or what is on PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def missing() -> list[str]:
    """Debian's packages that bring it, if there is none."""
    return [] if find_browser() else ["chromium"]
