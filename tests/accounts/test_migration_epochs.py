"""A migration makes every live screen start again: no read set knows what the new schema means."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.management.commands import migrate
from accounts.migration import Outcome


def generation() -> int:
    """How often the epoch has been begun by hand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT generation FROM public.changes_relay")
        return int(cursor.fetchone()[0])


def migrated(monkeypatch: pytest.MonkeyPatch, *outcomes: Outcome) -> None:
    monkeypatch.setattr(migrate.Command, "migrate", lambda self, options: list(outcomes))
    monkeypatch.setattr(migrate, "emit_post_migrate_signal", lambda *args: None)


@pytest.mark.django_db
def test_what_was_migrated_begins_an_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    before = generation()
    migrated(monkeypatch)
    call_command("migrate", verbosity=0)
    assert generation() == before, "nothing to migrate"
    migrated(monkeypatch, Outcome("t_acme"))
    call_command("migrate", verbosity=0)
    assert generation() == before + 1


@pytest.mark.django_db
def test_a_run_that_failed_in_one_tenant_begins_it_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    before = generation()
    migrated(monkeypatch, Outcome("t_acme"), Outcome("t_globex", error="It is broken."))
    with pytest.raises(CommandError, match="1 of 2 schemas failed"):
        call_command("migrate", verbosity=0)
    assert generation() == before + 1
