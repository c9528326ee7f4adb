"""Chooses between Django's compilers and the recording ones."""

from typing import Any

from django.db.backends.postgresql import operations

from realtime.reads.backend import compiler as recording
from realtime.reads.tracker import active_tracker


class DatabaseOperations(operations.DatabaseOperations):
    """Django's operations; statements of a tracked block are compiled by recording compilers."""

    def compiler(self, compiler_name: str) -> Any:
        if active_tracker() is None:
            return super().compiler(compiler_name)
        return getattr(recording, compiler_name)

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        """The statement with its parameters, which a prepared one does not hold."""
        if getattr(cursor, "prepares", False):
            return self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)
