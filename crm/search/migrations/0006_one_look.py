"""All ranges of keys in one look, and the newest notes in another."""

from pathlib import Path

from django.db import migrations

#: What the functions that stand here now ask no more.
GONE = """
DROP FUNCTION IF EXISTS search_newest(text[], text, bigint, bigint[]);
DROP FUNCTION IF EXISTS search_words(tsquery, text, bigint, bigint[]);
DROP FUNCTION IF EXISTS search_reaches(text, bigint, bigint[], bigint, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0005_apostrophes")]

    operations = [
        # No parameters, so that percent signs are left alone.
        migrations.RunSQL(
            sql=[((Path(__file__).parent / "finding.sql").read_text(), None)], reverse_sql=migrations.RunSQL.noop
        ),
        migrations.RunSQL(GONE, migrations.RunSQL.noop),
    ]
