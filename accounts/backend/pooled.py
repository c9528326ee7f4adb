"""The tenant's search path behind a pooler in transaction mode, which lends a server's session a transaction at a time.

What one transaction says with SET would there be found by whoever gets the session next, and be missing in the next
transaction of one's own. So nothing is said to the session: each transaction says its path with SET LOCAL, and a
statement outside of any gets one. Outside of tenants the server's default path is right.
See https://www.pgbouncer.org/features.html for what holds in which mode.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, connections
from psycopg import sql as psycopg_sql
from psycopg.pq import TransactionStatus

from accounts import tenancy


def is_pooled(database: dict[str, Any]) -> bool:
    """Whether a pooler stands between: the direct address is another one."""
    direct = settings.DATABASE_DIRECT
    return bool(direct) and any(direct.get(part) != database.get(part) for part in ("HOST", "PORT"))


def tell_path(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Execute wrapper: the statement runs in a transaction that knows the tenant."""
    wrapper = context["connection"]
    raw, status = wrapper.connection, wrapper.connection.info.transaction_status
    if tenancy.current().anywhere or status == TransactionStatus.INERROR:
        return execute(sql, params, many, context)
    with wrapper.wrap_database_errors:
        if status == TransactionStatus.IDLE and raw.autocommit:
            if tenancy.current_schema() == tenancy.PUBLIC:
                return execute(sql, params, many, context)
            with raw.transaction():
                _say(wrapper)
                return execute(sql, params, many, context)
        if status == TransactionStatus.IDLE or wrapper.said_path != wrapper.wanted_path:
            wrapper.said_path = _say(wrapper)
    return execute(sql, params, many, context)


def _say(wrapper: Any) -> list[str]:
    path: list[str] = wrapper.wanted_path
    names = psycopg_sql.SQL(", ").join(map(psycopg_sql.Identifier, path))
    wrapper.connection.execute(psycopg_sql.SQL("SET LOCAL search_path = {}").format(names))
    return path


@contextmanager
def directly() -> Iterator[None]:
    """Let this process speak to the server itself for the block: locks of a session, work outside transactions."""
    database = connections.settings["default"]
    before = dict(database)
    direct: dict[str, Any] = settings.DATABASE_DIRECT
    _reconnect(database, {**direct, "OPTIONS": {**before["OPTIONS"], **direct.get("OPTIONS", {})}})
    try:
        yield
    finally:
        _reconnect(database, before)


def _reconnect(database: dict[str, Any], values: dict[str, Any]) -> None:
    if any(database.get(name) != value for name, value in values.items()):
        connections.close_all()
        wrapper: Any = connection
        wrapper.close_pool()
        database.update(values)
