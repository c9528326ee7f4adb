"""The oracle for as long as one likes: ``python -m tests.realtime.oracle --writes 5000 --seed 7``."""

import argparse
import os
import sys
import time


def main() -> int:
    """Run with the given seed; the exit code is 1 if anything was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writes", type=int, default=1000)
    parser.add_argument("--subscriptions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    report = in_own_database(arguments)
    print(*report.misses, report.text(), sep="\n")  # noqa: T201
    return 1 if report.misses else 0


def in_own_database(arguments: argparse.Namespace) -> "Report":  # noqa: F821
    """The run in a copy of the tests' template database."""
    from tests import servers

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["STRICT_READS"] = "1"
    import django

    django.setup()
    from tests import databases
    from tests.realtime.oracle.oracle import run
    from tests.realtime.oracle.tenant import oracle_tenant

    try:
        with databases.copy() as name, databases.used(name), oracle_tenant(arguments.seed) as schema:
            return run(
                seed=arguments.seed,
                writes=arguments.writes,
                subscriptions=arguments.subscriptions,
                schema=schema,
            )
    finally:
        servers.stop()


if __name__ == "__main__":
    sys.exit(main())
