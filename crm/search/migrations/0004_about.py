"""Words about contacts, and notes of records in the bin."""

from pathlib import Path

import django.contrib.postgres.search
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0003_fewer_looks"),
        ("contacts", "0006_open_deals"),
        ("companies", "0001_initial"),
        ("deals", "0002_board"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchAbout",
            fields=[
                ("pk", models.CompositePrimaryKey("object_id", "source", blank=True, editable=False, primary_key=True, serialize=False)),
                ("source", models.SmallIntegerField()),
                ("object_id", models.BigIntegerField()),
                ("owner_id", models.BigIntegerField(null=True)),
                ("team_id", models.BigIntegerField(null=True)),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={"db_table": "search_about", "managed": False},
        ),
        # No parameters, so that percent signs are left alone.
        migrations.RunSQL(
            sql=[((Path(__file__).parent / "about.sql").read_text(), None)], reverse_sql=migrations.RunSQL.noop
        ),
        migrations.RunSQL("SELECT search_rebuild_about()", migrations.RunSQL.noop),
    ]
