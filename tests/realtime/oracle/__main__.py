"""The oracle for as long as one likes: ``python -m tests.realtime.oracle --writes 100000 --seed 7``."""

import argparse
import os
import sys
import time

from tests import servers

#: Writes after which a part reports and the next one begins, with a seed of its own on the same rows.
PART = 2_000


def main() -> int:
    """Run with the given seed; the exit code is 1 if anything was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writes", type=int, default=100_000)
    parser.add_argument("--subscriptions", type=int, default=24)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    try:
        return run_in_own_database(arguments.seed, arguments.writes, arguments.subscriptions)
    finally:
        servers.stop()


def run_in_own_database(seed: int, writes: int, subscriptions: int) -> int:
    """The run in a copy of the tests' template database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from tests import databases
    from tests.realtime.oracle import registered
    from tests.realtime.oracle.oracle import run
    from tests.realtime.oracle.tenant import oracle_tenant

    missed = done = 0
    with databases.copy() as name, databases.used(name), oracle_tenant(seed) as schema:
        while done < writes and not missed:
            report = run(
                seed=seed + done,
                writes=min(PART, writes - done),
                subscriptions=subscriptions,
                schema=schema,
                most_at_once=3,
                kept_for=4,
            )
            done += report.writes
            missed += len(report.misses)
            print(*report.misses, report.text(), sep="\n", flush=True)  # noqa: T201 - a command
    print(f"{done} writes, {missed} misses")  # noqa: T201 - a command
    print(f"{len(registered.answered)} of {len(registered.queries())} registered queries answered")  # noqa: T201 - a command
    print(*(f"failed: {name}: {error}" for name, error in registered.failures.items()), sep="\n")  # noqa: T201 - a command
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
