import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import realtime.changes.trigger
from django.db import migrations, models

from crm.reports.migrations import _totals


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("changes", "0001_initial"),
        ("roles", "0007_report_permissions"),
        ("contacts", "0004_next_task"),
        ("deals", "0003_custom_fields"),
        ("tasks", "0003_reminders"),
        ("activities", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('metric', models.CharField(choices=[('amount_won', 'Amount Won'), ('deals_won', 'Deals Won'), ('calls', 'Calls'), ('activities', 'Activities'), ('tasks_done', 'Tasks Done')], max_length=10)),
                ('period', models.CharField(choices=[('month', 'Month'), ('quarter', 'Quarter'), ('year', 'Year')], max_length=7)),
                ('target', models.DecimalField(decimal_places=2, max_digits=14)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='DailyTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('metric', models.CharField(choices=[('contact', 'Contact'), ('deal', 'Deal'), ('move', 'Move'), ('won', 'Won'), ('lost', 'Lost'), ('open', 'Open'), ('task', 'Task'), ('note', 'Note'), ('call', 'Call'), ('text', 'Text'), ('email', 'Email'), ('meeting', 'Meeting')], max_length=8)),
                ('day', models.DateField()),
                ('owner_id', models.BigIntegerField(null=True)),
                ('team_id', models.BigIntegerField(null=True)),
                ('pipeline_id', models.BigIntegerField(null=True)),
                ('detail', models.CharField(max_length=60)),
                ('currency', models.CharField(max_length=3)),
                ('count', models.IntegerField()),
                ('sum', models.DecimalField(decimal_places=2, max_digits=20)),
            ],
            options={
                'indexes': [models.Index(fields=['owner_id', 'metric', 'day'], name='daily_total_own'), models.Index(fields=['team_id', 'metric', 'day'], name='daily_total_team'), models.Index(condition=models.Q(('count', 0)), fields=['id'], name='daily_total_spent')],
                'constraints': [models.UniqueConstraint(fields=('metric', 'day', 'owner_id', 'team_id', 'pipeline_id', 'detail', 'currency'), name='daily_total_unique', nulls_distinct=False)],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dailytotal',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"sum"}\')', hash='42038824c8cb8a80d8a6d8efeeed1c5800f1c5fc', pgid='change_log_92c46', table='reports_dailytotal')),
        ),
        migrations.AddField(
            model_name='goal',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='goals', to='roles.member'),
        ),
        migrations.AddField(
            model_name='goal',
            name='team',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='goals', to='roles.team'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.UniqueConstraint(fields=('owner', 'team', 'metric', 'period', 'currency'), name='goal_unique', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.CheckConstraint(condition=models.Q(('owner__isnull', True), ('team__isnull', True), _connector='OR'), name='goal_of_one_owner'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.CheckConstraint(condition=models.Q(('target__gt', 0)), name='goal_target_positive'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='goal',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"target"}\')', hash='7bc240be037c4df128c627270752857992ad8a11', pgid='change_log_f40b7', table='reports_goal')),
        ),
        # Statements without parameters, so that percent signs are left alone.
        *(migrations.RunSQL(sql=[(text, None)], reverse_sql=migrations.RunSQL.noop) for text in _totals.STATEMENTS),
    ]
