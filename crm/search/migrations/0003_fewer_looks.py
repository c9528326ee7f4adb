"""Notes are looked for once, mistakes in one order first."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("search", "0002_near_words")]

    operations = [
        migrations.RunSQL("DROP FUNCTION IF EXISTS search_typos(text[], integer[])", migrations.RunSQL.noop),
        migrations.RunSQL(
            sql=[((Path(__file__).parent / "finding.sql").read_text(), None)], reverse_sql=migrations.RunSQL.noop
        ),
    ]
