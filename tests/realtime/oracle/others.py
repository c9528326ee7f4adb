"""Rows of all tables that the oracle's world does not know by name: values made up from the fields themselves."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

from realtime.changes.trigger import is_reactive


@cache
def other_models(known: frozenset[type[models.Model]]) -> list[type[models.Model]]:
    """The tenant's reactive models but the known ones."""
    configs = [config for config in apps.get_app_configs() if config.name in settings.TENANT_APPS]
    found = [model for config in configs for model in config.get_models() if is_reactive(model)]
    return [model for model in found if model not in known and model._meta.managed and not model._meta.proxy]


def generic_fields(model: type[models.Model], pick: Any) -> dict[str, Callable[[], Any]]:
    """Random values for the model's columns, by their types; some combinations the database will refuse."""
    return {
        field.attname: lambda field=field: value_of(field, pick)  # type: ignore[misc]  # mypy can't infer a default argument's lambda
        for field in model._meta.local_concrete_fields
        if not isinstance(field, models.AutoField) and not getattr(field, "auto_now", False)
        and not getattr(field, "auto_now_add", False) and type(field) in MAKERS
    }  # fmt: skip


def value_of(field: Any, pick: Any) -> Any:
    """One value, NULL now and then where that may be."""
    if field.null and pick.rng.random() < 0.3:
        return None
    if field.choices:
        return pick.one([value for value, _ in field.flatchoices])
    return MAKERS[type(field)](field, pick)


def _key(field: Any, pick: Any) -> Any:
    return pick.id_of(field.related_model)


def _number(field: Any, pick: Any) -> Any:
    return pick.number(1, 6)


def _text(field: Any, pick: Any) -> Any:
    from tests.realtime.oracle.world import WORDS

    if field.name == "object":  # a word for a kind of record; others would break what the product relies on
        return pick.one(["contact", "company", "deal", "task"])
    return str(pick.one(WORDS))[: field.max_length or 40]


MAKERS: dict[type, Callable[[Any, Any], Any]] = {
    **dict.fromkeys([models.ForeignKey, models.OneToOneField], _key),
    **dict.fromkeys(
        [
            models.IntegerField, models.BigIntegerField, models.SmallIntegerField, models.PositiveIntegerField,
            models.PositiveSmallIntegerField, models.PositiveBigIntegerField, models.DecimalField,
        ],
        _number,
    ),
    **dict.fromkeys([models.CharField, models.TextField], _text),
    models.BooleanField: lambda field, pick: pick.rng.random() < 0.5,
    models.DateField: lambda field, pick: pick.date(),
    models.DateTimeField: lambda field, pick: pick.time(),
}  # fmt: skip
