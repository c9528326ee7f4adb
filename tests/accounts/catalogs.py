"""A schema's definitions as PostgreSQL's catalogs tell them, with the schema's own name left out."""

from django.db import connection

from accounts.tenancy import schema_alone

#: One query a kind of object; each row describes one, without oids.
QUERIES = {
    "columns": """
        SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               a.attgenerated, a.attstorage, a.attcompression, pg_get_expr(d.adbin, d.adrelid),
               col_description(c.oid, a.attnum), a.attcollation::regcollation::text
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
         WHERE c.relnamespace = {schema} AND c.relkind = 'r'""",
    "tables": """
        SELECT relname, relkind::text, relpersistence::text, reloptions, relreplident::text, relrowsecurity,
               obj_description(oid, 'pg_class')
          FROM pg_class WHERE relnamespace = {schema} AND relkind <> 't'""",
    "constraints": """
        SELECT c.relname, conname, contype::text, pg_get_constraintdef(con.oid), convalidated,
               obj_description(con.oid, 'pg_constraint')
          FROM pg_constraint con JOIN pg_class c ON c.oid = conrelid WHERE connamespace = {schema}""",
    "indexes": """
        SELECT c.relname, pg_get_indexdef(c.oid, 0, true), i.indisvalid, obj_description(c.oid, 'pg_class')
          FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
          JOIN pg_class t ON t.oid = i.indrelid AND t.relkind = 'r' WHERE c.relnamespace = {schema}""",
    "triggers": """
        SELECT pg_get_triggerdef(t.oid, true), tgenabled::text, obj_description(t.oid, 'pg_trigger')
          FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
         WHERE c.relnamespace = {schema} AND NOT tgisinternal""",
    "functions": """
        SELECT proname, pg_get_function_arguments(oid), pg_get_function_result(oid), prosrc, provolatile::text,
               prosecdef, proconfig, obj_description(oid, 'pg_proc')
          FROM pg_proc WHERE pronamespace = {schema}""",
    "sequences": """
        SELECT sequencename, data_type::text, start_value, min_value, max_value, increment_by, cycle, cache_size
          FROM pg_sequences WHERE schemaname = current_schema()""",
    "owners of sequences": """
        SELECT s.relname, t.relname, a.attname, d.deptype::text
          FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.refobjsubid > 0
          JOIN pg_class t ON t.oid = d.refobjid
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
         WHERE s.relnamespace = {schema} AND s.relkind = 'S'""",
    "migrations": "SELECT app, name FROM django_migrations",
}


def describe(schema: str) -> dict[str, list[tuple[object, ...]]]:
    """Every kind of object with its sorted descriptions."""
    described = {}
    with schema_alone(schema), connection.cursor() as cursor:
        for kind, sql in QUERIES.items():
            cursor.execute(sql.replace("{schema}", f"'{schema}'::regnamespace"))
            described[kind] = sorted(cursor.fetchall(), key=repr)
    return described
