"""Words with a mistake in their first letters, beside another one with a mistake; cheaper writes of fragments."""

from pathlib import Path

from django.db import migrations

# New rows wait in a short list that each look-up reads to its end: half the CPU of a new contact's keys.
PENDING = """
ALTER INDEX search_key_fragment SET (fastupdate = on, gin_pending_list_limit = 128);
ALTER INDEX search_text_words SET (fastupdate = on, gin_pending_list_limit = 128);
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=[((Path(__file__).parent / "finding.sql").read_text(), None)], reverse_sql=migrations.RunSQL.noop
        ),
        migrations.RunSQL(PENDING, migrations.RunSQL.noop),
    ]
