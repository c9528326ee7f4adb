"""Make sure that there is a Chromium for the browser tests; installs Debian's when there is none."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """The path of a Chromium or Chrome: CHROMIUM, or what is on PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def install() -> None:
    """apt-get, as root or through sudo; leaves with a clear message where that can't work."""
    if not shutil.which("apt-get"):
        sys.exit("The browser tests need Chromium: install it, or set CHROMIUM=/path/to/chrome.")
    root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if root and not shutil.which("sudo"):
        sys.exit("The browser tests need Chromium, and there is no sudo: apt-get install chromium, as root.")
    print("Installing Chromium for the browser tests ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    update = [*root, "apt-get", "update", "-qq"]
    get = [*root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
    for command in (update, get):
        if subprocess.call(command, env=environment, stdout=subprocess.DEVNULL):
            sys.exit(
                f"{' '.join(command)} failed; install Chromium by hand, or set CHROMIUM=/path/to/chrome."
            )


def main() -> None:
    """Install a browser unless there is one."""
    if find_browser() is None:
        install()
    if find_browser() is None:
        sys.exit("Chromium was installed and can't be found: set CHROMIUM=/path/to/chrome.")


if __name__ == "__main__":
    main()
