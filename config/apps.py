from importlib import import_module

from django.apps import AppConfig
from django.core.management.commands import makemigrations
from django.db.backends.signals import connection_created
from django.utils.module_loading import autodiscover_modules


class ConfigConfig(AppConfig):
    """Wiring that needs every other app to be loaded."""

    name = "config"

    def ready(self) -> None:
        # pgtrigger replaces Django's autodetector, django-tenants sets its own on migrate: without this
        # line `migrate` would miss changed triggers, and a system check stops every command.
        from django.contrib.postgres.signals import register_type_handlers
        from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand

        # No column is an hstore or a citext, and to say so would take each request a twentieth of its time.
        connection_created.disconnect(register_type_handlers)

        MigrateSchemasCommand.autodetector = makemigrations.Command.autodetector
        # Functions and kinds of due work register themselves, in every process that may need one.
        autodiscover_modules("queries", "mutations", "jobs")
        import_module("config.schedule")
        import_module("config.celery")
