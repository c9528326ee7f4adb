from django.db import migrations

PLANS = [
    {"key": "team", "name": "Team", "description": "Everything, for teams of any size.", "price": "29.00", "position": 10},
    {"key": "starter", "name": "Starter", "description": "Everything, for small teams.", "price": "15.00", "max_seats": 5, "position": 20},
]  # fmt: skip


def create_plans(apps, schema_editor):
    """Two plans to begin with; the operator changes them on their site."""
    plan = apps.get_model("billing", "Plan")
    for values in PLANS:
        plan.objects.get_or_create(key=values["key"], defaults=values)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [migrations.RunPython(create_plans, migrations.RunPython.noop)]
