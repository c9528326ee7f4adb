"""Copies a schema, catalog by catalog.

A tenant is made by copying the template schema, as migrating a new one takes half a minute. Definitions come
from PostgreSQL's own pg_get_*def functions, rendered while the source is the only schema of the search path:
its own objects then appear without a schema name, and the script that results makes the same objects in
whatever schema is first when it runs. Rows are copied too (django_migrations, whatever a data migration
put there), before constraints and triggers exist, so their order does not matter.
"""

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts import tenancy


class CannotClone(Exception):
    """The source schema holds a kind of object that this module does not know how to copy."""


SOURCE = "to_regnamespace(quote_ident(%(source)s))"

UNKNOWN_OBJECTS = f"""
    SELECT concat(relkind, ' ', relname) FROM pg_class c
     WHERE relnamespace = {SOURCE} AND relkind NOT IN ('r', 'i', 'S', 't')
    UNION ALL
    SELECT 'sequence ' || relname FROM pg_class c
     WHERE relnamespace = {SOURCE} AND relkind = 'S'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i')
    UNION ALL
    SELECT 'type ' || typname FROM pg_type t
     WHERE typnamespace = {SOURCE} AND typtype <> 'c' AND typcategory <> 'A'
    UNION ALL
    SELECT 'policy ' || polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
     WHERE c.relnamespace = {SOURCE}
    UNION ALL -- CREATE TABLE LIKE would bind the copy's defaults and checks to the source's function
    SELECT 'expression with ' || p.proname FROM pg_depend d JOIN pg_proc p ON p.oid = d.refobjid
     WHERE pronamespace = {SOURCE} AND d.refclassid = 'pg_proc'::regclass
       AND (d.classid = 'pg_attrdef'::regclass OR d.classid = 'pg_constraint'::regclass)
"""

FUNCTIONS = f"""
    SELECT regexp_replace(pg_get_functiondef(p.oid), '^(CREATE OR REPLACE \\w+) [^(]*\\.', '\\1 ')
      FROM pg_proc p WHERE pronamespace = {SOURCE} ORDER BY p.oid
"""

TABLES = f"""
    SELECT format('CREATE TABLE %%I (LIKE %%I.%%I INCLUDING ALL EXCLUDING INDEXES)%%s',
                  relname, %(source)s, relname, ' WITH (' || array_to_string(reloptions, ', ') || ')')
      FROM pg_class WHERE relnamespace = {SOURCE} AND relkind = 'r' ORDER BY oid
"""

# Foreign keys come last (contype 'f' after 'p', 'u', 'x'); checks and not-nulls came with the table.
CONSTRAINTS = f"""
    SELECT format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', c.relname, conname, pg_get_constraintdef(con.oid))
      FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid
     WHERE connamespace = {SOURCE} AND contype IN ('p', 'u', 'x', 'f') ORDER BY contype = 'f', con.oid
"""

INDEXES = f"""
    SELECT pg_get_indexdef(i.indexrelid, 0, true)
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE c.relnamespace = {SOURCE}
       AND NOT EXISTS (SELECT FROM pg_constraint con WHERE con.conindid = i.indexrelid AND con.contype <> 'f')
     ORDER BY i.indexrelid
"""

TRIGGERS = f"""
    SELECT pg_get_triggerdef(t.oid, true) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE c.relnamespace = {SOURCE} AND NOT t.tgisinternal ORDER BY t.oid
"""

TRIGGER_STATES = f"""
    SELECT format('ALTER TABLE %%I %%s TRIGGER %%I', c.relname,
                  CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS'
                                 ELSE 'ENABLE REPLICA' END, tgname)
      FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE c.relnamespace = {SOURCE} AND NOT t.tgisinternal AND tgenabled <> 'O'
"""

# Column comments came with the tables; pgtrigger keeps the hash of a trigger in its comment.
COMMENTS = f"""
    SELECT format('COMMENT ON TRIGGER %%I ON %%I IS %%L', tgname, c.relname,
                  obj_description(t.oid, 'pg_trigger'))
      FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE c.relnamespace = {SOURCE} AND obj_description(t.oid, 'pg_trigger') IS NOT NULL
    UNION ALL
    SELECT format('COMMENT ON %%s %%I IS %%L', CASE relkind WHEN 'r' THEN 'TABLE' ELSE 'INDEX' END, relname,
                  obj_description(oid, 'pg_class'))
      FROM pg_class
     WHERE relnamespace = {SOURCE} AND relkind IN ('r', 'i') AND obj_description(oid, 'pg_class') IS NOT NULL
    UNION ALL
    SELECT format('COMMENT ON CONSTRAINT %%I ON %%I IS %%L', conname, c.relname,
                  obj_description(con.oid, 'pg_constraint'))
      FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid
     WHERE connamespace = {SOURCE} AND contype <> 'c'
       AND obj_description(con.oid, 'pg_constraint') IS NOT NULL
    UNION ALL
    SELECT format('COMMENT ON FUNCTION %%s IS %%L', p.oid::regprocedure, obj_description(p.oid, 'pg_proc'))
      FROM pg_proc p WHERE pronamespace = {SOURCE} AND obj_description(p.oid, 'pg_proc') IS NOT NULL
"""

COLUMNS_OF_TABLES = f"""
    SELECT c.relname, string_agg(quote_ident(attname), ', ' ORDER BY attnum)
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped
     WHERE relnamespace = {SOURCE} AND relkind = 'r' AND attgenerated = '' GROUP BY c.relname
"""

IDENTITY_COLUMNS = f"""
    SELECT c.relname, a.attname, s.relname
      FROM pg_class s
      JOIN pg_depend d ON d.objid = s.oid AND d.deptype = 'i' AND d.classid = 'pg_class'::regclass
      JOIN pg_class c ON c.oid = d.refobjid
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
     WHERE s.relnamespace = {SOURCE} AND s.relkind = 'S'
"""


def clone_schema(source: str, target: str) -> None:
    """Make the new schema ``target`` equal to ``source``: tables, rows, sequences, indexes, constraints,
    triggers, functions and comments. All or nothing.

    Raises CannotClone for views, types, policies, sequences other than identities, and defaults or checks that
    call a function of the source schema.
    """
    with transaction.atomic():
        with tenancy.schema_alone(source), connection.cursor() as cursor:
            script = [*_structure(cursor, source), *_rows(cursor, source), *_rules(cursor, source)]
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {connection.ops.quote_name(target)}")
        with tenancy.tenant_context(target), connection.cursor() as cursor:
            cursor.execute(";\n".join(script))


def _structure(cursor: CursorWrapper, source: str) -> Iterator[str]:
    unknown = list(_lines(cursor, UNKNOWN_OBJECTS, source))
    if unknown:
        raise CannotClone(f"{source}: {', '.join(unknown)}")
    for sql in (FUNCTIONS, TABLES):
        yield from _lines(cursor, sql, source)


def _rules(cursor: CursorWrapper, source: str) -> Iterator[str]:
    for sql in (CONSTRAINTS, INDEXES, TRIGGERS, TRIGGER_STATES, COMMENTS):
        yield from _lines(cursor, sql, source)


def _rows(cursor: CursorWrapper, source: str) -> Iterator[str]:
    """Statements that copy the rows of the tables that have any, and where their sequences stand."""
    quote = connection.ops.quote_name
    cursor.execute(COLUMNS_OF_TABLES, {"source": source})
    for table, columns in [row for row in cursor.fetchall() if _has_rows(cursor, row[0])]:
        yield (
            f"INSERT INTO {quote(table)} ({columns}) OVERRIDING SYSTEM VALUE "
            f"SELECT {columns} FROM {quote(source)}.{quote(table)}"
        )
    cursor.execute(IDENTITY_COLUMNS, {"source": source})
    for table, column, sequence in cursor.fetchall():
        yield (
            f"SELECT setval(pg_get_serial_sequence('{quote(table)}', '{column}'), last_value, is_called) "
            f"FROM {quote(source)}.{quote(sequence)}"
        )


def _has_rows(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute(f"SELECT EXISTS (SELECT FROM {connection.ops.quote_name(table)})")
    return bool(cursor.fetchone()[0])


def _lines(cursor: CursorWrapper, sql: str, source: str) -> Iterator[str]:
    cursor.execute(sql, {"source": source})
    for (line,) in cursor.fetchall():
        yield line.rstrip().rstrip(";")
