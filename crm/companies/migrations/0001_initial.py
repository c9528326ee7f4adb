import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
import realtime.changes.trigger
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("changes", "0001_initial"),
        ('roles', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('name', models.CharField(max_length=160)),
                ('domain', models.CharField(blank=True, max_length=253)),
                ('phone', models.CharField(blank=True, max_length=32)),
                ('city', models.CharField(blank=True, max_length=80)),
                ('industry', models.CharField(blank=True, max_length=80)),
                ('notes', models.TextField(blank=True)),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='roles.member')),
                ('team', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='roles.team')),
            ],
            options={
                'verbose_name_plural': 'companies',
                'indexes': [models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['name', 'id'], name='company_all'), models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['team', 'name', 'id'], name='company_team'), models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['owner', 'name', 'id'], name='company_own'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('name'), 'gin_trgm_ops'), name='company_name_trigram')],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('domain'), condition=models.Q(('archived_at__isnull', True), models.Q(('domain', ''), _negated=True)), name='company_domain_unique')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='company',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"name","domain","city","industry","notes"}\')', hash='29c7ed2ca27517201f61d2b9d94601571eaf4cee', pgid='change_log_8bd98', table='companies_company')),
        ),
    ]
