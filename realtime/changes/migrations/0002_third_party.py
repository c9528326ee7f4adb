"""Change-log triggers on the tables of installed packages, whose own migrations are not ours to change."""

from django.db import migrations

from realtime.changes.operations import InstallChangeTriggers


class Migration(migrations.Migration):
    dependencies = [
        ("changes", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("sessions", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    operations = [
        InstallChangeTriggers("auth"),
        InstallChangeTriggers("sessions"),
        InstallChangeTriggers("account"),
    ]
