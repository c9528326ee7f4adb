"""Fixtures that every test may use; see tests/servers.py and tests/databases.py for what stands behind them."""

import os
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis.internal.conjecture import providers
from pytest_django.plugin import DjangoDbBlocker

from accounts.tenancy import tenant_context
from api import rate_limits
from crm.filters.window import forget_windows
from tests import databases
from tests.cast import ACME, GLOBEX, Cast, load_cast
from tests.processes import PATIENCE, process, web_server


def pytest_configure(config: pytest.Config) -> None:
    """Every test client makes the middleware anew: WhiteNoise shall not read hundreds of static files each time."""
    settings.WHITENOISE_AUTOREFRESH = True
    # One that has to wait for its turn on a busy machine is not away: requests would pass uncounted.
    rate_limits.ANSWER_SECONDS = PATIENCE
    # What the clock says depends on who else uses the machine; and every run tries the same examples: a new one that
    # fails is found by whoever looks for it (HYPOTHESIS=random), not by whoever changes something else.
    is_random = os.environ.get("HYPOTHESIS") == "random"
    if not is_random:
        # It would try the constants of whatever modules this process happens to have imported.
        providers._get_local_constants = lambda: providers._local_constants
    hypothesis_settings.register_profile(
        "unhurried",
        deadline=None,
        derandomize=not is_random,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    hypothesis_settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """This worker's copy of the template, in place of Django's own test database."""
    with django_db_blocker.unblock(), databases.copy() as name, databases.used(name):
        yield


@pytest.fixture(scope="session")
def cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Cast:
    """Olivia, Adam, Lea, Alice, Bob and Vera of Acme, Charlie of Globex."""
    with django_db_blocker.unblock():
        return load_cast()


@pytest.fixture(scope="module")
def committed_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The module's own database, without a transaction around tests: what they write is committed.

    For sockets, live servers and browsers. Not together with the ``django_db`` mark. Yields its address.
    """
    with django_db_blocker.unblock(), databases.copy() as name, databases.used(name):
        yield databases.database_url(name)


@pytest.fixture(scope="module")
def address(committed_db: str) -> Iterator[str]:
    """The address of a web server with a relay, real processes on the module's own database."""
    with process("relay", committed_db), web_server(committed_db) as address:
        yield address


@pytest.fixture(scope="module")
def module_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A transaction around the module: what its own fixtures write is found by each of its tests, and written once.

    What a test changes is rolled back after it, as ever.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def acme(db: None) -> Iterator[str]:
    """The test runs inside Acme."""
    with tenant_context(ACME):
        yield ACME


@pytest.fixture
def globex(db: None) -> Iterator[str]:
    """The test runs inside Globex."""
    with tenant_context(GLOBEX):
        yield GLOBEX


@pytest.fixture(autouse=True)
def fresh_windows() -> None:
    """What a process remembers of how far lists look would change how many statements a test counts."""
    forget_windows()


@pytest.fixture(autouse=True)
def empty_redis(request: pytest.FixtureRequest) -> None:
    """A test that is rolled back begins with an empty Valkey, too (it is this worker's own)."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            client.flushall()
        cache.close()
