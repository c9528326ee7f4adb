"""Run every measurement, or those that are named: ``python -m bench [rest signup ...] [--large] [--quick]``."""

import subprocess
import sys
import time
from pathlib import Path

from bench.stage import DIRECTORY
from config import embedded

NOT_MEASUREMENTS = {
    "__init__", "__main__", "stage", "measuring", "listeners", "fanouts", "writer", "filling",
}  # fmt: skip


def main() -> None:
    """Each measurement is a process of its own, as each sets its own environment before Django loads."""
    known = sorted(
        path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in NOT_MEASUREMENTS
    )
    if "--help" in sys.argv:
        sys.exit(f"{__doc__}\nMeasurements: {', '.join(known)}.")
    named = [word for word in sys.argv[1:] if not word.startswith("--")]
    options = [word for word in sys.argv[1:] if word.startswith("--")]
    if unknown := set(named) - set(known):
        sys.exit(f"No such measurement: {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
    try:
        failed = [name for name in named or known if not _measure(name, options)]
    finally:
        # Their data stays for the next time.
        embedded.stop(DIRECTORY)
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}.")


def _measure(name: str, options: list[str]) -> bool:
    """Whether it ran to its end."""
    print(f"\n== {name}", flush=True)
    begun = time.monotonic()
    status = subprocess.run([sys.executable, "-m", f"bench.{name}", *options]).returncode
    print(f"({time.monotonic() - begun:.0f} s)", flush=True)
    return status == 0


if __name__ == "__main__":
    main()
