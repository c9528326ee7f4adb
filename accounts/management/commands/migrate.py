"""``migrate``: public, the template schema and all tenants in one run.

With an app label (or --fake, --prune, --plan) it is Django's own command, once in each schema.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import makemigrations, migrate
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection

from accounts import migration, tenancy
from accounts.backend.pooled import directly
from realtime.changes.log import begin_epoch


class Command(migrate.Command):
    """Django's command over many schemas."""

    help = "Migrate the public schema, the template schema and every tenant."
    # pgtrigger replaces the autodetector of makemigrations; a system check wants the same here.
    autodetector = makemigrations.Command.autodetector

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("-s", "--schema", help="Only this schema.")
        parser.add_argument("--workers", type=int, default=4, help="Tenants migrated at the same time.")

    def handle(self, *args: Any, **options: Any) -> str | None:
        with directly():  # the lock is a session's
            return self.handle_directly(*args, **options)

    def handle_directly(self, *args: Any, **options: Any) -> str | None:
        """All schemas in one run; Django's command in each where an option asks for what only it does."""
        if any(
            options[name]
            for name in ("app_label", "fake", "fake_initial", "prune", "plan", "check_unapplied")
        ):
            return self.handle_each(*args, **options)
        outcomes = self.migrate(options)
        failed = [outcome for outcome in outcomes if outcome.error]
        for outcome in failed:
            self.stderr.write(self.style.ERROR(f"{outcome.schema}: {outcome.error}"))
        if len(failed) < len(outcomes):
            with tenancy.public_context():
                begin_epoch()
        if failed:
            raise CommandError(f"{len(failed)} of {len(outcomes)} schemas failed; run again to resume them.")
        if outcomes:
            with tenancy.public_context():
                emit_post_migrate_signal(options["verbosity"], options["interactive"], options["database"])
        elif options["verbosity"]:
            self.stdout.write("Nothing to migrate.")
        return None

    def migrate(self, options: dict[str, Any]) -> list[migration.Outcome]:
        """Migrate one schema or all; an outcome for each that lacked something."""

        def report(line: str) -> None:
            if options["verbosity"]:
                self.stdout.write(line)

        if options["schema"]:
            with migration.migration_lock():
                return migration.migrate_schemas([options["schema"]], report=report)
        return migration.migrate_all(workers=options["workers"], report=report)

    def handle_each(self, *args: Any, **options: Any) -> str | None:
        """Django's command in one schema or in each."""
        everywhere = [tenancy.PUBLIC, settings.TENANT_TEMPLATE_SCHEMA, *migration.tenant_schemas()]
        for schema in [options["schema"]] if options["schema"] else everywhere:
            if options["verbosity"]:
                self.stdout.write(self.style.MIGRATE_HEADING(f"Schema {schema}"))
            with tenancy.tenant_context(schema):
                super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"]):
            with tenancy.public_context():
                if (
                    "changes_relay" in connection.introspection.table_names()
                ):  # else there is no log yet, or no more
                    begin_epoch()
        return None
