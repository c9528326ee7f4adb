"""INSERT by a statement compiled once a model: every mutation that creates something pays for it.

Django builds the statement anew for each row, at the cost of three such INSERTs. What ``save`` does besides is
done here too (``pre_save``, the key, the state), except signals, of which this product has none.
"""

from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Model

from realtime.schema import preparing_cursor

#: Rows of one statement: PostgreSQL takes up to 65,535 parameters, and planning grows with them.
ROWS = 200


def insert(instance: Model) -> None:
    """Insert one new instance and give it its key."""
    insert_all([instance])


def insert_all(instances: list[Any]) -> None:
    """Insert new instances of one model, and give them their keys."""
    for start in range(0, len(instances), ROWS):
        _insert_some(instances[start : start + ROWS])


def _insert_some(instances: list[Any]) -> None:
    model: Any = type(instances[0])
    head, row, fields = _statement(model)
    values = [
        field.get_db_prep_save(field.pre_save(instance, True), connection)
        for instance in instances
        for field in fields
    ]
    key = instances[0]._meta.pk.column
    one = len(instances) == 1
    with preparing_cursor() if one else connection.cursor() as cursor:
        cursor.execute(f"{head}{', '.join([row] * len(instances))} RETURNING {_quoted(key)}", values)
        keys = cursor.fetchall()
    for instance, (key,) in zip(instances, keys, strict=True):
        instance.pk = key
        instance._state.adding, instance._state.db = False, connection.alias


@lru_cache(maxsize=512)
def _statement(model: type[Model]) -> tuple[str, str, tuple[Any, ...]]:
    """The statement up to VALUES, the placeholders of a row, and the fields in their order."""
    meta = model._meta
    if meta.auto_field is None or meta.parents:
        raise TypeError(f"{meta.label} has no key of its own that the database counts up: save it.")
    fields = tuple(field for field in meta.concrete_fields if field is not meta.auto_field)
    columns = ", ".join(_quoted(str(field.column)) for field in fields)
    marks = ", ".join(_placeholder(field) for field in fields)
    return f"INSERT INTO {_quoted(meta.db_table)} ({columns}) VALUES ", f"({marks})", fields


def _placeholder(field: Any) -> str:
    return field.get_placeholder(None, None, connection) if hasattr(field, "get_placeholder") else "%s"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
