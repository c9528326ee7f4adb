import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import realtime.changes.trigger
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("changes", "0001_initial"),
        ('contacts', '0001_initial'),
        ('deals', '0001_initial'),
        ('roles', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('title', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('todo', 'Todo'), ('call', 'Call'), ('email', 'Email'), ('meeting', 'Meeting')], default='todo', max_length=8)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='contacts.contact')),
                ('deal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='deals.deal')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='roles.member')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='roles.member')),
                ('team', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='roles.team')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['due_at', 'id'], name='task_all'), models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['team', 'due_at', 'id'], name='task_team'), models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['owner', 'due_at', 'id'], name='task_own')],
                'constraints': [models.CheckConstraint(condition=models.Q(('done_at__isnull', False), ('done_by__isnull', True), _connector='OR'), name='task_done_by_only_when_done')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='task',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"title"}\')', hash='ec19164270728856c6d0f83b6c46de912530cfcf', pgid='change_log_c4bd6', table='tasks_task')),
        ),
    ]
