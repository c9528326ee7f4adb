"""Rows that stand on a record have its owner and team; who gets the record gets them along."""

from functools import cache

from django.apps import apps

from crm.records.models import Follower, Record


@cache
def _follower_models() -> tuple[type[Follower], ...]:
    return tuple(model for model in apps.get_models() if issubclass(model, Follower))


def carry_along(record: Record) -> None:
    """Give the record's followers its owner and team: one statement a table, however many rows."""
    word = record._meta.model_name or ""
    for model in _follower_models():
        if any(field.name == word for field in model._meta.concrete_fields):
            found = model._default_manager.filter(subject=word, **{f"{word}_id": record.pk})
            found.update(owner_id=record.owner_id, team_id=record.team_id)
