import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django_tenants.postgresql_backend.base
import pgtrigger.compiler
import pgtrigger.migrations
import realtime.changes.trigger
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("changes", "0001_initial"),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        # Named schema: every tenant's search path ends with public.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public", migrations.RunSQL.noop),
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public", migrations.RunSQL.noop),
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gin SCHEMA public", migrations.RunSQL.noop),
        migrations.CreateModel(
            name='Tenant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('schema_name', models.CharField(db_index=True, max_length=63, unique=True, validators=[django_tenants.postgresql_backend.base._check_schema_name])),
                ('slug', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9-]{1,38}[a-z0-9]$', 'Use 3 to 40 small letters, digits and hyphens.')])),
                ('name', models.CharField(max_length=120)),
                ('state', models.CharField(choices=[('active', 'Active'), ('suspended', 'Suspended')], default='active', max_length=12)),
                ('locale', models.CharField(default='en', max_length=10)),
                ('time_zone', models.CharField(default='UTC', max_length=64)),
                ('currency', models.CharField(default='USD', max_length=3)),
                ('brand_color', models.CharField(default='#3657d6', max_length=7)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TenantUser',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member_id', models.BigIntegerField()),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('locale', models.CharField(default='en', max_length=10)),
                ('time_zone', models.CharField(default='UTC', max_length=64)),
                ('is_staff', models.BooleanField(default=False, help_text='May use the operator site.')),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session_hash', models.CharField(max_length=64, unique=True)),
                ('user_agent', models.CharField(blank=True, max_length=300)),
                ('address', models.GenericIPAddressField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('last_seen_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='devices', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='OutgoingEmail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recipient', models.EmailField(max_length=254)),
                ('subject', models.CharField(max_length=200)),
                ('text', models.TextField()),
                ('html', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=400)),
                ('tenant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='accounts.tenant')),
            ],
        ),
        migrations.CreateModel(
            name='Domain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(db_index=True, max_length=253, unique=True)),
                ('is_primary', models.BooleanField(db_index=True, default=True)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='domains', to='accounts.tenant')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member_id', models.BigIntegerField()),
                ('name', models.CharField(max_length=80)),
                ('prefix', models.CharField(max_length=16, unique=True)),
                ('hash', models.CharField(max_length=64)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('allowed_addresses', django.contrib.postgres.fields.ArrayField(base_field=models.GenericIPAddressField(), blank=True, default=list, size=None)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_keys', to='accounts.tenant')),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tenant',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"name"}\')', hash='637f6bef889325e4bfbd590ab16aaccd89535b8d', pgid='change_log_fd32c', table='accounts_tenant')),
        ),
        migrations.AddField(
            model_name='tenantuser',
            name='tenant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tenant_users', to='accounts.tenant'),
        ),
        migrations.AddField(
            model_name='tenantuser',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tenant_users', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_unique'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='change_log_groups', sql=realtime.changes.trigger.ChangeTriggerSql(execute="public.log_change('id', '{}')", hash='0d604bc77d6a7e38e4f73b58f935a3bb20c28207', pgid='change_log_groups_abb36', table='accounts_user_groups')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='change_log_user_permissions', sql=realtime.changes.trigger.ChangeTriggerSql(execute="public.log_change('id', '{}')", hash='e4ca1d4cbda1e0601b2180312b34fe8bf9762f03', pgid='change_log_user_permissions_d8bf9', table='accounts_user_user_permissions')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"password","email","name"}\')', hash='ddb3a45d8960ee618c91e695092036ef1423d64c', pgid='change_log_0f562', table='accounts_user')),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(fields=['user', '-last_seen_at'], name='device_by_user'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='device',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"session_hash","user_agent","address"}\')', hash='2831a5d51f34b3e4c8bb0a162a3ff739ec55133b', pgid='change_log_ac867', table='accounts_device')),
        ),
        migrations.AddIndex(
            model_name='outgoingemail',
            index=models.Index(condition=models.Q(('sent_at__isnull', True)), fields=['next_attempt_at'], name='outgoing_email_due'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='outgoingemail',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"recipient","subject","text","html","error"}\')', hash='9493ee85b93243c42a6d999ecf088913198ecbef', pgid='change_log_fe07d', table='accounts_outgoingemail')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='domain',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"domain"}\')', hash='bd03d28494a72b41f3a07b2e8aea63fd553cad6f', pgid='change_log_900ac', table='accounts_domain')),
        ),
        migrations.AddIndex(
            model_name='apikey',
            index=models.Index(fields=['tenant', '-created_at'], name='api_key_by_tenant'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apikey',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"name","hash","scopes","allowed_addresses"}\')', hash='3c90b99e5cbe57dad5af83860fa27047bbcf57b3', pgid='change_log_2cc09', table='accounts_apikey')),
        ),
        migrations.AddConstraint(
            model_name='tenantuser',
            constraint=models.UniqueConstraint(fields=('user', 'tenant'), name='tenant_user_unique'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tenantuser',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute="public.log_change('id', '{}')", hash='eedfe61116471c535623a526ec2f71b425781567', pgid='change_log_2ce14', table='accounts_tenantuser')),
        ),
    ]
