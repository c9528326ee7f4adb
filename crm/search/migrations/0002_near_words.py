"""Words with a mistake in their first letters, beside another one with a mistake."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=[((Path(__file__).parent / "finding.sql").read_text(), None)], reverse_sql=migrations.RunSQL.noop
        ),
    ]
