"""The database can't: the disk is full, it shuts down, others are in the way. Nothing is lost, doubled or counted."""

from datetime import timedelta

import pytest
from django.db import connection

from tests.workflows.example import everything, expected, run_of, titles
from workflows import start
from workflows.drain import drain
from workflows.models import Due
from workflows.runs.models import Run
from workflows.testing import advance, expire_leases

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
# A sequence counts what is rolled back, too.
FAULT = """
    CREATE TEMPORARY SEQUENCE trouble;
    CREATE FUNCTION pg_temp.trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('pg_temp.trouble') BETWEEN {after} + 1 AND {after} + {times} THEN
            RAISE EXCEPTION 'no space left on device' USING ERRCODE = '{state}';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER trouble AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.trouble();
"""


def spoil(table: str, state: str, times: int, after: int = 0) -> None:
    """Let statements on a table fail with that SQLSTATE, so many times, after some that work."""
    with connection.cursor() as cursor:
        cursor.execute(FAULT.format(table=table, state=state, times=times, after=after))


def finish() -> None:
    """Let time go on; no run may need a human."""
    for _ in range(12):
        drain()
        assert not Run.objects.filter(status="failed").exists()
        assert not Due.objects.filter(kind="run", state=Due.State.FAILED).exists()
        if not Run.objects.filter(finished_at=None).exists():
            return
        expire_leases()
        advance(MINUTE)
    raise AssertionError(list(Run.objects.values("status", "error")))


@pytest.mark.parametrize("table", ["tasks_task", "runs_steprun", "functions_auditentry"])
@pytest.mark.parametrize(("state", "times"), [("53100", 9), ("57P01", 5), ("40P01", 3), ("40001", 3)])
@pytest.mark.parametrize("after", [0, 2])
def test_nothing_is_lost_doubled_or_counted(
    owner: int, table: str, state: str, times: int, after: int
) -> None:
    """Disk full, a shutdown, deadlocks and serialization failures, in effects and in the journal."""
    run_id = start(everything, {"owner_id": owner, "name": "r"})
    spoil(table, state, times, after)
    finish()
    assert titles() == expected("r")
    assert run_of(run_id).status == "completed"


def test_a_full_disk_leaves_runs_as_they_were(owner: int) -> None:
    runs = [start(everything, {"owner_id": owner, "name": f"r{number}"}) for number in range(5)]
    spoil("runs_steprun", "53100", 1000)
    for _ in range(6):
        drain(1)
        advance(MINUTE)
    assert {run_of(run_id).status for run_id in runs} == {"running"}
    assert set(Due.objects.filter(kind="run").values_list("attempts", "state")) == {(0, 0)}
    assert titles() == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('pg_temp.trouble', 100000)")
    finish()
    assert sorted(titles()) == sorted(title for number in range(5) for title in expected(f"r{number}"))
