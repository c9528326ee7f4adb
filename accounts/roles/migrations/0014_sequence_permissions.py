from django.db import migrations

WORDS = {
    "sequence.view": ["owner", "admin", "leader", "agent", "viewer"],
    "sequence.enroll": ["owner", "admin", "leader", "agent"],
    "sequence.manage": ["owner", "admin"],
}


def grant(apps, schema_editor):
    """The built-in roles of tenants that exist already get the new words."""
    role_model = apps.get_model("roles", "Role")
    permission_model = apps.get_model("roles", "RolePermission")
    for role in role_model.objects.filter(key__isnull=False):
        for word, keys in WORDS.items():
            if role.key in keys:
                permission_model.objects.get_or_create(role=role, permission=word, defaults={"access": "all"})


class Migration(migrations.Migration):
    dependencies = [("roles", "0013_member_onboarding")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
