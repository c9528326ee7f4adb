"""Which of a table's columns go into the change log: enough to match a change, and nothing that must not leak."""

from __future__ import annotations

import re

from django.apps import apps
from django.db import models

from realtime.reads.values import MAX_TEXT, is_matchable

#: Columns whose name says that knowing the value gives access. A matcher takes an absent column for unknown.
SECRET = re.compile(r"password|hash|token|secret|fingerprint|session_key|_data$")
#: Secrets that have an ordinary name.
SECRET_COLUMNS = frozenset({("account_emailconfirmation", "key")})


def logged_columns(model: type[models.Model]) -> frozenset[str]:
    """The columns of the model's own table whose values the log carries."""
    table = model._meta.db_table
    return frozenset(
        column
        for column, field in _columns(model)
        if is_matchable(field)
        and _is_short(field)
        and not SECRET.search(column)
        and (table, column) not in SECRET_COLUMNS
    )


def unlogged_columns(model: type[models.Model]) -> list[str]:
    """The other columns, in the table's order; what the trigger takes out of a row."""
    logged = logged_columns(model)
    return [column for column, _ in _columns(model) if column not in logged]


def kept_columns(model: type[models.Model]) -> list[str]:
    """Unlogged columns of which an update's old and new value are kept all the same, cut, for what waits for a change
    from one to the other: those that the model names in ``keeps_changes_of``. Never a secret."""
    # Asked of the class itself: the models of a migration's state have its fields alone.
    own = apps.all_models[model._meta.app_label].get(model._meta.model_name or "")
    named: frozenset[str] = getattr(own, "keeps_changes_of", frozenset())
    return [column for column in unlogged_columns(model) if column in named and not SECRET.search(column)]


def key_column(model: type[models.Model]) -> str:
    """The primary key's column; empty when its value must not be logged, or when it has several."""
    key = model._meta.pk
    return str(key.column) if key is not None and key.column in logged_columns(model) else ""


def _columns(model: type[models.Model]) -> list[tuple[str, models.Field[object, object]]]:
    return [(str(field.column), field) for field in model._meta.local_concrete_fields]


def _is_short(field: models.Field[object, object]) -> bool:
    # By the column, not by the value: looking at the length of every text would cost each write.
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return not isinstance(field, models.CharField) or (field.max_length or MAX_TEXT + 1) <= MAX_TEXT
