"""In which schema a table lies: the tenant's or the public one."""

from functools import lru_cache

from django.apps import apps
from django.conf import settings

PUBLIC = "public"


def schemas_of(table: str, current: str) -> tuple[str, ...]:
    """The schemas where a run in schema ``current`` may have found the table.

    An unknown table (no model's) may be in either.
    """
    if current == PUBLIC or table in public_tables():
        return (PUBLIC,)
    return (current,) if table in tenant_tables() else (current, PUBLIC)


@lru_cache(maxsize=1)
def tenant_tables() -> frozenset[str]:
    """The tables of every model of the tenants' apps, many-to-many tables included."""
    return _tables_of(frozenset(getattr(settings, "TENANT_APPS", ())))


@lru_cache(maxsize=1)
def public_tables() -> frozenset[str]:
    """The tables of all other models."""
    return _tables_of(frozenset(config.name for config in apps.get_app_configs())) - tenant_tables()


def _tables_of(app_names: frozenset[str]) -> frozenset[str]:
    return frozenset(
        model._meta.db_table
        for config in apps.get_app_configs()
        if config.name in app_names
        for model in config.get_models(include_auto_created=True)
    )
