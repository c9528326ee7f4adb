from django.db import migrations

WORDS = ("activity.view", "activity.create", "activity.edit", "activity.delete")
#: How far the built-in roles change activities; all of them see those of the records that they see.
REACHES = {"owner": "all", "admin": "all", "leader": "team", "agent": "own"}


def grant(apps, schema_editor):
    """Built-in roles of tenants that exist already get the new words."""
    role_model = apps.get_model("roles", "Role")
    permission_model = apps.get_model("roles", "RolePermission")
    for role in role_model.objects.filter(key__in=[*REACHES, "viewer"]):
        for word in WORDS:
            access = "all" if word.endswith((".view", ".create")) else REACHES.get(role.key)
            if role.key != "viewer" or word == "activity.view":
                permission_model.objects.get_or_create(role=role, permission=word, defaults={"access": access})


class Migration(migrations.Migration):
    dependencies = [("roles", "0002_run_permissions")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
