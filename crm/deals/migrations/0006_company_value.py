from pathlib import Path

from django.db import migrations

VALUE = (Path(__file__).parent / "company_value.sql").read_text()


class Migration(migrations.Migration):

    dependencies = [("companies", "0002_parts"), ("deals", "0005_bin")]

    # A statement without parameters, so that percent signs are left alone.
    operations = [migrations.RunSQL(sql=[(VALUE, None)], reverse_sql=migrations.RunSQL.noop)]
