"""Debian's packages for what the tests need besides Python: installed by ``make test`` where they are missing."""

import os
import shutil
import subprocess
import sys
import time
from typing import Any

APT = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
INSTALL = ["install", "-y", "--no-install-recommends"]


def install_if_possible(packages: list[str]) -> None:
    """As root, in one try; the tests go on without."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.call([*APT, "update"], env=environment, **quiet)
        subprocess.call([*APT, *INSTALL, *packages], env=environment, **quiet)


def install(packages: list[str], need: str, way_out: str) -> None:
    """apt-get, as root or through sudo; leaves with a clear message where that can't work.

    ``need`` says what for ("The browser tests need Chromium"), ``way_out`` what to do by hand.
    """
    if not shutil.which("apt-get"):
        sys.exit(f"{need}: {way_out}.")
    root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if root and not shutil.which("sudo"):
        sys.exit(f"{need}, and there is no sudo: apt-get install {' '.join(packages)}, as root.")
    print(f"{need}: installing {' '.join(packages)} ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # The machine may be updating itself: its lock is waited for.
    apt = [*root, *APT]
    # A source of the machine's own that is out of reach is no obstacle, as long as the packages are found.
    succeeds([*apt, "update"], env=environment, stdout=subprocess.DEVNULL)
    command = [*apt, *INSTALL, *packages]
    if not succeeds(command, env=environment, stdout=subprocess.DEVNULL):
        sys.exit(f"{' '.join(command)} failed; {way_out}.")


def succeeds(command: list[str], **options: Any) -> bool:
    """Whether a command that downloads something ends well, in one of some tries: networks have their moments."""
    for pause in (5, 20, 0):
        if not subprocess.call(command, **options):
            return True
        time.sleep(pause)
    return False
