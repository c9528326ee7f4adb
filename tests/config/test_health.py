"""/healthz answers always, /readyz only when everything that serving needs is there."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from psycopg_pool import ConnectionPool

from realtime.changes.models import Relay

pytestmark = pytest.mark.django_db


def beat(age: timedelta) -> None:
    Relay.objects.update_or_create(pk=1, defaults={"heartbeat_at": Now() - age})


def no_waiting(*_: object, **__: object) -> None:
    """In place of the pool's wait for a connection."""
    raise AssertionError("the pool was asked")


def test_healthz_answers(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_watchers_know_a_process_by_its_address_alone(client: Client, settings: Any, path: str) -> None:
    settings.ALLOWED_HOSTS = [".crm.example"]
    assert client.get("/login/", headers={"host": "10.0.0.5:8000"}).status_code == 400
    assert client.get(path, headers={"host": "10.0.0.5:8000"}).status_code in (200, 503)


def test_ready_with_database_redis_migrations_and_a_relay(client: Client) -> None:
    beat(timedelta(seconds=1))
    response = client.get("/readyz")
    assert response.status_code == 200, response.content
    assert response.json()["checks"] == dict.fromkeys(("database", "redis", "migrations", "relay"), "ok")


def test_not_ready_without_a_relay(client: Client) -> None:
    beat(timedelta(minutes=1))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["relay"] == "no relay leads"


def test_not_ready_without_redis(client: Client, settings: object) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]  # the stubs know no own settings
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["redis"] == "ConnectionError"


def test_not_ready_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """By one connection that is refused at once: the pool would be waited for, by each check that asks the database."""
    monkeypatch.setattr(ConnectionPool, "getconn", no_waiting)
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    response = client.get("/readyz")
    assert response.status_code == 503
    checks = response.json()["checks"]
    assert checks["database"] == "OperationalError"
    assert checks["migrations"] == checks["relay"] == "no database to ask"
    assert checks["redis"] == "ok"
