"""How PostgreSQL would run a statement, whatever its estimates of the moment are.

Between reading a small table whole and looking it up, costs decide, and those hang on what is beside the rows: how
many pages tests before this one have left behind, what autovacuum has done. A plan here is therefore made with all
that needs no index forbidden: a Seq Scan, or a Sort where the order is to come from an index, is in it only if no
index can serve. Between indexes the costs decide as ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

FORBIDDEN = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
UNORDERED = ("enable_sort", "enable_incremental_sort", "enable_bitmapscan")


@contextmanager
def pinned(*, in_order: bool = True) -> Iterator[None]:
    """Within it plans don't hang on estimates; what it ran is undone. in_order: rows come sorted from an index."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off")
            for setting in FORBIDDEN + UNORDERED * in_order:
                cursor.execute(f"SET LOCAL {setting} = off")
        yield
        transaction.set_rollback(True)


def explain(sql: str, *, in_order: bool = True) -> str:
    """The statement's plan, as text."""
    with pinned(in_order=in_order), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())
