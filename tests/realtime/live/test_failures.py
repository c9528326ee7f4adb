"""Redis, relay and connections die and come back; screens go on, from the change log if need be."""

import itertools
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import redis
from pytest_django.plugin import DjangoDbBlocker

from accounts.tenancy import tenant_context
from config import embedded
from realtime.changes.publish import group_of
from realtime.functions.call import call
from tests import databases, processes
from tests.cast import ACME, load_cast
from tests.realtime.live.client import LiveClient
from tests.realtime.live.conftest import Deployment

pytestmark = pytest.mark.faults


@dataclass
class Fragile(Deployment):
    """A deployment whose parts may be broken."""

    redis: Path = Path()
    redis_url: str = ""
    relay: processes.Process | None = None


@pytest.fixture(scope="module")
def fragile(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fragile]:
    """A web process and a relay on a Valkey and a database of their own."""
    folder = tmp_path_factory.mktemp("fragile")
    processes.keep_ports(folder, "valkey")
    url = embedded.start(folder, test=True, servers=("valkey",))["REDIS_URL"]
    try:
        with django_db_blocker.unblock(), databases.copy() as name, databases.used(name):
            database = databases.database_url(name)
            with (
                processes.process("relay", database, REDIS_URL=url) as relay,
                processes.web_server(database, REDIS_URL=url) as address,
            ):
                yield Fragile(address, database, load_cast(), redis=folder, redis_url=url, relay=relay)
    finally:
        embedded.stop(folder)


@pytest.fixture
def screen(fragile: Fragile) -> Iterator[LiveClient]:
    """Olivia's list."""
    with LiveClient(fragile.address, key=fragile.key(fragile.cast.olivia)) as client:
        client.subscribe("list", "contacts.list_contacts")
        yield client


def write_and_see(fragile: Fragile, screen: LiveClient, name: str) -> None:
    """Commit a contact in another process and wait until the screen shows it."""
    with tenant_context(ACME):
        call("contacts.create_contact", fragile.cast.olivia.context(), {"first_name": name})
    screen.wait(lambda: name in {row["first_name"] for row in screen.answers["list"]["data"]})


def until_told(fragile: Fragile, screen: LiveClient) -> None:
    """Writes come to be told through Redis again, to somebody, and the screen follows."""
    channel = f"live__group__{group_of(ACME)}"
    with (
        redis.Redis.from_url(fragile.redis_url) as server,
        server.pubsub(ignore_subscribe_messages=True) as ears,
    ):
        ears.subscribe(channel)
        numbers = itertools.count()

        def is_told() -> bool:
            write_and_see(fragile, screen, f"Again {next(numbers)}")
            said = ears.get_message(timeout=1) or ears.get_message(timeout=1)
            return said is not None and server.pubsub_numsub(channel)[0][1] == 2

        processes.wait_for(is_told)


def test_redis_dies_and_comes_back(fragile: Fragile, screen: LiveClient) -> None:
    write_and_see(fragile, screen, "Before")
    embedded.stop(fragile.redis)
    for number in range(3):
        write_and_see(fragile, screen, f"Without {number}")
    assert LiveClient(fragile.address, key=fragile.key(fragile.cast.adam)).subscribe(
        "list", "contacts.list_contacts"
    )["data"]
    again = embedded.start(fragile.redis, test=True, servers=("valkey",))["REDIS_URL"]
    assert again == fragile.redis_url
    until_told(fragile, screen)


def test_lost_messages_are_read_from_the_log(fragile: Fragile, screen: LiveClient) -> None:
    write_and_see(fragile, screen, "Whole")
    with redis.Redis.from_url(fragile.redis_url) as server:
        server.client_kill_filter(_type="pubsub", skipme=True)
    write_and_see(fragile, screen, "Lost")


def test_the_relay_stands_still(fragile: Fragile, screen: LiveClient) -> None:
    assert fragile.relay is not None
    fragile.relay.popen.send_signal(signal.SIGSTOP)
    try:
        write_and_see(fragile, screen, "Stopped")
    finally:
        fragile.relay.popen.send_signal(signal.SIGCONT)
    until_told(fragile, screen)


def test_database_connections_are_cut(fragile: Fragile, screen: LiveClient) -> None:
    with psycopg.connect(databases.database_url("postgres"), autocommit=True) as administrator:
        name = fragile.database_url.rpartition("/")[2]
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND application_name <> 'tests'",
            [name],
        )
    databases.disconnect()
    write_and_see(fragile, screen, "Cut")
    assert screen.close_code is None
