import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import realtime.changes.trigger
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("changes", "0001_initial"),
        ('companies', '0001_initial'),
        ('contacts', '0001_initial'),
        ('roles', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Pipeline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Stage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('kind', models.CharField(choices=[('open', 'Open'), ('won', 'Won'), ('lost', 'Lost')], default='open', max_length=4)),
                ('probability', models.PositiveSmallIntegerField(default=0)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Deal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('title', models.CharField(max_length=160)),
                ('amount', models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ('currency', models.CharField(default='USD', max_length=3)),
                ('status', models.CharField(choices=[('open', 'Open'), ('won', 'Won'), ('lost', 'Lost')], default='open', max_length=4)),
                ('close_date', models.DateField(blank=True, null=True)),
                ('stage_entered_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deals', to='companies.company')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deals', to='contacts.contact')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='roles.member')),
                ('team', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='roles.team')),
                ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='deals.pipeline')),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pipeline',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute="public.log_change('id', '{}')", hash='26a2963fb0d640a6bffef2a312c6d56aefd161ba', pgid='change_log_a7779', table='deals_pipeline')),
        ),
        migrations.AddField(
            model_name='stage',
            name='pipeline',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stages', to='deals.pipeline'),
        ),
        migrations.AddField(
            model_name='deal',
            name='stage',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='deals.stage'),
        ),
        migrations.AddConstraint(
            model_name='stage',
            constraint=models.UniqueConstraint(fields=('pipeline', 'name'), name='stage_name_unique'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stage',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute="public.log_change('id', '{}')", hash='dce1ab4fbfd2511b1b4f3568e7d4c72b428bb1ce', pgid='change_log_57c64', table='deals_stage')),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['-stage_entered_at', '-id'], name='deal_all'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['team', '-stage_entered_at', '-id'], name='deal_team'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['owner', '-stage_entered_at', '-id'], name='deal_own'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(fields=['stage', '-stage_entered_at'], name='deal_by_stage'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deal',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"title","amount"}\')', hash='7b051fbdb6a4ee2f4e326f255c7b8d0c37d3ae71', pgid='change_log_0a306', table='deals_deal')),
        ),
    ]
