import pgtrigger.compiler
import pgtrigger.migrations
import realtime.changes.trigger
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0001_initial'),
        ('roles', '0004_pipeline_permission'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='company',
            name='change_log',
        ),
        migrations.AddField(
            model_name='company',
            name='contact_count',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='company',
            name='open_deal_count',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='company',
            name='open_deal_value',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddIndex(
            model_name='company',
            index=models.Index(condition=models.Q(('archived_at__isnull', False)), fields=['-archived_at', '-id'], name='company_bin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='company',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"name","domain","city","industry","notes","open_deal_value"}\')', hash='07ee1c537f34514c56fe02586455c24966eff5c0', pgid='change_log_8bd98', table='companies_company')),
        ),
    ]
