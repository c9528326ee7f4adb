"""Our side of the workflow measurements: ``python -m bench.durable.ours PART``; prints JSON lines.

bench.workflows gives it the environment, with the schema as BENCH_SCHEMA: it loads what a worker loads, and no more.
"""

import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import django

# An installation without what develops it has none, and structlog loads it where it finds it.
sys.modules["rich"] = None  # type: ignore[assignment]  # as if it were not installed
django.setup()

from django.db import connection, transaction  # noqa: E402 - Django has to be set up first

from accounts.tenancy import tenant_context  # noqa: E402 - Django has to be set up first
from realtime.functions import Context, mutation  # noqa: E402 - Django has to be set up first
from workflows import Step, start, workflow  # noqa: E402 - Django has to be set up first
from workflows.drain import drain  # noqa: E402 - Django has to be set up first
from workflows.memory import give_back  # noqa: E402 - Django has to be set up first


@mutation(permission="system.call")
def tick(ctx: Context, *, number: int) -> int:
    """Do nothing, durably: the audit row and the journal row are written all the same."""
    return number


@workflow("bench.three", retention="1d")
def three(step: Step) -> None:
    """Three steps on the database."""
    for number in range(3):
        step.run_mutation(tick, {"number": number})


@workflow("bench.many", retention="1d")
def many(step: Step, *, count: int) -> None:
    """Step after step."""
    for number in range(count):
        step.run_mutation(tick, {"number": number})


@workflow("bench.one", retention="1d")
def one(step: Step) -> None:
    """One step."""
    step.run_mutation(tick, {"number": 1})


@workflow("bench.flight", retention="1d")
def flight(step: Step, *, seconds: int) -> None:
    """A step, a short wait, two steps."""
    step.run_mutation(tick, {"number": 0})
    step.sleep(timedelta(seconds=seconds))
    step.run_mutation(tick, {"number": 1})
    step.run_mutation(tick, {"number": 2})


def say(**figures: Any) -> None:
    """A line for the reader on the other end."""
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


def clear() -> None:
    """Empty the tables that the parts fill."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM workflows_due WHERE kind = 'run'")
        cursor.execute("TRUNCATE runs_run CASCADE")
        cursor.execute("TRUNCATE functions_auditentry, public.changes_change")


def begin(name: str, count: int, at: datetime | None = None, **args: int) -> None:
    """Start so many runs, 500 a transaction (they are not what is measured)."""
    for first in range(0, count, 500):
        with transaction.atomic():
            for _ in range(min(500, count - first)):
                start(name, args, at=at)


def lone(count: int) -> None:
    """One run of many steps, by a worker that has nothing else to do."""
    clear()
    for steps in (20, count):
        start(many, {"count": steps})
        begun = time.perf_counter()
        drain(60)
    say(seconds=time.perf_counter() - begun)


def starts(count: int) -> None:
    """One run a transaction, with its hint through the broker, as a mutation of the product makes it."""
    clear()
    begun = time.perf_counter()
    for _ in range(count):
        start("bench.three")
    say(seconds=time.perf_counter() - begun)


def fill(name: str, count: int, seconds: float, asleep: int) -> None:
    """Runs for the workers, due now or at one instant, so many seconds after the last of them is there."""
    clear()
    args = {"seconds": asleep} if asleep else {}
    begin(name, count, datetime.now(UTC) + timedelta(days=1) if seconds else None, **args)
    at = datetime.now(UTC) + timedelta(seconds=seconds) if seconds else None
    with connection.cursor() as cursor:
        if at:
            cursor.execute("UPDATE workflows_due SET due_at = %s WHERE kind = 'run'", [at])
            cursor.execute("VACUUM workflows_due")
        cursor.execute("ANALYZE workflows_due, runs_run")
    say(at=at.timestamp() if at else None)


def work() -> None:
    """A worker: drains until it is killed; like the standby driver, which needs PostgreSQL alone."""
    give_back()
    say(pid=os.getpid())
    while True:
        if not drain(5):
            time.sleep(0.05)


PARTS = {"lone": lone, "starts": starts, "fill": fill, "work": work}


def main() -> None:
    """Run the part that the arguments name."""
    part, *arguments = sys.argv[1:]
    values = [json.loads(text) if text[0].isdigit() else text for text in arguments]
    if part != "work":
        import config.celery  # noqa: F401 - hints go where they go in production
    with tenant_context(os.environ["BENCH_SCHEMA"]):
        PARTS[part](*values)


if __name__ == "__main__":
    sys.modules["bench.durable.ours"] = sys.modules["__main__"]
    main()
