"""The old row of an update, made from what the log has of it: the values that have changed, as PostgreSQL's text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import models

from realtime.reads.values import json_of_text


def old_row(
    table: str, columns: Iterable[str], stored: Mapping[str, Any], new: Mapping[str, Any]
) -> dict[str, object]:
    """The old row as JSON values; a changed column whose old value is not sure is absent, thus unknown.

    Logs from before texts were stored hold JSON values, and older ones the whole old row: they are read, too.
    """
    old = dict(new)
    for column in columns:
        old.pop(column, None)
    fields = fields_by_table().get(table, {})
    for column, value in stored.items():
        if not isinstance(value, str):
            old[column] = value
        elif column in fields:
            try:
                old[column] = json_of_text(fields[column], value)
            except (TypeError, ValueError):
                continue
    return old


@lru_cache(maxsize=1)
def fields_by_table() -> dict[str, dict[str, models.Field[Any, Any]]]:
    """The columns of each model's table, those of automatic m2m tables included."""
    return {
        model._meta.db_table: {str(field.column): field for field in model._meta.local_concrete_fields}
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
    }
