"""The log keeps of an updated row's old values those that have changed; readers know either form."""

from pathlib import Path

from django.db import migrations

LOG_SQL = (Path(__file__).parent.parent / "log.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("changes", "0002_third_party")]
    # All of it may be run again: tables are made if they are missing, functions are replaced.
    operations = [migrations.RunSQL(sql=[(LOG_SQL, None)], reverse_sql=migrations.RunSQL.noop)]
