"""A firm that moves is counted anew a part at a time."""

from django.db import migrations

from crm.reports.migrations import _moving


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_days_of_the_firm")]

    operations = [
        # Statements without parameters, so that percent signs are left alone.
        *(migrations.RunSQL(sql=[(text, None)], reverse_sql=migrations.RunSQL.noop) for text in _moving.STATEMENTS),
    ]
