"""Run every measurement, or those that are named: ``python -m bench [rest signup ...] [options]``.

    --quick       shorter where a part offers that
    --large       with the sizes that take long to fill (1,000,000 contacts)
    --smoke       tiny sizes, to see that every part begins and ends: its figures mean nothing
    --minutes=25  all parts together; what has not begun by then is not run
    --limit=420   seconds that one part may take

Each part says how it ended in the table at the end; one that fails does not take the others with it, but the exit code
is 1. Ratios are within one run, on one machine.
"""

import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.parts import Part, run
from bench.sizes import DIRECTORY, SMOKE
from config import embedded

NOT_MEASUREMENTS = {
    "__init__", "__main__", "stage", "measuring", "listeners", "fanouts", "writer", "filling", "parts", "sizes",
    "yardstick",
}  # fmt: skip


def known() -> list[str]:
    """All measurements; those that fill the databases of others come before them."""
    files = Path(__file__).parent.glob("*.py")
    return sorted(path.stem for path in files if path.stem not in NOT_MEASUREMENTS)


def number(name: str, usual: float) -> float:
    """An option's value."""
    given = [word.partition("=")[2] for word in sys.argv if word.startswith(f"--{name}=")]
    return float(given[-1]) if given else usual


def main() -> None:
    """Each measurement is a process of its own, as each sets its own environment before Django loads."""
    if "--help" in sys.argv:
        sys.exit(f"{__doc__}\nMeasurements: {', '.join(known())}.")
    named = [word for word in sys.argv[1:] if not word.startswith("--")]
    if unknown := set(named) - set(known()):
        sys.exit(f"No such measurement: {', '.join(sorted(unknown))}. There are: {', '.join(known())}.")
    if SMOKE:
        os.environ["BENCH_SMOKE"] = "1"
    sys.stdout.write(f"{conditions()}\n")
    parts = [Part(name) for name in named or known()]
    try:
        run_all(parts, time.monotonic() + 60 * number("minutes", 25), number("limit", 420))
    finally:
        # Their data stays for the next time.
        embedded.stop(DIRECTORY)
        sys.stdout.write("\n== summary\n" + "\n".join(part.row() for part in parts) + f"\n{conditions()}\n")
    sys.exit(any(part.end != "ok" for part in parts))


def run_all(parts: list[Part], end: float, limit: float) -> None:
    """One after the other, while there is time."""
    options = [word for word in sys.argv[1:] if word in ("--quick", "--large", "--no-twin")]
    for part in parts:
        left = end - time.monotonic()
        if left <= 0:
            continue
        sys.stdout.write(f"\n== {part.name}\n")
        sys.stdout.flush()
        run(part, [sys.executable, "-m", f"bench.{part.name}", *options], min(limit, left), DIRECTORY)
        sys.stdout.write(
            f"({part.end}, {part.seconds:.0f} s, others used {part.others:.0%} of the machine)\n"
        )


def conditions() -> str:
    """When, on what, and how much there was to do besides."""
    loads = " ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, {platform.machine()}, Python"
        f" {platform.python_version()}; load of the last 1, 5, 15 minutes: {loads}"
    )


if __name__ == "__main__":
    main()
