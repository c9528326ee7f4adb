"""A web process and a relay on committed data, a key for every person, and clients."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from accounts.api_keys import create_api_key
from accounts.models import Tenant
from accounts.tenancy import public_context
from tests import databases, processes
from tests.cast import Cast, Person, load_cast
from tests.realtime.live.client import LiveClient


@dataclass
class Deployment:
    """Where the web process answers, and who may come."""

    address: str
    database_url: str
    cast: Cast
    keys: dict[tuple[str, int], tuple[int, str]] = field(default_factory=dict)

    def key(self, person: Person) -> str:
        """An API key of the person's."""
        place = (person.schema, person.member_id)
        if place not in self.keys:
            self.keys[place] = new_key(person)
        return self.keys[place][1]


def new_key(person: Person) -> tuple[int, str]:
    """A fresh API key with the member's full rights: its row's id and its text."""
    with public_context():
        tenant = Tenant.objects.get(schema_name=person.schema)
        row, text = create_api_key(
            tenant_id=tenant.pk, member_id=person.member_id, name="Test", scopes=["read", "write"]
        )
    return row.pk, text


@pytest.fixture(scope="package")
def deployment(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Deployment]:
    """One relay and one web process for all of this package's tests, on a database of their own."""
    with django_db_blocker.unblock(), databases.copy() as name, databases.used(name):
        url = databases.database_url(name)
        with processes.process("relay", url), processes.web_server(url) as address:
            yield Deployment(address, url, load_cast())


@pytest.fixture
def connect(deployment: Deployment) -> Iterator[Callable[..., LiveClient]]:
    """Opens a socket as a person."""
    clients: list[LiveClient] = []

    def opened(person: Person, **options: Any) -> LiveClient:
        client = LiveClient(deployment.address, key=deployment.key(person), **options)
        clients.append(client)
        return client

    yield opened
    for client in clients:
        client.close()
