"""The log keeps, of the few columns that a model names, what texts, amounts and JSON were and became."""

from pathlib import Path

from django.db import migrations

LOG_SQL = (Path(__file__).parent.parent / "log.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("changes", "0003_old_values_that_changed")]
    # All of it may be run again: the column is added where it is missing, functions are replaced.
    operations = [migrations.RunSQL(sql=[(LOG_SQL, None)], reverse_sql=migrations.RunSQL.noop)]
