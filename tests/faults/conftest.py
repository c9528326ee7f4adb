"""Workers with short leases for tests of this folder, and the books that outlive them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.tenancy import tenant_context
from crm.tasks.models import Task
from tests.cast import ACME, Cast, load_cast
from tests.faults.workers import Workers, workers
from workflows.models import Due
from workflows.runs.models import Place, Run, RunEvent, StepRun


@pytest.fixture(scope="module")
def people(committed_db: str) -> Cast:
    return load_cast()


@pytest.fixture(scope="module")
def crew(committed_db: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """Workers with short leases and a ledger."""
    ledger = tmp_path_factory.mktemp("books") / "ledger"
    os.environ["LEDGER"] = str(ledger)
    with workers(committed_db, WORKFLOWS_LEASE_SECONDS="2", LEDGER=str(ledger)) as crew:
        yield crew
    del os.environ["LEDGER"]


@pytest.fixture
def ledger(crew: Workers, people: Cast) -> Iterator[Path]:
    """An empty ledger and empty tables; the test runs inside Acme."""
    path = Path(os.environ["LEDGER"])
    path.write_text("")
    Due.objects.all().delete()
    with tenant_context(ACME):
        for model in (RunEvent, StepRun, Place, Run, Task):
            model.objects.all().delete()
        yield path
