"""Durable workflows beside DBOS Transact and beside bare SQL, on one PostgreSQL, in turns in one run.

Their step is a checkpoint of an empty function; ours is a mutation on the call path, with its permission, its
audit row and its change-log rows, exactly once. All of it takes some six minutes on two quiet cores. DBOS's
timers are given up after TIMER_SECONDS; parts may be named. Notes in brackets are this engine's targets.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from bench.measuring import cpu_ms
from bench.sizes import size
from bench.stage import ROOT, make_database, pid_of, prepare

RUNS, THEIR_RUNS = size((1_500, 200), (10, 3))
TIMERS, TIMER_SECONDS, IN_SECONDS = size((10_000, 150, 15), (20, 30, 2))
SLEEPERS, TENANTS = size((1_000_000, 1_000), (1_000, 10))
#: The engine with the bench's workflows, as DBOS's process has nothing but those.
ALONE = {"DJANGO_SETTINGS_MODULE": "bench.durable.alone"}
#: What each run in flight sleeps for, so that all of them fall due after the kill.
FLIGHTS, ASLEEP = size((1_000, 20), (5, 2))
DAY = 86_400
LONE, STARTS, ROWS = size((1_000, 300, 200_000), (20, 5, 2_000))
FLOOR = """
    WITH due AS (
        SELECT id FROM bench_due WHERE state = 0 AND due_at <= now() ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
    ), journal AS (INSERT INTO bench_steps (run, result) SELECT id, '1' FROM due)
    UPDATE bench_due SET state = 1 WHERE id IN (SELECT id FROM due)
"""


class Side:
    """A child process that prints JSON lines."""

    def __init__(self, module: str, *arguments: object, **environment: str) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", f"bench.durable.{module}", *map(str, arguments)],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def read(self) -> dict[str, Any]:
        """The next line."""
        assert self.popen.stdout
        line = self.popen.stdout.readline()
        if not line:
            raise AssertionError(f"ended with {self.popen.wait()}")
        found: dict[str, Any] = json.loads(line)
        return found

    def kill(self) -> None:
        """kill -9."""
        os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.communicate()

    def pss_mb(self) -> float:
        """The process's memory, with its part of what it shares."""
        text = Path(f"/proc/{self.popen.pid}/smaps_rollup").read_text()
        return int(text.partition("\nPss:")[2].split()[0]) / 1024


@contextmanager
def ours_working(count: int, **environment: str) -> Iterator[list[Side]]:
    """So many workers, ready."""
    sides = [Side("ours", "work", **environment) for _ in range(count)]
    for side in sides:
        side.read()
    try:
        yield sides
    finally:
        for side in sides:
            side.kill()


class Bench:
    """The databases, and what was measured."""

    def __init__(self) -> None:
        stage = prepare(1000)
        os.environ["BENCH_SCHEMA"] = stage.schema
        self.ours = psycopg.connect(stage.database_url, autocommit=True)
        self.ours.execute(f'SET search_path = "{stage.schema}", public')
        self.postgres = pid_of("postgres")
        name = f"bench_dbos_{uuid.uuid4().hex[:8]}"
        self.their_url = make_database(stage.database_url, name)
        self.theirs = psycopg.connect(self.their_url, autocommit=True)

    def their_side(self, *arguments: object) -> Side:
        """A process of theirs."""
        return Side("theirs", *arguments, DBOS_URL=self.their_url)

    def end(self) -> None:
        """Drop their database."""
        name = self.theirs.info.dbname
        self.theirs.close()
        self.ours.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def fill(self, name: str, count: int, seconds: float = 0, asleep: int = 0) -> dict[str, Any]:
        """Runs of ours, started but not begun."""
        side = Side("ours", "fill", name, count, seconds, asleep)
        found = side.read()
        side.popen.communicate()
        return found

    def completed(self) -> int:
        """Runs of ours that are over."""
        return int(self.number("SELECT count(*) FROM runs_run WHERE status = 'completed'"))

    def number(self, sql: LiteralString) -> float:
        """What a query of our database answers."""
        row = self.ours.execute(sql).fetchone()
        assert row
        return float(row[0])

    def succeeded(self, name: str) -> int:
        """Workflows of theirs that are over."""
        row = self.theirs.execute(
            "SELECT count(*) FROM dbos.workflow_status WHERE status = 'SUCCESS' AND name = %s", [name]
        ).fetchone()
        assert row
        return int(row[0])


def until(condition: Any, seconds: float) -> float:
    """Seconds until the condition held, or until that many are over."""
    begun = time.perf_counter()
    while not condition() and time.perf_counter() - begun < seconds:
        time.sleep(0.05)
    return time.perf_counter() - begun


def line(name: str, rate: str, cpu: float | None = None, note: str = "") -> None:
    """A row of the table."""
    cost = f"{cpu:8.2f}" if cpu is not None else " " * 8
    print(f"{name:44} {rate:>26} {cost}  {note}", flush=True)


def our_steps(bench: Bench, workers: int, **environment: str) -> tuple[float, float]:
    """Steps a second and CPU milliseconds a step, from the moment at which all runs fall due before ready workers."""
    bench.fill("bench.three", RUNS, DAY)
    with ours_working(workers, **environment) as sides:
        before = sum(cpu_ms(side.popen.pid) for side in sides) + cpu_ms(bench.postgres)
        begun = bench.number("SELECT extract(epoch FROM clock_timestamp())")
        bench.ours.execute("UPDATE workflows_due SET due_at = clock_timestamp() WHERE kind = 'run'")
        until(lambda: bench.completed() >= RUNS, 300)
        spent = sum(cpu_ms(side.popen.pid) for side in sides) + cpu_ms(bench.postgres) - before
    seconds = bench.number("SELECT extract(epoch FROM max(finished_at)) FROM runs_run") - begun
    return 3 * RUNS / seconds, spent / (3 * RUNS)


def their_steps(bench: Bench, threads: int) -> tuple[float, float]:
    """The same of theirs."""
    side = bench.their_side("steps", THEIR_RUNS, threads)
    side.read()
    before = cpu_ms(side.popen.pid) + cpu_ms(bench.postgres)
    seconds = side.read()["seconds"]
    spent = cpu_ms(side.popen.pid) + cpu_ms(bench.postgres) - before
    side.kill()
    return 3 * THEIR_RUNS / seconds, spent / (3 * THEIR_RUNS)


def measure_steps(bench: Bench) -> float:
    """Durable steps a second."""
    alone, theirs = (their_steps(bench, threads) for threads in (1, 8))
    line("DBOS, three-step workflows, one after the other", f"{alone[0]:.0f} steps/s", alone[1])
    line("DBOS, 8 threads", f"{theirs[0]:.0f} steps/s", theirs[1])
    rate, cost = our_steps(bench, 1, WORKFLOWS_SHARE_FROM="1000000")
    line("ours, one worker, one run after the other", f"{rate:.0f} steps/s", cost, f"{rate / alone[0]:.1f} x")
    rate, cost = our_steps(bench, 1)
    note = f"{rate / theirs[0]:.1f} x [500 steps/s, 3 CPU ms]"
    line("ours, one worker", f"{rate:.0f} steps/s", cost, note)
    rate, cost = our_steps(bench, 2)
    line("ours, two workers", f"{rate:.0f} steps/s", cost, f"{rate / theirs[0]:.1f} x")
    return max(alone[0], theirs[0])


def measure_lone(bench: Bench) -> None:
    """One run of many small steps, with nothing else to do."""
    side = bench.their_side("lone", LONE)
    side.read()
    theirs = LONE / side.read()["seconds"]
    side.kill()
    side = Side("ours", "lone", LONE)
    ours = LONE / side.read()["seconds"]
    side.popen.communicate()
    line(f"DBOS, one workflow of {LONE} steps", f"{theirs:.0f} steps/s")
    line(f"ours, one run of {LONE} steps", f"{ours:.0f} steps/s", None, f"{ours / theirs:.1f} x")


def measure_starts(bench: Bench) -> None:
    """Durable starts a second, one after the other."""
    side = bench.their_side("starts", STARTS)
    side.read()
    theirs = STARTS / side.read()["seconds"]
    side.kill()
    side = Side("ours", "starts", 2 * STARTS)
    ours = 2 * STARTS / side.read()["seconds"]
    side.popen.communicate()
    line("DBOS, starts", f"{theirs:.0f} /s")
    line("ours, starts, each with commit and hint", f"{ours:.0f} /s", None, f"{ours / theirs:.1f} x [400]")


def measure_recovery(bench: Bench) -> None:
    """Kill -9 with 1,000 in flight, asleep for another few seconds; what is due after the kill waits for recovery."""
    side = bench.their_side("flights", FLIGHTS, ASLEEP)
    side.read()
    until(lambda: their_first_steps(bench) >= FLIGHTS, 120)
    memory = side.pss_mb()
    side.kill()
    time.sleep(ASLEEP)  # all have fallen due by now
    side = bench.their_side("rest")
    side.read()
    seconds = until(lambda: bench.succeeded("flight") >= FLIGHTS, 300)
    side.kill()
    line("DBOS, recovery of 1,000, by the same executor", f"{seconds:.1f} s")
    memories = [fly(bench, **environment) for environment in (ALONE, {})]
    time.sleep(ASLEEP)
    left = FLIGHTS - bench.completed()
    with ours_working(1):
        seconds = until(lambda: bench.completed() >= FLIGHTS, 300)
    line(
        "ours, recovery by another process", f"{seconds:.1f} s", None, f"{left} left [13 s: the lease and 3]"
    )
    line("DBOS, memory with 1,000 asleep", f"{memory:.0f} MB")
    line(
        "ours, the engine with the same workflows",
        f"{memories[0]:.0f} MB",
        None,
        f"{memories[0] / memory:.2f} x",
    )
    line("ours, the whole product", f"{memories[1]:.0f} MB", None, f"{memories[1] / memory:.2f} x")


def fly(bench: Bench, **environment: str) -> float:
    """Bring 1,000 runs to where they sleep, by a worker that is then killed; its memory in MB."""
    bench.fill("bench.flight", FLIGHTS, 0, ASLEEP)
    with ours_working(1, **environment) as sides:
        until(lambda: our_steps_done(bench) >= FLIGHTS, 120)
        return sides[0].pss_mb()


def their_first_steps(bench: Bench) -> int:
    """Steps of theirs that are recorded."""
    row = bench.theirs.execute(
        "SELECT count(*) FROM dbos.operation_outputs WHERE workflow_uuid LIKE 'flight-%' AND function_id = 1"
    ).fetchone()
    assert row
    return int(row[0])


def our_steps_done(bench: Bench) -> int:
    """Steps of ours that are done."""
    return int(bench.number("SELECT count(*) FROM runs_steprun WHERE kind = 'mutation'"))


def measure_timers(bench: Bench) -> None:
    """Delayed starts that fall due at one instant: how late the last ones are."""
    side = bench.their_side("timers", TIMERS, TIMERS / 150 + 5)
    at = side.read()["at"]
    before = cpu_ms(side.popen.pid) + cpu_ms(bench.postgres)
    until(lambda: bench.succeeded("one") >= TIMERS, TIMER_SECONDS)
    rows = bench.theirs.execute(
        "SELECT updated_at FROM dbos.workflow_status WHERE name = 'one' AND status = 'SUCCESS'"
    ).fetchall()
    cost = (cpu_ms(side.popen.pid) + cpu_ms(bench.postgres) - before) / max(len(rows), 1)
    report_lags("DBOS", [row[0] / 1000 - at for row in rows], cost, side.pss_mb())
    side.kill()
    for workers in (1, 2):
        at = bench.fill("bench.one", TIMERS, IN_SECONDS)["at"]
        with ours_working(workers, **ALONE) as sides:
            before = sum(cpu_ms(side.popen.pid) for side in sides) + cpu_ms(bench.postgres)
            until(lambda: bench.completed() >= TIMERS, TIMER_SECONDS)
            spent = sum(cpu_ms(side.popen.pid) for side in sides) + cpu_ms(bench.postgres) - before
            memory = sum(side.pss_mb() for side in sides)
        rows = bench.ours.execute("SELECT extract(epoch FROM finished_at) FROM runs_steprun").fetchall()
        report_lags(f"ours, {workers} worker", [float(row[0]) - at for row in rows], spent / TIMERS, memory)
    line("", "", None, "[last: 20 s; 5 s for bulk]")


def report_lags(name: str, lags: list[float], cost: float, memory: float) -> None:
    """Quantiles of lateness."""
    lags = sorted(lags) or [0.0]
    p99 = lags[len(lags) * 99 // 100]
    figures = f"{lags[0]:.2f} / {statistics.median(lags):.1f} / {p99:.1f} / {lags[-1]:.1f} s"
    line(f"{name}, {len(lags):,} timers at once", figures, cost, f"first/p50/p99/last, {memory:.0f} MB")


def measure_floor(bench: Bench, theirs: float) -> None:
    """Claim and journal in bare SQL."""
    sql = bench.ours
    sql.execute("DROP TABLE IF EXISTS bench_due, bench_steps")
    sql.execute(
        "CREATE TABLE bench_due (id bigserial PRIMARY KEY, due_at timestamptz DEFAULT now(), state int DEFAULT 0)"
    )
    sql.execute("CREATE TABLE bench_steps (run bigint, result jsonb)")
    sql.execute("INSERT INTO bench_due (id) SELECT n FROM generate_series(1, %s) n", [ROWS])
    sql.execute("CREATE INDEX ON bench_due (due_at) WHERE state = 0")
    sql.execute("ANALYZE bench_due")
    for batch in (1, 50):
        before, begun, done = cpu_ms(bench.postgres), time.perf_counter(), 0
        while time.perf_counter() - begun < size(2.0, 0.1):
            sql.execute(FLOOR, [batch])
            done += batch
        rate = done / (time.perf_counter() - begun)
        cost = (cpu_ms(bench.postgres) - before) / done
        line(
            f"floor: claim and journal, {batch} a statement",
            f"{rate:.0f} rows/s",
            cost,
            f"{rate / theirs:.1f} x",
        )
    sql.execute("DROP TABLE bench_due, bench_steps")


def measure_sleepers(bench: Bench) -> None:
    """What a tick costs while nothing is due, beside a million runs of 1,000 tenants that are asleep."""
    from django.db import connection

    from workflows.claims import Claims

    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    for rows in (0, SLEEPERS):
        bench.ours.execute(
            "INSERT INTO public.workflows_due (kind, ref, tenant, due_at, lane)"
            " SELECT 'bench', n, 't_' || n %% %s, now() + interval '1 day' + n * interval '1 s', 1"
            " FROM generate_series(1, %s) n",
            [TENANTS, rows],
        )
        bench.ours.execute("VACUUM ANALYZE public.workflows_due")
        Claims().take()
        statements.clear()
        times = []
        with connection.execute_wrapper(note):
            for _turn in range(300):
                begun = time.perf_counter()
                Claims().take()
                times.append((time.perf_counter() - begun) * 1000)
        times.sort()
        each = f"{len(statements) / 300:.0f} statement a tick [1, below 1 ms]"
        line(
            f"a tick, nothing due, {rows:,} asleep",
            f"p50 {times[150]:.2f} p99 {times[297]:.2f} ms",
            None,
            each,
        )
    bench.ours.execute("DELETE FROM public.workflows_due WHERE kind = 'bench'")


PARTS = {
    "lone": measure_lone,
    "starts": measure_starts,
    "timers": measure_timers,
    "recovery": measure_recovery,
    "sleepers": measure_sleepers,
}


def wanted(part: str) -> bool:
    """Whether the part was named, or none was."""
    named = {"steps", *PARTS} & set(sys.argv)
    return not named or part in named


def main() -> None:
    """Everything, in turns, or the parts that are named: steps, lone, starts, timers, recovery, sleepers."""
    bench = Bench()
    print(f"{'':44} {'':>26} {'CPU ms':>8}  (each; client and server)")
    try:
        if wanted("steps"):
            measure_floor(bench, measure_steps(bench))
        for name, measure in PARTS.items():
            if wanted(name):
                measure(bench)
    finally:
        bench.end()


if __name__ == "__main__":
    main()
