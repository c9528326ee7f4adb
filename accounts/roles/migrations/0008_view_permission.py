from django.db import migrations


def grant(apps, schema_editor):
    """Owners and admins of tenants that exist already get the new word."""
    role_model = apps.get_model("roles", "Role")
    permission_model = apps.get_model("roles", "RolePermission")
    for role in role_model.objects.filter(key__in=["owner", "admin"]):
        permission_model.objects.get_or_create(role=role, permission="view.manage", defaults={"access": "all"})


class Migration(migrations.Migration):
    dependencies = [("roles", "0007_report_permissions")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
