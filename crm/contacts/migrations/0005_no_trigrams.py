"""The search has keys of its own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contacts", "0004_next_task"), ("search", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="contact", name="contact_name_trigram"),
        migrations.RemoveIndex(model_name="contact", name="contact_email_trigram"),
        migrations.RemoveIndex(model_name="contact", name="contact_phone_trigram"),
    ]
