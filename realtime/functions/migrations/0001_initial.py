import pgtrigger.compiler
import pgtrigger.migrations
import realtime.changes.trigger
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("changes", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name='IdempotencyRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('actor', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=255)),
                ('function', models.CharField(max_length=80)),
                ('fingerprint', models.CharField(max_length=64)),
                ('result', models.JSONField(null=True)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('function', models.CharField(max_length=80)),
                ('actor_kind', models.CharField(max_length=12)),
                ('actor_id', models.BigIntegerField(null=True)),
                ('credential', models.CharField(blank=True, max_length=60)),
                ('object', models.CharField(blank=True, max_length=40)),
                ('object_id', models.BigIntegerField(null=True)),
                ('changes', models.JSONField(default=dict)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'audit entries',
                'indexes': [models.Index(fields=['-at', '-id'], name='audit_entry_recent'), models.Index(fields=['object', 'object_id', '-at'], name='audit_entry_by_object')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditentry',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"function","changes"}\')', hash='e0c072e9996d4e234ae7130675116a3a6d48dc87', pgid='change_log_f745d', table='functions_auditentry')),
        ),
        migrations.AddIndex(
            model_name='idempotencyrecord',
            index=models.Index(fields=['created_at'], name='idempotency_record_age'),
        ),
        migrations.AddConstraint(
            model_name='idempotencyrecord',
            constraint=models.UniqueConstraint(fields=('actor', 'key'), name='idempotency_record_unique'),
        ),
    ]
