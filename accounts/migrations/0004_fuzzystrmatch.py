"""Edit distances, for words that somebody mistyped."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_tenant_country")]

    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS fuzzystrmatch SCHEMA public", migrations.RunSQL.noop),
    ]
