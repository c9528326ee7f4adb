"""Fail when a model differs from its migrations; needs no database, unlike ``makemigrations --check``."""

import os
import sys

import django


def main() -> int:
    """Print what a new migration would hold, or which two collide; the exit status is 1 then."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

    from django.apps import apps
    from django.core.management.commands.makemigrations import Command
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    loader = MigrationLoader(None, ignore_no_migrations=True)
    for label, names in loader.detect_conflicts().items():
        print(f"{label}: {', '.join(sorted(names))} follow the same migration; give one the next number")
        return 1
    found = Command.autodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(loader.graph)
    for label, migrations in found.items():
        for migration in migrations:
            print(f"{label}: {', '.join(operation.describe() for operation in migration.operations)}")
    print("A migration is missing: python manage.py makemigrations" if found else "Migrations are complete.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
