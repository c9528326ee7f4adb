"""The batched migration runner: every schema in one run, failures kept to their schema, resumed where they stopped."""

import shutil
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from textwrap import dedent

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from accounts.migration import migrate_all, migrate_schemas
from accounts.tenancy import tenant_context
from tests import databases

SCHEMAS = ["t_acme", "t_globex"]

#: A later history of the app ``tasks``: a column, rows by Python, a trigger of pgtrigger's, a one-off default.
LATER = {
    "0901_column": """
        operations = [
            migrations.AddField("task", "color", models.CharField(max_length=10, null=True)),
            migrations.AddIndex("task", models.Index(fields=["color"], name="task_by_color")),
        ]
    """,
    "0902_rows": """
        def paint(apps, schema_editor):
            Pipeline = apps.get_model("deals", "Pipeline")
            if Pipeline.objects.filter(name="Trouble").exists():
                raise ValueError("this tenant is in trouble")
            Pipeline.objects.create(name="Painted", position=9)

        operations = [migrations.RunPython(paint, migrations.RunPython.noop)]
    """,
    "0903_trigger": """
        import pgtrigger.compiler, pgtrigger.migrations

        operations = [
            migrations.AddField("task", "weight", models.IntegerField(default=7), preserve_default=False),
            pgtrigger.migrations.AddTrigger(
                model_name="task",
                trigger=pgtrigger.compiler.Trigger(
                    name="keep",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        func="RAISE EXCEPTION 'kept';", hash="h", operation="DELETE", pgid="keep_1",
                        table="tasks_task", when="BEFORE",
                    ),
                ),
            ),
        ]
    """,
}

HEAD = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = {dependencies}
"""


@pytest.fixture
def own_db(committed_db: str) -> Iterator[None]:
    """A database of the test's own: what it migrates no other one finds."""
    with databases.copy() as name, databases.used(name):
        yield


@pytest.fixture
def later(tmp_path: Path, settings, own_db: None) -> Iterator[None]:
    """The app ``tasks`` with three more migrations, in a package of its own."""
    package = tmp_path / "later_tasks"
    shutil.copytree("crm/tasks/migrations", package, ignore=shutil.ignore_patterns("__pycache__"))
    last = max(path.stem for path in package.glob("0*.py"))
    for name, body in LATER.items():
        text = HEAD.format(dependencies=[("tasks", last), ("deals", "0001_initial")])
        (package / f"{name}.py").write_text(text + indent(body))
        last = name
    sys.path.insert(0, str(tmp_path))
    settings.MIGRATION_MODULES = {"tasks": "later_tasks"}
    yield
    sys.path.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith("later_tasks")]:
        del sys.modules[name]


def indent(body: str) -> str:
    return "".join(f"    {line}\n" for line in dedent(body).splitlines())


def recorded(schema: str) -> list[str]:
    with tenant_context(schema):
        applied = MigrationRecorder(connection).applied_migrations()
    return sorted(name for app, name in applied if app == "tasks" and name > "09")


def column_exists(schema: str, column: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s",
            [f"{schema}.tasks_task", column],
        )
        return cursor.fetchone() is not None


def set_trouble(schema: str, *, on: bool) -> None:
    with tenant_context(schema), connection.cursor() as cursor:
        cursor.execute("DELETE FROM deals_pipeline WHERE name = 'Trouble'")
        if on:
            cursor.execute("INSERT INTO deals_pipeline (name, position) VALUES ('Trouble', 5)")


def test_nothing_to_do_is_nothing_done(committed_db):
    assert migrate_all() == []


def test_a_failing_tenant_stops_alone_and_is_resumed(later):
    set_trouble("t_acme", on=True)
    outcomes = {outcome.schema: outcome for outcome in migrate_all(workers=3)}
    assert set(outcomes) == {"public", "template_tenant", *SCHEMAS}
    assert "this tenant is in trouble" in outcomes["t_acme"].error
    assert recorded("t_acme") == ["0901_column"]
    assert column_exists("t_acme", "color")
    assert not column_exists("t_acme", "weight")
    for schema in ("t_globex", "template_tenant"):
        assert outcomes[schema].error == ""
        assert recorded(schema) == list(LATER)
        assert column_exists(schema, "weight")
    assert not column_exists("t_acme", "weight")

    out = StringIO()
    with pytest.raises(CommandError, match="1 of 1 schemas failed"):
        call_command("migrate", stderr=out, stdout=StringIO())
    assert "t_acme: tasks.0902_rows: ValueError: this tenant is in trouble" in out.getvalue()

    set_trouble("t_acme", on=False)
    (resumed,) = migrate_all()
    assert (resumed.schema, resumed.error) == ("t_acme", "")
    assert [name for _app, name in resumed.applied] == ["0902_rows", "0903_trigger"]
    assert recorded("t_acme") == list(LATER)
    assert column_exists("t_acme", "weight")
    triggers_and_rows_arrived()


def triggers_and_rows_arrived() -> None:
    for schema in SCHEMAS:
        with tenant_context(schema), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM deals_pipeline WHERE name = 'Painted'")
            assert cursor.fetchone() == (1,)
            cursor.execute(
                "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'tasks_task'::regclass AND tgname = 'keep_1'"
            )
            assert cursor.fetchone() == (1,)


def test_a_failing_template_leaves_tenants_alone(later, settings):
    migrate_all()
    with connection.cursor() as cursor:
        for schema in [settings.TENANT_TEMPLATE_SCHEMA, *SCHEMAS]:
            cursor.execute(f"DELETE FROM {schema}.django_migrations WHERE app = 'tasks' AND name > '09'")
    outcomes = migrate_all()
    assert [outcome.schema for outcome in outcomes] == [settings.TENANT_TEMPLATE_SCHEMA]
    assert "already exists" in outcomes[0].error


def test_a_schema_without_any_migration_gets_all(committed_db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA fresh")
    (outcome,) = migrate_schemas(["fresh"])
    assert outcome.error == ""
    with tenant_context("fresh"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass('fresh.contacts_contact') IS NOT NULL, to_regclass('fresh.accounts_user') IS NULL"
        )
        assert cursor.fetchone() == (True, True)


def test_django_s_own_options_work_in_every_schema(committed_db):
    out = StringIO()
    call_command("migrate", "tasks", "--plan", stdout=out)
    assert out.getvalue().count("Schema ") == 4
