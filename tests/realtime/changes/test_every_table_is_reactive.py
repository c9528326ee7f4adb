"""A table is in the change log, or is on the list of exemptions with a reason."""

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from accounts.tenancy import tenant_context
from realtime.changes.columns import logged_columns
from realtime.changes.trigger import EXEMPT, call_of_log, is_reactive, is_third_party, reactive_models
from tests.cast import ACME

TRIGGERS = """
    SELECT c.relname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE c.relnamespace = %s::regnamespace AND NOT tgisinternal AND tgenabled = 'O'
"""


def triggers_in(schema: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS, [schema])
        for table, definition in cursor.fetchall():
            if "log_change" not in definition:
                continue  # an area's own: deals keep their roll-ups by triggers
            found.setdefault(table, []).append(definition.replace("public.log_change", "log_change"))
    return found


def tables_in(schema: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT relispartition",
            [schema],
        )
        return {table for (table,) in cursor.fetchall()}


#: Tables without a model: Django's list of migrations, and its database cache (log-in rate limits).
UNMODELLED = {"django_migrations", "accounts_cache"}


@pytest.mark.django_db
@pytest.mark.parametrize("schema", ["public", ACME, settings.TENANT_TEMPLATE_SCHEMA])
def test_each_table_has_its_triggers(schema: str) -> None:
    """Compares what stands in the catalog with what the models, as they are now, ask for."""
    with tenant_context(schema):
        triggers = triggers_in(schema)
        tables = tables_in(schema)
    wanted = {model._meta.db_table: model for model in reactive_models()}
    exempt = {apps.get_model(label)._meta.db_table for label in {**EXEMPT, **settings.CHANGE_LOG_EXEMPT}}
    assert tables <= set(wanted) | exempt | UNMODELLED
    for table in tables - exempt - UNMODELLED:
        call = call_of_log(wanted[table]).removeprefix("public.")
        rows, statement = sorted(triggers[table], key=lambda definition: "TRUNCATE" in definition)
        assert "AFTER INSERT OR DELETE OR UPDATE" in rows, table
        assert call in rows, f"{table}: the trigger in the migrations is not the one of the model"
        assert "AFTER TRUNCATE" in statement, table


def test_exemptions_name_models_and_reasons() -> None:
    for label, reason in {**EXEMPT, **settings.CHANGE_LOG_EXEMPT}.items():
        assert not is_reactive(apps.get_model(label))
        assert len(reason.split()) >= 3


def test_first_migrations_wait_for_the_log() -> None:
    """The function has to be there before the first trigger that calls it."""
    graph = MigrationLoader(None).graph
    for app in {model._meta.app_label for model in reactive_models() if not is_third_party(model)}:
        (first,) = graph.root_nodes(app)[:1]
        assert ("changes", "0001_initial") in graph.forwards_plan(first), app


def test_no_secret_is_logged() -> None:
    for model in reactive_models():
        for column in logged_columns(model):
            assert not re.search("password|token|hash|secret|session", column), (
                f"{model._meta.label}.{column}"
            )
