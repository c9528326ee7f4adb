"""Thousands of examples of a property test, in rounds: ``python -m tests.soak [EXAMPLES] [FILE]``.

Each round has a seed of its own and is noted in var/soak.txt when it has passed. So the work can be stopped at any
time: the next call goes on behind it, until that many examples have passed. A round that fails ends it and names its
seed.
"""

import os
import subprocess
import sys
import time

from config import programs

ROUND = 500
NOTES = programs.ROOT / "var" / "soak.txt"
PROPERTY = "tests/workflows/test_property.py"


def passed(file: str) -> list[tuple[int, int]]:
    """Seed and number of examples of each round that has passed."""
    lines = NOTES.read_text().splitlines() if NOTES.exists() else []
    rows = [line.split() for line in lines]
    return [(int(seed), int(count)) for name, seed, count, _seconds in rows if name == file]


def do_round(file: str, seed: int, count: int) -> None:
    """Do so many examples; ends the program if one fails."""
    begun = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-x", file, f"--hypothesis-seed={seed}"]
    # Without HYPOTHESIS=random every run tries the same examples (tests/conftest.py), whatever the seed.
    wanted = {"EXAMPLES": str(count), "HYPOTHESIS": "random"}
    if subprocess.run(command, check=False, cwd=programs.ROOT, env=os.environ | wanted).returncode:
        words = [f"{name}={value}" for name, value in wanted.items()]
        sys.exit(f"Failed: {' '.join([*words, *command[1:]])}")
    NOTES.parent.mkdir(exist_ok=True)
    with NOTES.open("a") as notes:
        notes.write(f"{file} {seed} {count} {time.monotonic() - begun:.0f}\n")


def main() -> None:
    """Rounds until enough examples have passed, those of earlier calls included."""
    goal = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    file = sys.argv[2] if len(sys.argv) > 2 else PROPERTY
    while (done := sum(count for _, count in passed(file))) < goal:
        sys.stdout.write(f"{done:,} of {goal:,} examples have passed.\n")
        sys.stdout.flush()
        seed = max((seed for seed, _ in passed(file)), default=0) + 1
        do_round(file, seed, min(ROUND, goal - done))
    sys.stdout.write(f"{done:,} examples have passed.\n")


if __name__ == "__main__":
    main()
