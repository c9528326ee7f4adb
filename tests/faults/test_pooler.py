"""Behind PgBouncer in transaction mode, with two sessions for many clients: each statement finds its own tenant."""

import json
import signal
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction

from accounts.api_keys import create_api_key
from accounts.backend.pooled import directly
from accounts.migration import tenant_schemas
from accounts.models import Tenant
from accounts.tenancy import public_context, tenant_context
from crm.tasks.models import Task
from tests.cast import ACME, GLOBEX, Person, load_cast
from tests.databases import disconnect
from tests.faults.workers import workers
from tests.pooler import pgbouncer
from tests.processes import web_server
from tests.workflows import example
from workflows import start
from workflows.checks import check_journals
from workflows.models import Due
from workflows.runs.models import Run
from workflows.testing import advance, expire_leases

pytestmark = pytest.mark.faults
SCHEMAS = (ACME, GLOBEX)


@pytest.fixture(scope="module")
def pooled(committed_db: str) -> Iterator[str]:
    """The module's database behind the pooler; this process goes through it, too."""
    database = connections.settings["default"]
    before = settings.DATABASE_DIRECT, settings.DATABASE_PREPARES
    with pgbouncer(committed_db) as url:
        direct = {name: database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
        settings.DATABASE_DIRECT, settings.DATABASE_PREPARES = direct, False
        disconnect()
        database["PORT"] = str(urlsplit(url).port)
        yield url
        disconnect()
        database["PORT"] = direct["PORT"]
        settings.DATABASE_DIRECT, settings.DATABASE_PREPARES = before


@pytest.fixture(scope="module")
def owners(pooled: str) -> dict[str, int]:
    """A member of each tenant, by whom its tasks are owned; each tenant has one task, named like it."""
    cast = load_cast()
    owners = {ACME: cast.alice.member_id, GLOBEX: cast.charlie.member_id}
    for schema in SCHEMAS:
        with tenant_context(schema):
            Task.objects.create(title=schema, owner_id=owners[schema])
    return owners


def own() -> list[str]:
    """The titles that the context's tenant has, of those that are named like tenants."""
    return list(Task.objects.filter(title__startswith="t_").values_list("title", flat=True))


def look_around(number: int) -> list[tuple[str, list[str]]]:
    """What one thread sees, of which tenant: in transactions, outside, after savepoints, with an old cursor."""
    found = []
    mine, other = SCHEMAS if number % 2 else SCHEMAS[::-1]
    try:
        for _turn in range(15):
            with tenant_context(mine), connection.cursor() as cursor:
                found.append((mine, own()))
                with transaction.atomic():
                    found.append((mine, own()))
                    try:
                        with transaction.atomic(), tenant_context(other):
                            found.append((other, own()))
                            raise LookupError
                    except LookupError:
                        found.append((mine, own()))
                    cursor.execute("SELECT title FROM tasks_task WHERE title LIKE 't\\_%%'", [])
                    found.append((mine, [row[0] for row in cursor.fetchall()]))
                cursor.execute("SELECT title FROM tasks_task WHERE title LIKE 't\\_%%'", [])
                found.append((mine, [row[0] for row in cursor.fetchall()]))
    finally:
        connection.close()
    return found


def test_each_statement_finds_its_own_tenant(pooled: str, owners: dict[str, int]) -> None:
    """Eight threads share two sessions: what one says to its session must be nothing to the next."""
    with ThreadPoolExecutor(8) as pool:
        seen = [pair for found in pool.map(look_around, range(8)) for pair in found]
    assert Counter(schema for schema, titles in seen if titles == [schema]) == dict.fromkeys(SCHEMAS, 360)
    with psycopg.connect(pooled, autocommit=True) as client:
        paths = {client.execute("SHOW search_path").fetchone() for _ in range(6)}
    assert paths == {('"$user", public',)}


def test_workers_that_are_killed_lose_nothing(
    pooled: str, committed_db: str, owners: dict[str, int], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    ledger.write_text("")
    environment = {"WORKFLOWS_LEASE_SECONDS": "2", "LEDGER": str(ledger), "DATABASE_DIRECT_URL": committed_db}
    names = [f"r{number}" for number in range(3)]
    with workers(pooled, **environment) as crew:
        for schema in SCHEMAS:
            with tenant_context(schema):
                for name in names:
                    start(example.everything, {"owner_id": owners[schema], "name": name})
        assert crew.run("step.body_done", 7) == -signal.SIGKILL
        expire_leases()
        pids = [crew.begin("step.rearmed", 2), crew.begin(), crew.begin()]
        assert {crew.end_of(pid) for pid in pids} <= {0, -signal.SIGKILL}
        for _ in range(3):
            expire_leases()
            assert crew.run() == 0
            advance(example.timedelta(minutes=1))
    wanted = Counter(title for name in names for title in example.expected(name))
    for schema in SCHEMAS:
        with tenant_context(schema):
            found = Counter(example.titles())
            assert found.pop(schema) == 1
            assert found == wanted
            assert not Run.objects.exclude(status="completed").exists()
            assert check_journals() == []
    with public_context():
        assert not Due.objects.filter(kind="run").exists()
    calls = Counter(line.split()[0] for line in ledger.read_text().splitlines())
    assert len(calls) == 2 * 2 * len(names)


def new_key(person: Person) -> str:
    """An API key of the person's."""
    with public_context():
        tenant = Tenant.objects.get(schema_name=person.schema)
        return create_api_key(tenant_id=tenant.pk, member_id=person.member_id, name="test", scopes=["read"])[
            1
        ]


def ask(address: str, key: str) -> list[dict[str, Any]]:
    """The data of a list."""
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        data: list[dict[str, Any]] = json.load(answer)["data"]
    return data


def test_migrations_and_requests(pooled: str, committed_db: str, owners: dict[str, int]) -> None:
    """The lock of migrations is a session's: they go past the pooler. Requests of two tenants go through it, mixed."""
    server, pooler = urlsplit(committed_db).port, urlsplit(pooled).port
    with directly():
        assert connection.settings_dict["PORT"] == str(server)
        assert tenant_schemas() == [*SCHEMAS]
    assert connection.settings_dict["PORT"] == str(pooler)
    call_command("migrate", verbosity=0)
    cast = load_cast()
    keys = {ACME: new_key(cast.olivia), GLOBEX: new_key(cast.charlie)}
    with web_server(pooled, DATABASE_DIRECT_URL=committed_db) as address, ThreadPoolExecutor(6) as pool:
        orders = [*SCHEMAS] * 10
        url = f"{address}/api/v1/tasks?when=open"
        answers = list(pool.map(lambda schema: ask(url, keys[schema]), orders))
    titles = [{task["title"] for task in data} & set(SCHEMAS) for data in answers]
    assert titles == [{schema} for schema in orders]
