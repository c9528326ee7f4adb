from pathlib import Path

from django.db import migrations, models

SIGHT = (Path(__file__).parent / "sight.sql").read_text()


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0008_phone_status'),
        ('deals', '0006_company_value'),
    ]

    operations = [
        migrations.AddField(
            model_name='dealcontact',
            name='contact_owner_id',
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='dealcontact',
            name='contact_team_id',
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='dealcontact',
            name='owner_id',
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='dealcontact',
            name='team_id',
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='dealmember',
            name='owner_id',
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='dealmember',
            name='team_id',
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        # Without parameters, so that percent signs are left alone.
        migrations.RunSQL(sql=[(SIGHT, None)], reverse_sql=migrations.RunSQL.noop),
    ]
