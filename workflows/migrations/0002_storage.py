from django.db import migrations


class Migration(migrations.Migration):
    """A row is rewritten at every claim: leave room for it in its page, and vacuum early."""

    dependencies = [("workflows", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE workflows_due SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01)",
            "ALTER TABLE workflows_due RESET (fillfactor, autovacuum_vacuum_scale_factor)",
        ),
    ]
