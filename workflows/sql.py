"""The engine's statements: on the current tenant's schema, with the index of due work in public beside it."""

from typing import Any

from realtime.schema import preparing_cursor


def fetch(sql: str, values: Any = None) -> list[tuple[Any, ...]]:
    """All rows of a statement; like those below, it is parsed and planned once a connection."""
    with preparing_cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def fetch_one(sql: str, values: Any = None) -> tuple[Any, ...] | None:
    """The first row, or None."""
    with preparing_cursor() as cursor:
        cursor.execute(sql, values)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


def execute(sql: str, values: Any = None) -> int:
    """Run a statement; returns how many rows it touched."""
    with preparing_cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)
