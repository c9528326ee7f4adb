"""Node and npm for the TypeScript client's tests, and its locked packages."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.debian import succeeds

CLIENT = Path(__file__).resolve().parent.parent / "clients" / "typescript"
OLDEST = 18


def has_node() -> bool:
    """Whether PATH has npm and a Node that is new enough."""
    if not shutil.which("node") or not shutil.which("npm"):
        return False
    said = subprocess.run(["node", "--version"], check=False, capture_output=True, text=True).stdout
    return int(said.strip().lstrip("v").partition(".")[0] or 0) >= OLDEST


def missing() -> list[str]:
    """Debian's packages of Node and npm, if they are not there or too old."""
    return [] if has_node() else ["nodejs", "npm"]


def install_packages() -> None:
    """The client's packages as its lock has them; nothing to do when they are there."""
    wanted = hashlib.sha256((CLIENT / "package-lock.json").read_bytes()).hexdigest()
    stamp = CLIENT / "node_modules" / ".lock-hash"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    if not succeeds(command, cwd=CLIENT, stdout=subprocess.DEVNULL):
        sys.exit("The TypeScript client's packages could not be installed; npm says why above.")
    stamp.write_text(wanted)
