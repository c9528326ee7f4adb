"""The search has keys of its own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("companies", "0003_custom_fields"), ("search", "0001_initial")]

    operations = [migrations.RemoveIndex(model_name="company", name="company_name_trigram")]
