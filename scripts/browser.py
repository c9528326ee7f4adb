"""Where the browsers of the tests are.

Most tests use Chromium's headless shell, where there is one: the same engine without the windows around it, at half
the CPU, and what Playwright itself would run. What only a whole browser has is tested in a whole one.
"""

import os
import shutil

SHELL = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """The path of what most tests use: CHROMIUM, or the headless shell on PATH, or else a whole browser."""
    return os.environ.get("CHROMIUM") or shutil.which(SHELL) or find_whole_browser()


def find_whole_browser() -> str | None:
    """The path of a whole Chromium or Chrome: CHROMIUM, or what is on PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def missing() -> list[str]:
    """Debian's packages that bring a whole browser, if there is none."""
    return [] if find_whole_browser() else ["chromium"]


def better() -> list[str]:
    """Debian's packages that the tests can do without, and run longer."""
    return [] if "CHROMIUM" in os.environ or shutil.which(SHELL) else [SHELL]
