"""What the change log costs writers: commits a second with and without its trigger, in turns in one run.

Two copies of the contacts table, one with the trigger; pgbench writes to them from outside of Python, so that
the figures are the database's. The disk's own speed is in both: trust the ratios.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.measuring import cpu_ms
from bench.sizes import size
from bench.stage import pid_of, prepare
from config.binaries import postgres_folder

CONTACTS = size(20_000, 300)
ROUNDS, CLIENTS = size((3, (1, 32)), (1, (1,)))
UPDATE = f"""
\\set id random(1, {CONTACTS})
UPDATE {{table}} SET last_activity_at = now(), updated_at = now(), version = version + 1 WHERE id = :id;
"""
INSERT = f"""
\\set id random(1, {CONTACTS})
INSERT INTO {{table}} SELECT nextval('bench_writers'), {{rest}} FROM {{table}} WHERE id = :id;
"""
# The statement alone, inside the server; 400 turns, as the 501st row would end in a marker. Microseconds.
ALONE = """
    CREATE OR REPLACE FUNCTION pg_temp.best(statement text) RETURNS float8 LANGUAGE plpgsql AS $$
    DECLARE began timestamptz; best float8 := 1e9;
    BEGIN
        FOR turn IN 1..400 LOOP
            began := clock_timestamp();
            EXECUTE statement USING turn;
            best := least(best, extract(epoch FROM clock_timestamp() - began) * 1e6);
        END LOOP;
        RETURN best;
    END $$
"""


def main() -> None:
    seconds = 1 if "--quick" in sys.argv else 3
    print(
        f"writers: {os.cpu_count()} cores for pgbench and database (goal: at least 65 % of the commits without a log)"
    )
    stage = prepare(CONTACTS)
    with psycopg.connect(stage.database_url, autocommit=True) as connection:
        connection.execute(f'SET search_path = "{stage.schema}", public')
        rest = make_tables(connection)
        try:
            for name, script in (("update", UPDATE), ("insert", INSERT.replace("{rest}", rest))):
                for clients in CLIENTS:
                    report_throughput(stage.database_url, stage.schema, name, script, clients, seconds)
            report_alone(connection, rest)
            report_mass(connection)
        finally:
            connection.execute("DROP TABLE bench_plain, bench_logged; DROP SEQUENCE bench_writers")


def make_tables(connection: psycopg.Connection) -> str:
    """Two equal tables; returns the columns besides the key."""
    connection.execute("DROP TABLE IF EXISTS bench_plain, bench_logged")
    connection.execute("DROP SEQUENCE IF EXISTS bench_writers")
    connection.execute(f"CREATE SEQUENCE bench_writers START {CONTACTS * 10}")
    for table in ("bench_plain", "bench_logged"):
        connection.execute(f"CREATE TABLE {table} (LIKE contacts_contact INCLUDING ALL)")
        connection.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM contacts_contact")
        connection.execute(f"VACUUM ANALYZE {table}")
    triggers = connection.execute(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 'contacts_contact'::regclass"
        # The product's others (counts, search keys) write to tables that belong to the real one.
        " AND NOT tgisinternal AND tgname LIKE 'change_log%'"
    ).fetchall()
    for (definition,) in triggers:
        connection.execute(re.sub(r" ON \S+ ", " ON bench_logged ", definition, count=1))
    row = connection.execute(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = 'contacts_contact'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'id'"
    ).fetchone()
    assert row is not None
    return str(row[0])


@dataclass(frozen=True)
class Point:
    """One pgbench run: commits a second, and the database's CPU microseconds a commit."""

    rate: float
    cpu: float


def report_throughput(url: str, schema: str, name: str, script: str, clients: int, seconds: int) -> None:
    points: dict[str, list[Point]] = {"bench_plain": [], "bench_logged": []}
    for _ in range(ROUNDS):
        for table, found in points.items():
            sql = script.replace("{table}", f'"{schema}".{table}')
            sql = sql.replace("nextval('", f'nextval(\'"{schema}".')
            found.append(measure_point(url, sql, clients, seconds))
    plain, logged = (median_point(found) for found in points.values())
    print(
        f"{name}, {clients:2} writers   {plain.rate:7,.0f} commits/s without the log, {logged.rate:7,.0f} with it"
        f" ({logged.rate / plain.rate:.0%});  CPU {plain.cpu:4.0f} us a commit, {logged.cpu:4.0f} us"
        f" ({logged.cpu / plain.cpu - 1:+.0%})"
    )


def median_point(points: list[Point]) -> Point:
    """The medians of both figures."""
    return Point(
        statistics.median(point.rate for point in points), statistics.median(point.cpu for point in points)
    )


def measure_point(url: str, script: str, clients: int, seconds: int) -> Point:
    database = pid_of("postgres")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        before = cpu_ms(database)
        run = subprocess.run(
            [
                *(pgbench(), "-n", "-M", "prepared", "-j", "2", "-c", str(clients)),
                *("-T", str(seconds), "-f", file.name, "-d", url),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        time.sleep(0.5)  # until the sessions have ended, and their CPU is the server's
        spent = cpu_ms(database) - before
    rate = re.search(r"tps = ([\d.]+)", run.stdout)
    commits = re.search(r"actually processed: (\d+)", run.stdout)
    assert rate, run.stdout
    assert commits, run.stdout
    return Point(float(rate.group(1)), spent * 1000 / int(commits.group(1)))


def pgbench() -> str:
    return str(Path(postgres_folder()) / "pgbench")


def report_alone(connection: psycopg.Connection, rest: str) -> None:
    statements = {
        "update": "UPDATE {} SET last_activity_at = now(), version = version + 1 WHERE id = $1",
        "insert": f"INSERT INTO {{}} SELECT nextval('bench_writers'), {rest} FROM bench_plain WHERE id = $1",
    }
    connection.execute(ALONE)
    for name, statement in statements.items():
        plain, logged = (
            connection.execute("SELECT pg_temp.best(%s)", [statement.format(table)]).fetchone()[0]  # type: ignore[index]  # a row comes
            for table in ("bench_plain", "bench_logged")
        )
        print(
            f"{name}, one row, the statement alone: {plain:.0f} us without the log, {logged:.0f} us with it"
        )


def report_mass(connection: psycopg.Connection) -> None:
    times: dict[str, list[float]] = {"bench_plain": [], "bench_logged": []}
    for turn in range(ROUNDS):
        for table, found in times.items():
            statement = f"UPDATE {table} SET version = version + 1, stage_id = stage_id WHERE id <= 10000"
            row = connection.execute(
                f"EXPLAIN (ANALYZE, SUMMARY, FORMAT JSON) {statement} AND {turn} >= 0"
            ).fetchone()
            assert row is not None
            found.append(row[0][0]["Execution Time"])
    plain, logged = (statistics.median(found) for found in times.values())
    print(f"update of 10,000 rows: {plain:.0f} ms without the log, {logged:.0f} ms with it")


if __name__ == "__main__":
    main()
