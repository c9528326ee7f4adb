"""The log's trigger function compares rows by hstore and counts rows only where there are many."""

from pathlib import Path

from django.db import migrations

LOG_SQL = (Path(__file__).parent.parent / "log.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("changes", "0004_kept_values")]
    # All of it may be run again: tables are made if they are missing, functions are replaced.
    operations = [migrations.RunSQL(sql=[(LOG_SQL, None)], reverse_sql=migrations.RunSQL.noop)]
