"""The product's own ways of the database connection; Django's stubs know only those that every database has."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from django.db import connection, connections

_wrapper: Any = connection


def current_schema() -> str:
    """The schema name of the current tenant, ``public`` outside any (accounts.tenancy decides)."""
    name: str = _wrapper.schema_name
    return name


def enter_schema(schema: str) -> None:
    """Make the schema that of this context for good."""
    _wrapper.set_schema(schema)


def fetch_kept(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement that many requests repeat: it is parsed and planned once a connection."""
    found: list[tuple[Any, ...]] = connections["default"].fetch_kept(sql, params)  # type: ignore[attr-defined]  # ours
    return found


def snapshot() -> AbstractContextManager[None]:
    """A READ ONLY transaction at one snapshot, where none is open."""
    block: AbstractContextManager[None] = _wrapper.snapshot()
    return block


def preparing_cursor() -> AbstractContextManager[Any]:
    """A cursor for statements that many requests repeat: they are parsed and planned once a connection."""
    cursor: AbstractContextManager[Any] = _wrapper.preparing_cursor()
    return cursor
