"""The oracle for as long as one likes: ``python -m tests.realtime.oracle --writes 100000 --state var/oracle.json``.

With a state file a run goes on where the last one was ended (Ctrl-C, ``--minutes``): what was counted adds up.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests import servers

#: Writes after which a part reports and the next one begins, with a seed of its own on the same rows.
PART = 500
COUNTED = ("writes", "refused", "pairs", "changed", "flagged", "flagged_by_table")


def main() -> int:
    """Run with the given seed; the exit code is 1 if anything was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--writes", type=int, default=100_000, help="in all, those of the state file included"
    )
    parser.add_argument("--subscriptions", type=int, default=8, help="asked again after each tick")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--minutes", type=float, default=float("inf"), help="end after so long")
    parser.add_argument("--state", type=Path, help="a file that keeps the counts from run to run")
    arguments = parser.parse_args()
    try:
        return run_in_own_database(arguments)
    except KeyboardInterrupt:
        return 130
    finally:
        servers.stop()


def run_in_own_database(arguments: argparse.Namespace) -> int:
    """The run in a copy of the tests' template database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from tests import databases
    from tests.realtime.oracle import registered
    from tests.realtime.oracle.tenant import oracle_tenant

    total = counts_in(arguments.state)
    seed = arguments.seed + total["writes"]
    with databases.copy() as name, databases.used(name), oracle_tenant(seed) as schema:
        missed = run_parts(arguments, total, schema)
    print(f"{len(registered.answered)} of {len(registered.queries())} registered queries answered")  # noqa: T201 - a command
    print(*(f"failed: {name}: {error}" for name, error in registered.failures.items()), sep="\n")  # noqa: T201 - a command
    return 1 if missed else 0


def run_parts(arguments: argparse.Namespace, total: Counter[str], schema: str) -> list[str]:
    """Part after part until there are enough writes, or the time is over, or something was missed."""
    from tests.realtime.oracle.oracle import run

    ends_at = time.monotonic() + arguments.minutes * 60
    missed: list[str] = []
    while total["writes"] < arguments.writes and not missed and time.monotonic() < ends_at:
        report = run(
            seed=arguments.seed + total["writes"],
            writes=min(PART, arguments.writes - total["writes"]),
            subscriptions=arguments.subscriptions,
            schema=schema,
            most_at_once=3,
            kept_for=4,
        )
        missed = report.misses
        total.update({name: getattr(report, name) for name in COUNTED}, misses=len(missed))
        if arguments.state:
            arguments.state.write_text(json.dumps(total))
        print(*missed, report.text(), summary(total), sep="\n", flush=True)  # noqa: T201 - a command
    return missed


def counts_in(state: Path | None) -> Counter[str]:
    """What earlier runs have counted."""
    found: dict[str, Any] = json.loads(state.read_text()) if state and state.exists() else {}
    return Counter(found)


def summary(total: Counter[str]) -> str:
    """The figures of all parts, in a line."""
    return (
        f"in all {total['writes']} writes ({total['refused']} refused), {total['pairs']} checks, "
        f"{total['misses']} misses; precision {total['changed'] / max(total['flagged'], 1):.2f}, "
        f"re-runs {total['flagged'] / max(total['flagged_by_table'], 1):.3f} of whole tables'"
    )


if __name__ == "__main__":
    sys.exit(main())
