import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("changes", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name='Due',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('ref', models.BigIntegerField()),
                ('tenant', models.CharField(max_length=63)),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state', models.SmallIntegerField(choices=[(0, 'Waiting'), (1, 'Leased'), (2, 'Failed')], db_default=0)),
                ('token', models.UUIDField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('attempts', models.SmallIntegerField(db_default=0)),
                ('error', models.CharField(db_default='', max_length=400)),
            ],
            options={
                'verbose_name_plural': 'due',
                'indexes': [models.Index(condition=models.Q(('state', 0)), fields=['due_at'], name='due_waiting'), models.Index(condition=models.Q(('state', 1)), fields=['lease_until'], name='due_leased')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'kind', 'ref'), name='due_unique')],
            },
        ),
    ]
