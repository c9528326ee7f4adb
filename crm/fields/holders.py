"""The records that have custom fields, found among the models: the areas' tables are not known here."""

from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Case, F, Func, JSONField, QuerySet, TextField, Value, When
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, JSONObject
from django.db.models.lookups import Exact

from crm.records.custom import COLUMN, HasCustomFields


@cache
def _models() -> dict[str, type[HasCustomFields]]:
    found = [model for model in apps.get_models() if issubclass(model, HasCustomFields)]
    return {model._meta.model_name or "": model for model in found}


def holders_of(object: str, key: str) -> QuerySet[Any, Any]:
    """The object's records, those in the bin too, that have a value of the field."""
    return _models()[object]._default_manager.filter(**{f"{COLUMN}__has_key": key})


def is_used(object: str, key: str) -> bool:
    """Whether any record has a value of the field."""
    return holders_of(object, key).exists()


def remove_values(object: str, key: str) -> int:
    """Take the field's values out of all records, in one statement; returns how many had one."""
    return holders_of(object, key).update(**{COLUMN: _Minus(F(COLUMN), _text(key))})


def remove_option(object: str, key: str, option: str, *, several: bool) -> int:
    """Take one option out of all records that have it, in one statement; returns how many had it."""
    held = {key: [option] if several else option}
    left = _Minus(KeyTransform(key, COLUMN), _text(option))
    without: Any = _Minus(F(COLUMN), _text(key))
    if several:
        changed = _Joined(F(COLUMN), JSONObject(**{key: left}))
        without = Case(When(Exact(left, Value([], JSONField())), then=without), default=changed)
    return (
        _models()[object]._default_manager.filter(**{f"{COLUMN}__contains": held}).update(**{COLUMN: without})
    )


def _text(text: str) -> Cast:
    return Cast(Value(text), TextField())


class _Minus(Func):
    """A JSON object without a key, a JSON list without a text."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = JSONField()


class _Joined(Func):
    """A JSON object with the keys of another one."""

    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = JSONField()
