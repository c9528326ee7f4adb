from django.db import migrations

WORDS = ("run.view", "run.manage")


def grant(apps, schema_editor):
    """Owners and admins of tenants that exist already get the new words."""
    role_model = apps.get_model("roles", "Role")
    permission_model = apps.get_model("roles", "RolePermission")
    for role in role_model.objects.filter(key__in=["owner", "admin"]):
        for word in WORDS:
            permission_model.objects.get_or_create(role=role, permission=word, defaults={"access": "all"})


class Migration(migrations.Migration):
    dependencies = [("roles", "0001_initial")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
