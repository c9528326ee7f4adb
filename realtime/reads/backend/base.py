"""PostgreSQL backend that records what queries read while a tracker is active."""

import re
from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base

from realtime.reads.backend.compiler import was_compiled
from realtime.reads.backend.operations import DatabaseOperations
from realtime.reads.tables import PUBLIC
from realtime.reads.tracker import active_tracker, note_unknown_sql

# Statements that look at no row of a table.
_READS_NOTHING = re.compile(
    r"\s*(SET|RESET|SHOW|BEGIN|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|LOCK|LISTEN|UNLISTEN|NOTIFY)\b", re.I
)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's PostgreSQL backend with recording compilers."""

    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(_account_for)


def _account_for(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Execute wrapper: SQL that no compiler wrote must not read behind the tracker's back."""
    if active_tracker() is not None and not was_compiled(sql) and not _READS_NOTHING.match(str(sql)):
        note_unknown_sql(str(sql), getattr(context["connection"], "schema_name", None) or PUBLIC)
    return execute(sql, params, many, context)
