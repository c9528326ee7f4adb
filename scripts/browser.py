"""Make sure that there is a Chromium for the browser tests; installs Debian's when there is none."""

import os
import shutil
import sys

from scripts.debian import install

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """The path of a Chromium or Chrome: CHROMIUM, or what is on PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def main() -> None:
    """Install a browser unless there is one."""
    if find_browser() is None:
        way_out = "install Chromium by hand, or set CHROMIUM=/path/to/chrome"
        install(["chromium"], "The browser tests need Chromium", way_out)
    if find_browser() is None:
        sys.exit("Chromium was installed and can't be found: set CHROMIUM=/path/to/chrome.")


if __name__ == "__main__":
    main()
