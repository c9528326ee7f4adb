"""Copies a schema, catalog by catalog.

A tenant is made by copying the template schema, as migrating a new one takes half a minute. Definitions come
from PostgreSQL's own pg_get_*def functions, rendered while the source is the only schema of the search path:
its own objects then appear without a schema name, and the script that results makes the same objects in
whatever schema is first when it runs. Rows are copied too (django_migrations, whatever a data migration
put there), before constraints and triggers exist, so their order does not matter.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts import tenancy


class CannotClone(Exception):
    """The source schema holds a kind of object that this module does not know how to copy."""


#: What lies directly in the schema, by PostgreSQL's index on dependencies. Scanning pg_class for a namespace
#: would take longer with every tenant; so would any query below that does not begin with known oids.
IN_SCHEMA = """
    SELECT d.classid::regclass::text, d.objid, c.relkind::text, pg_describe_object(d.classid, d.objid, 0)
      FROM pg_depend d LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
     WHERE d.refclassid = 'pg_namespace'::regclass
       AND d.refobjid = (SELECT oid FROM pg_namespace WHERE nspname = %s)
     ORDER BY d.objid
"""

UNKNOWN_DETAILS = """
    SELECT 'sequence ' || c.relname FROM pg_class c
     WHERE c.oid = ANY(%(sequences)s::oid[])
       AND NOT EXISTS (SELECT FROM pg_depend d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')
    UNION ALL
    SELECT 'policy ' || polname FROM pg_policy WHERE polrelid = ANY(%(tables)s::oid[])
    UNION ALL -- CREATE TABLE LIKE would bind the copy's defaults and checks to the source's function
    SELECT 'expression with ' || d.refobjid::regproc::text FROM pg_depend d
     WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = ANY(%(functions)s::oid[])
       AND (d.classid = 'pg_attrdef'::regclass OR d.classid = 'pg_constraint'::regclass)
"""

FUNCTIONS = """
    SELECT regexp_replace(pg_get_functiondef(p.oid), '^(CREATE OR REPLACE \\w+) [^(]*\\.', '\\1 ')
      FROM pg_proc p WHERE p.oid = ANY(%(functions)s::oid[]) ORDER BY p.oid
"""

TABLES = """
    SELECT format('CREATE TABLE %%I (LIKE %%I.%%I INCLUDING ALL EXCLUDING INDEXES)%%s',
                  relname, %(source)s, relname, ' WITH (' || array_to_string(reloptions, ', ') || ')')
      FROM pg_class WHERE oid = ANY(%(tables)s::oid[]) ORDER BY oid
"""

# Foreign keys come last (contype 'f' after 'p', 'u', 'x'); checks and not-nulls came with the table.
CONSTRAINTS = """
    SELECT format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
      FROM pg_constraint
     WHERE conrelid = ANY(%(tables)s::oid[]) AND contype IN ('p', 'u', 'x', 'f') ORDER BY contype = 'f', oid
"""

INDEXES = """
    SELECT pg_get_indexdef(i.indexrelid, 0, true) FROM pg_index i
     WHERE i.indrelid = ANY(%(tables)s::oid[])
       AND i.indexrelid <> ALL(ARRAY(SELECT conindid FROM pg_constraint
                                      WHERE conrelid = ANY(%(tables)s::oid[]) AND contype IN ('p', 'u', 'x')))
     ORDER BY i.indexrelid
"""

TRIGGERS = """
    SELECT pg_get_triggerdef(oid, true) FROM pg_trigger
     WHERE tgrelid = ANY(%(tables)s::oid[]) AND NOT tgisinternal ORDER BY oid
"""

TRIGGER_STATES = """
    SELECT format('ALTER TABLE %%s %%s TRIGGER %%I', tgrelid::regclass,
                  CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS'
                                 ELSE 'ENABLE REPLICA' END, tgname)
      FROM pg_trigger
     WHERE tgrelid = ANY(%(tables)s::oid[]) AND NOT tgisinternal AND tgenabled <> 'O'
"""

# Column comments came with the tables; pgtrigger keeps the hash of a trigger in its comment.
COMMENTS = """
    SELECT * FROM (
        SELECT format('COMMENT ON TRIGGER %%I ON %%s IS %%L', tgname, tgrelid::regclass,
                      obj_description(oid, 'pg_trigger')) AS line
          FROM pg_trigger WHERE tgrelid = ANY(%(tables)s::oid[]) AND obj_description(oid, 'pg_trigger') <> ''
        UNION ALL
        SELECT format('COMMENT ON TABLE %%s IS %%L', oid::regclass, obj_description(oid, 'pg_class'))
          FROM pg_class WHERE oid = ANY(%(tables)s::oid[]) AND obj_description(oid, 'pg_class') <> ''
        UNION ALL
        SELECT format('COMMENT ON INDEX %%s IS %%L', indexrelid::regclass,
                      obj_description(indexrelid, 'pg_class'))
          FROM pg_index
         WHERE indrelid = ANY(%(tables)s::oid[]) AND obj_description(indexrelid, 'pg_class') <> ''
        UNION ALL
        SELECT format('COMMENT ON CONSTRAINT %%I ON %%s IS %%L', conname, conrelid::regclass,
                      obj_description(oid, 'pg_constraint'))
          FROM pg_constraint
         WHERE conrelid = ANY(%(tables)s::oid[]) AND contype <> 'c' AND obj_description(oid, 'pg_constraint') <> ''
        UNION ALL
        SELECT format('COMMENT ON FUNCTION %%s IS %%L', oid::regprocedure, obj_description(oid, 'pg_proc'))
          FROM pg_proc WHERE oid = ANY(%(functions)s::oid[]) AND obj_description(oid, 'pg_proc') <> ''
    ) AS lines
"""

COLUMNS_OF_TABLES = """
    SELECT attrelid::regclass::text, string_agg(quote_ident(attname), ', ' ORDER BY attnum)
      FROM pg_attribute
     WHERE attrelid = ANY(%(tables)s::oid[]) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     GROUP BY attrelid
"""

IDENTITY_COLUMNS = """
    SELECT a.attrelid::regclass::text, a.attname, d.objid::regclass::text
      FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
     WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY(%(tables)s::oid[])
       AND d.classid = 'pg_class'::regclass AND d.objid = ANY(%(sequences)s::oid[]) AND d.deptype = 'i'
"""

Objects = dict[str, Any]  # the parameters of the queries above: the source's name and three lists of oids


def clone_schema(source: str, target: str) -> None:
    """Make the new schema ``target`` equal to ``source``: tables, rows, sequences, indexes, constraints,
    triggers, functions and comments. All or nothing.

    Raises CannotClone for views, types, policies, sequences other than identities, and defaults or checks that
    call a function of the source schema.
    """
    with transaction.atomic():
        with tenancy.schema_alone(source), connection.cursor() as cursor:
            objects = _objects(cursor, source)
            structure = [*_lines(cursor, FUNCTIONS, objects), *_lines(cursor, TABLES, objects)]
            script = [*structure, *_rows(cursor, objects), *_rules(cursor, objects)]
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {connection.ops.quote_name(target)}")
        with tenancy.tenant_context(target), connection.cursor() as cursor:
            cursor.execute(";\n".join(script))


def _objects(cursor: CursorWrapper, source: str) -> Objects:
    """What there is to copy; CannotClone if anything else is there."""
    cursor.execute(IN_SCHEMA, [source])
    found: dict[str, list[int]] = {"tables": [], "sequences": [], "functions": []}
    unknown = []
    for catalog, oid, kind, description in cursor.fetchall():
        name = KINDS.get((catalog, kind))
        if name is None:
            unknown.append(description)
        else:
            found[name].append(oid)
    objects: Objects = {"source": source, **found}
    unknown += _lines(cursor, UNKNOWN_DETAILS, objects)
    if unknown:
        raise CannotClone(f"{source}: {', '.join(unknown)}")
    return objects


KINDS = {("pg_class", "r"): "tables", ("pg_class", "S"): "sequences", ("pg_proc", None): "functions"}


def _rules(cursor: CursorWrapper, objects: Objects) -> Iterator[str]:
    for sql in (CONSTRAINTS, INDEXES, TRIGGERS, TRIGGER_STATES, COMMENTS):
        yield from _lines(cursor, sql, objects)


def _rows(cursor: CursorWrapper, objects: Objects) -> Iterator[str]:
    """Statements that copy the rows of the tables that have any, and where their sequences stand."""
    source = connection.ops.quote_name(objects["source"])
    cursor.execute(COLUMNS_OF_TABLES, objects)
    for table, columns in [row for row in cursor.fetchall() if _has_rows(cursor, row[0])]:
        yield (
            f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {source}.{table}"
        )
    cursor.execute(IDENTITY_COLUMNS, objects)
    for table, column, sequence in cursor.fetchall():
        yield (
            f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), last_value, is_called) "
            f"FROM {source}.{sequence}"
        )


def _has_rows(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
    return bool(cursor.fetchone()[0])


def _lines(cursor: CursorWrapper, sql: str, objects: Objects) -> Iterator[str]:
    cursor.execute(sql, objects)
    for (line,) in cursor.fetchall():
        yield line.rstrip().rstrip(";")
