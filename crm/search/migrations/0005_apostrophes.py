"""O’Neill is found as O'Neill is; notes are looked for by their index."""

from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("search", "0004_about")]

    operations = [
        # No parameters, so that percent signs are left alone.
        *(
            migrations.RunSQL(sql=[((FOLDER / f"{name}.sql").read_text(), None)], reverse_sql=migrations.RunSQL.noop)
            for name in ("folding", "finding", "about", "apostrophes")
        ),
    ]
