"""Make .venv and install one lock into it, when that lock changed: ``environment.py runtime|dev``.

Runs under the machine's own Python, before anything is installed: the standard library alone.
"""

import hashlib
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def main(name: str) -> None:
    """Bring .venv to ``requirements/<name>.lock``; does nothing when its stamp holds the lock's hash."""
    if sys.version_info < (3, 11):
        sys.exit(
            f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}. Try: make PYTHON=python3.12"
        )
    lock = ROOT / "requirements" / f"{name}.lock"
    stamp = VENV / f"{name}.stamp"
    wanted = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted and works():
        return
    if not works():
        create()
    print(f"Installing requirements/{name}.lock ...", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for pause in (5, 20, 0):  # networks have their moments
        if not subprocess.call([*pip, "--require-hashes", "--no-deps", "-r", str(lock)]):
            stamp.write_text(wanted)
            return
        time.sleep(pause)
    sys.exit("The dependencies could not be installed; pip says why above.")


def works() -> bool:
    """Whether .venv has a Python that starts (one that was moved or upgraded away does not)."""
    return PYTHON.exists() and not subprocess.call([PYTHON, "-c", "import pip"], stderr=subprocess.DEVNULL)


def create() -> None:
    """A fresh virtual environment; Debian splits what it needs into a package of its own."""
    print("Creating .venv ...", flush=True)
    if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]):
        sys.exit("python3 -m venv failed. On Debian and Ubuntu: apt-get install python3-venv")


if __name__ == "__main__":
    main(sys.argv[1])
