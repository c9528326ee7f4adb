"""The table of Django's database cache: log-in rate limits, which hold while Redis is down."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE TABLE public.accounts_cache ("
            " cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);"
            " CREATE INDEX accounts_cache_expires ON public.accounts_cache (expires)",
            "DROP TABLE public.accounts_cache",
        )
    ]
