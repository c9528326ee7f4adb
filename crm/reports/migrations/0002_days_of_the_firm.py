"""Days of reports begin by the firm's clock."""

from django.db import migrations

from crm.reports.migrations import _zone


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("accounts", "0001_initial")]

    operations = [
        # Statements without parameters, so that percent signs are left alone.
        *(migrations.RunSQL(sql=[(text, None)], reverse_sql=migrations.RunSQL.noop) for text in _zone.STATEMENTS),
    ]
