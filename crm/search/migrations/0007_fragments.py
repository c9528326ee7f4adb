"""A number is looked for by six of its digits, in all sources at once."""

from pathlib import Path

from django.db import migrations

GONE = "DROP FUNCTION IF EXISTS search_fragments(smallint, text, bigint, bigint[], text, integer)"


class Migration(migrations.Migration):
    dependencies = [("search", "0006_one_look")]

    operations = [
        # No parameters, so that percent signs are left alone.
        migrations.RunSQL(
            sql=[((Path(__file__).parent / "finding.sql").read_text(), None)], reverse_sql=migrations.RunSQL.noop
        ),
        migrations.RunSQL(GONE, migrations.RunSQL.noop),
    ]
