"""Connections of the relay's own: straight to the server, each a session that keeps its state."""

from typing import Any

import psycopg
from django.conf import settings
from django.db import connections

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

#: The server ends a relay's session that stands still (a stopped process, a lost machine), so that its lock
#: and its snapshots go and a standby can take over. A living relay speaks twenty times a second.
SESSION_SETTINGS = {
    "TimeZone": "UTC",
    "idle_session_timeout": "5s",
    "idle_in_transaction_session_timeout": "10s",
    "tcp_keepalives_idle": "2",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
    "client_connection_check_interval": "1s",
    "application_name": "relay",
}
_LIBPQ_OPTIONS = frozenset({"sslmode", "sslrootcert", "sslcert", "sslkey", "service", "passfile"})


async def connect() -> Connection:
    """A new session in autocommit mode. Behind PgBouncer in transaction mode set DATABASE_DIRECT_URL."""
    return await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True, connect_timeout=5)


def _parameters() -> dict[str, Any]:
    database = {**connections["default"].settings_dict, **settings.DATABASE_DIRECT}
    parameters = {
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
        "options": " ".join(f"-c {name}={value}" for name, value in SESSION_SETTINGS.items()),
    }
    libpq = {name: value for name, value in database["OPTIONS"].items() if name in _LIBPQ_OPTIONS}
    return {name: value for name, value in {**parameters, **libpq}.items() if value not in ("", None)}
