from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import realtime.changes.trigger
from django.db import migrations, models


PLACED = (Path(__file__).parent / "placed.sql").read_text()
ROLLUP = (Path(__file__).parent / "rollup.sql").read_text()

REASONS = """
INSERT INTO deals_lostreason (name, position)
SELECT name, position - 1
  FROM unnest(ARRAY['Price', 'Chose somebody else', 'Bad timing', 'No answer', 'Not a fit'])
       WITH ORDINALITY AS reason (name, position)
 WHERE EXISTS (SELECT FROM deals_pipeline)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0001_initial'),
        ('contacts', '0001_initial'),
        ('deals', '0001_initial'),
        ('roles', '0002_run_permissions'),
    ]

    operations = [
        migrations.CreateModel(
            name='LostReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='StageChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_name', models.CharField(max_length=60)),
                ('to_name', models.CharField(max_length=60)),
                ('at', models.DateTimeField()),
                ('seconds', models.PositiveBigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='StageRollup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('owner_id', models.BigIntegerField(null=True)),
                ('team_id', models.BigIntegerField(null=True)),
                ('currency', models.CharField(max_length=3)),
                ('count', models.IntegerField()),
                ('sum', models.DecimalField(decimal_places=2, max_digits=20)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='deal',
            name='change_log',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='stage',
            name='change_log',
        ),
        migrations.AddField(
            model_name='deal',
            name='rank',
            field=models.TextField(blank=True, db_collation='C', default=''),
        ),
        migrations.AddField(
            model_name='deal',
            name='rots_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='stage',
            name='required_fields',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='stage',
            name='rot_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deal',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"title","amount","rank"}\')', hash='46417b4c20cec748be0f51d5e104b4a76f487950', pgid='change_log_0a306', table='deals_deal')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stage',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"required_fields"}\')', hash='bb98de664a339305d9e2ed38007c3bec03a34844', pgid='change_log_57c64', table='deals_stage')),
        ),
        migrations.AddConstraint(
            model_name='lostreason',
            constraint=models.UniqueConstraint(fields=('name',), name='lost_reason_name_unique'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lostreason',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute="public.log_change('id', '{}')", hash='c19d14605c3837fad4007cc90c877751f6f0da4a', pgid='change_log_9715d', table='deals_lostreason')),
        ),
        migrations.AddField(
            model_name='deal',
            name='lost_reason',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='deals.lostreason'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['stage', 'rank', 'id'], name='deal_board_all'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['stage', 'team', 'rank', 'id'], name='deal_board_team'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['stage', 'owner', 'rank', 'id'], name='deal_board_own'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('status', 'open')), fields=['close_date'], name='deal_forecast'),
        ),
        migrations.AddField(
            model_name='stagechange',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='roles.member'),
        ),
        migrations.AddField(
            model_name='stagechange',
            name='deal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stage_changes', to='deals.deal'),
        ),
        migrations.AddField(
            model_name='stagechange',
            name='from_stage',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='deals.stage'),
        ),
        migrations.AddField(
            model_name='stagechange',
            name='to_stage',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='deals.stage'),
        ),
        migrations.AddField(
            model_name='stagerollup',
            name='stage',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='rollups', to='deals.stage'),
        ),
        migrations.AddIndex(
            model_name='stagechange',
            index=models.Index(fields=['deal', '-at', '-id'], name='stage_change_of_deal'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stagechange',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute="public.log_change('id', '{}')", hash='a6a1dcf19fb5600fc0d3116e9730b4ef0fd9535f', pgid='change_log_bc911', table='deals_stagechange')),
        ),
        migrations.AddIndex(
            model_name='stagerollup',
            index=models.Index(condition=models.Q(('count', 0)), fields=['id'], name='stage_rollup_spent'),
        ),
        migrations.AddConstraint(
            model_name='stagerollup',
            constraint=models.UniqueConstraint(fields=('stage', 'owner_id', 'team_id', 'currency'), name='stage_rollup_unique', nulls_distinct=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stagerollup',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"sum"}\')', hash='a2d72eac74eefb475b1aac4868a750d646f4e012', pgid='change_log_439a9', table='deals_stagerollup')),
        ),
        # Statements without parameters, so that percent signs are left alone.
        *(migrations.RunSQL(sql=[(text, None)], reverse_sql=migrations.RunSQL.noop) for text in (REASONS, PLACED, ROLLUP)),
    ]
