from pathlib import Path

import django.contrib.postgres.search
from django.db import migrations, models

FOLDER = Path(__file__).parent
FILES = ("keys", "folding", "following", "triggers", "finding")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("changes", "0001_initial"),
        ("accounts", "0004_fuzzystrmatch"),
        ("activities", "0001_initial"),
        ("companies", "0001_initial"),
        ("contacts", "0002_parts"),
        ("deals", "0002_board"),
        ("tasks", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchKey",
            fields=[
                ("pk", models.CompositePrimaryKey("source", "key", "object_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("source", models.SmallIntegerField()),
                ("object_id", models.BigIntegerField()),
                ("owner_id", models.BigIntegerField(null=True)),
                ("team_id", models.BigIntegerField(null=True)),
                ("key", models.TextField(db_collation="C")),
            ],
            options={"db_table": "search_key", "managed": False},
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                ("source", models.SmallIntegerField()),
                ("object_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("owner_id", models.BigIntegerField(null=True)),
                ("team_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={"db_table": "search_text", "managed": False},
        ),
        # No parameters, so that percent signs are left alone.
        *(migrations.RunSQL(sql=[((FOLDER / f"{name}.sql").read_text(), None)], reverse_sql=migrations.RunSQL.noop) for name in FILES),
        migrations.RunSQL("SELECT search_rebuild()", migrations.RunSQL.noop),
    ]
