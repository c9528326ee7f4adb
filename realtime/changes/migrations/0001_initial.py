from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

LOG_SQL = (Path(__file__).parent.parent / "log.sql").read_text()


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("schema", models.TextField()),
                ("table", models.TextField()),
                ("op", models.CharField(max_length=1)),
                ("pk_value", models.JSONField(db_column="pk", null=True)),
                ("columns", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("old", models.JSONField(null=True)),
                ("new", models.JSONField(null=True)),
                ("request_id", models.TextField(null=True)),
                ("actor", models.TextField(null=True)),
            ],
            options={"db_table": "changes_change", "managed": False},
        ),
        migrations.CreateModel(
            name="Relay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("epoch", models.CharField(default="", max_length=120)),
                ("generation", models.BigIntegerField(default=1)),
                ("number", models.BigIntegerField(default=0)),
                ("snapshot", models.TextField(default="")),
                ("trimmed", models.BigIntegerField(default=0)),
                ("heartbeat_at", models.DateTimeField(null=True)),
                ("leader", models.CharField(default="", max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="RelaySchema",
            fields=[
                ("schema", models.CharField(max_length=63, primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField()),
                ("number", models.BigIntegerField()),
            ],
        ),
        # No parameters, so that percent signs are left alone.
        migrations.RunSQL(sql=[(LOG_SQL, None)], reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(
            sql="INSERT INTO public.changes_relay (epoch, generation, number, snapshot, trimmed, leader)"
            " VALUES ('', 1, 0, '', 0, '')",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
