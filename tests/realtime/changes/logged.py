"""What the change log got while a block ran."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from realtime.changes.change import Change
from realtime.changes.log import CHANGE_COLUMNS, parse_change


def rows_after(last_id: int) -> list[Change]:
    """All rows that this transaction sees with a higher id."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {CHANGE_COLUMNS} FROM public.changes_change WHERE id > %s ORDER BY id", [last_id]
        )
        return [parse_change(row) for row in cursor.fetchall()]


@contextmanager
def logged() -> Iterator[list[Change]]:
    """A list that holds, after the block, the changes that it caused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM public.changes_change")
        (last_id,) = cursor.fetchone()
    changes: list[Change] = []
    yield changes
    changes += rows_after(last_id)
