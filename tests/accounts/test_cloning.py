"""A cloned schema equals a migrated one, in the catalogs and in use."""

import pgtrigger
import pytest
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from accounts.cloning import CannotClone, clone_schema
from accounts.migration import migrate_schemas
from accounts.tenancy import tenant_context
from tests.accounts.catalogs import describe

pytestmark = pytest.mark.django_db


@pytest.fixture
def template(settings) -> str:
    return str(settings.TENANT_TEMPLATE_SCHEMA)


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_clone_equals_a_migrated_schema(template):
    execute("CREATE SCHEMA migrated")
    assert [outcome.error for outcome in migrate_schemas(["migrated"])] == [""]
    clone_schema(template, "cloned")
    migrated, cloned = describe("migrated"), describe("cloned")
    for kind in migrated:
        assert cloned[kind] == migrated[kind], kind
    assert len(migrated["columns"]) > 100
    assert migrated["triggers"]


def test_pgtrigger_finds_a_clones_triggers_current(template):
    clone_schema(template, "cloned")
    with tenant_context("cloned"):
        states = {
            trigger.get_installation_status(model)[0]
            for model, trigger in pgtrigger.registered()
            if model._meta.app_label in {"contacts", "roles"}
        }
    assert states == {"INSTALLED"}


def test_a_clone_can_be_migrated_further(template):
    clone_schema(template, "cloned")
    with tenant_context("cloned"):
        MigrationRecorder(connection).record_applied("later", "0001_initial")


def test_rows_and_sequences_are_copied(template):
    with tenant_context(template):
        execute("INSERT INTO contacts_contactstage (name, position) VALUES ('One', 1), ('Two', 2)")
    clone_schema(template, "cloned")
    with tenant_context("cloned"), connection.cursor() as cursor:
        cursor.execute("INSERT INTO contacts_contactstage (name, position) VALUES ('Three', 3)")
        cursor.execute("SELECT name FROM contacts_contactstage ORDER BY id")
        assert [name for (name,) in cursor.fetchall()] == ["One", "Two", "Three"]


def test_rarer_definitions_are_copied():
    execute(
        """
        CREATE SCHEMA rare;
        SET LOCAL search_path = rare, public;
        CREATE FUNCTION shout(word text) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT word || '!'$$;
        COMMENT ON FUNCTION shout IS 'it shouts';
        CREATE TABLE thing (
            id bigint GENERATED ALWAYS AS IDENTITY (START 5 INCREMENT 5) PRIMARY KEY,
            "Odd column" text COLLATE "C" DEFAULT 'a''b',
            loud text GENERATED ALWAYS AS ('x' || 'y') STORED,
            during tstzrange,
            parent_id bigint REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED,
            CONSTRAINT named CHECK (parent_id <> id),
            EXCLUDE USING gist (during WITH &&)
        ) WITH (fillfactor = 70);
        COMMENT ON TABLE thing IS 'a thing';
        COMMENT ON COLUMN thing.during IS 'when';
        COMMENT ON CONSTRAINT thing_pkey ON thing IS 'the key';
        CREATE UNIQUE INDEX partial ON thing (shout(loud)) INCLUDE (id) WHERE parent_id IS NULL;
        COMMENT ON INDEX partial IS 'some of them';
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
        CREATE TRIGGER "Odd name" BEFORE UPDATE OF parent_id ON thing FOR EACH ROW WHEN (NEW.id > 0)
            EXECUTE FUNCTION note();
        COMMENT ON TRIGGER "Odd name" ON thing IS 'hash';
        ALTER TABLE thing ENABLE ALWAYS TRIGGER "Odd name";
        CREATE TABLE django_migrations (app text, name text);
        INSERT INTO thing (parent_id) VALUES (NULL);
        """
    )
    connection.search_path_set_schemas = None
    clone_schema("rare", "cloned")
    original, cloned = describe("rare"), describe("cloned")
    assert cloned == original
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pronamespace::regnamespace::text FROM pg_trigger JOIN pg_proc p ON p.oid = tgfoid"
            " WHERE tgrelid = 'cloned.thing'::regclass AND NOT tgisinternal"
        )
        assert cursor.fetchall() == [("cloned",)]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW odd.shown AS SELECT 1 AS one",
        "CREATE TYPE odd.mood AS ENUM ('good', 'bad')",
        "CREATE SEQUENCE odd.alone",
        "CREATE FUNCTION odd.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE odd.t (a int DEFAULT odd.f())",
    ],
)
def test_what_it_can_not_copy_is_refused(statement):
    execute("CREATE SCHEMA odd")
    execute(statement)
    with pytest.raises(CannotClone, match="odd: "), transaction.atomic():
        clone_schema("odd", "cloned")


def test_no_foreign_key_leads_from_a_tenant_to_public(cast):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT con.conname FROM pg_constraint con
              JOIN pg_class source ON source.oid = con.conrelid JOIN pg_class target ON target.oid = con.confrelid
             WHERE con.contype = 'f' AND source.relnamespace <> target.relnamespace
            """
        )
        assert cursor.fetchall() == []
