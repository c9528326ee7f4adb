"""Where records keep the values of the fields that a firm adds (``crm.fields``): one JSON column, by key.

Only keys with a value are there. Containment (``custom @> {"plan": "gold"}``) is served by a GIN index.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Expression, F, Func, Value

#: A field rule about a custom field names it so: "custom.plan".
PREFIX = "custom."
#: The name of the record's attribute; rows call it "custom".
COLUMN = "custom_values"


class HasCustomFields(models.Model):
    """A record with custom fields."""

    custom_values = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField()), blank=True, db_column="custom"
    )

    class Meta:
        abstract = True


def custom_index(name: str) -> GinIndex:
    """The index for containment."""
    return GinIndex(fields=["custom_values"], name=name, opclasses=["jsonb_path_ops"])


class Without(Func):
    """A JSON object without some of its keys."""

    template = "(%(expressions)s)"
    arg_joiner = " - "


def without_hidden(hidden: Iterable[str]) -> Expression | str:
    """The source of a row's "custom": the column, without the keys that the role hides."""
    keys = sorted(name.removeprefix(PREFIX) for name in hidden if name.startswith(PREFIX))
    if not keys:
        return COLUMN
    listed = Value(keys, output_field=ArrayField(models.TextField()))
    return Without(F(COLUMN), listed, output_field=models.JSONField())


def audited(values: dict[str, Any], before: dict[str, Any] | None = None) -> dict[str, list[Any]]:
    """What changed, for the audit log: ``{"custom.plan": [before, after]}``."""
    old = before or {}
    return {
        f"{PREFIX}{key}": [old.get(key), values.get(key)]
        for key in sorted({*old, *values})
        if old.get(key) != values.get(key)
    }


def custom_names(values: dict[str, Any]) -> dict[str, Any]:
    """The values by the names that field rules and the audit log use."""
    return {f"{PREFIX}{key}": value for key, value in values.items()}
