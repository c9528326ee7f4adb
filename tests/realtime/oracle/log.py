"""The committed changes since one last looked."""

import json
from typing import Any

from django.apps import apps
from django.db import connection

from realtime.changes.change import Change
from realtime.reads.tables import tenant_tables
from realtime.reads.values import is_matchable

FUNCTION = """
DROP TABLE IF EXISTS changes_seen;
CREATE TABLE changes_seen (id bigserial PRIMARY KEY, tab text, op text, changed text[], old jsonb, new jsonb);
CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE o jsonb; n jsonb; c text[];
BEGIN
  IF TG_OP <> 'INSERT' AND TG_OP <> 'TRUNCATE' THEN o := to_jsonb(OLD); END IF;
  IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' THEN n := to_jsonb(NEW); END IF;
  IF TG_OP = 'UPDATE' THEN
    SELECT coalesce(array_agg(key), '{}') INTO c FROM jsonb_each(n) WHERE value IS DISTINCT FROM o -> key;
    IF c = '{}' THEN RETURN NULL; END IF;
  END IF;
  INSERT INTO changes_seen (tab, op, changed, old, new)
  VALUES (TG_TABLE_NAME, left(TG_OP, 1), coalesce(c, '{}'), o, n);
  RETURN NULL;
END $$;
"""


class Log:
    """Reads a log of the test's own."""

    def __init__(self, schema: str) -> None:
        self.schema = schema
        self.seen = 0
        self.columns = {
            model._meta.db_table: [f.column for f in model._meta.local_concrete_fields if is_matchable(f)]
            for model in apps.get_models(include_auto_created=True)
        }
        with connection.cursor() as cursor:
            cursor.execute(FUNCTION)
            for table in sorted(tenant_tables()):
                cursor.execute(
                    f"CREATE OR REPLACE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
                    f"EXECUTE FUNCTION note(); CREATE OR REPLACE TRIGGER note_truncate AFTER TRUNCATE ON {table} "
                    f"FOR EACH STATEMENT EXECUTE FUNCTION note()"
                )

    def read(self) -> list[Change]:
        """What was committed since the last call, in order."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM changes_seen WHERE id > %s ORDER BY id", [self.seen])
            rows = cursor.fetchall()
        self.seen = rows[-1][0] if rows else self.seen
        return [self._change(*row) for row in rows]

    def _change(self, id_: int, table: str, op: str, changed: list[str], old: Any, new: Any) -> Change:
        return Change(
            id_,
            0,
            self.schema,
            table,
            op,
            None,
            frozenset(changed),
            self._row(table, old),
            self._row(table, new),
        )

    def _row(self, table: str, text: Any) -> dict[str, object] | None:
        row = json.loads(text) if isinstance(text, str) else text
        if row is None:
            return None
        return {column: row[column] for column in self.columns[table]}
