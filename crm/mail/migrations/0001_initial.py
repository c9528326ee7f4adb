
import django.contrib.postgres.fields
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
        ('activities', '0003_pins'),
        ('contacts', '0006_open_deals'),
        ('roles', '0010_mail_permissions'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrollment_id', models.BigIntegerField(blank=True, null=True)),
                ('key', models.CharField(blank=True, max_length=200, null=True, unique=True)),
                ('message_id', models.CharField(max_length=255, unique=True)),
                ('in_reply_to', models.CharField(blank=True, max_length=255)),
                ('reference_ids', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=255), blank=True, default=list, size=None)),
                ('direction', models.CharField(choices=[('in', 'In'), ('out', 'Out')], max_length=3)),
                ('from_address', models.CharField(blank=True, max_length=254)),
                ('from_name', models.CharField(blank=True, max_length=160)),
                ('to_address', models.CharField(blank=True, max_length=254)),
                ('reply_to', models.CharField(blank=True, max_length=254)),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('text', models.TextField(blank=True)),
                ('html', models.TextField(blank=True)),
                ('is_automatic', models.BooleanField(default=False)),
                ('occurred_at', models.DateTimeField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('activity', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='mail_message', to='activities.activity')),
                ('contact', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='mail_messages', to='contacts.contact')),
                ('member', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='roles.member')),
            ],
        ),
        migrations.CreateModel(
            name='MailDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(blank=True, max_length=254)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('bounced', 'Bounced'), ('failed', 'Failed'), ('suppressed', 'Suppressed')], default='queued', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=400)),
                ('queued_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('bounced_at', models.DateTimeField(blank=True, null=True)),
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='delivery', to='mail.mailmessage')),
            ],
            options={
                'verbose_name_plural': 'mail deliveries',
            },
        ),
        migrations.CreateModel(
            name='MailTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('subject', models.CharField(max_length=200)),
                ('body', models.TextField()),
                ('shared', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='roles.member')),
            ],
            options={
                'ordering': ['name', 'id'],
            },
        ),
        migrations.AddField(
            model_name='mailmessage',
            name='template',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='mail.mailtemplate'),
        ),
        migrations.CreateModel(
            name='MailThread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('subject', models.CharField(max_length=10)),
                ('title', models.CharField(blank=True, max_length=200)),
                ('last_message_at', models.DateTimeField()),
                ('unread', models.BooleanField(default=False)),
                ('contact', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='mail_threads', to='contacts.contact')),
                ('owner', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='roles.member')),
                ('team', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='roles.team')),
            ],
        ),
        migrations.AddField(
            model_name='mailmessage',
            name='thread',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='mail.mailthread'),
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.CharField(max_length=254)),
                ('reason', models.CharField(choices=[('unsubscribe', 'Unsubscribe'), ('bounce', 'Bounce'), ('complaint', 'Complaint'), ('manual', 'Manual')], max_length=12)),
                ('at', models.DateTimeField()),
                ('proof', models.CharField(blank=True, max_length=500)),
                ('by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='roles.member')),
            ],
        ),
        migrations.CreateModel(
            name='Mailbox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=254)),
                ('host', models.CharField(max_length=253)),
                ('port', models.PositiveIntegerField(default=993)),
                ('security', models.CharField(choices=[('tls', 'Tls'), ('starttls', 'Starttls'), ('none', 'None')], default='tls', max_length=8)),
                ('username', models.CharField(max_length=254)),
                ('password_encrypted', models.TextField()),
                ('state', models.CharField(choices=[('new', 'New'), ('working', 'Working'), ('unreachable', 'Unreachable'), ('refused', 'Refused')], default='new', max_length=11)),
                ('error', models.CharField(blank=True, max_length=400)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('uid_validity', models.BigIntegerField(blank=True, null=True)),
                ('last_uid', models.BigIntegerField(default=0)),
                ('checked_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mailboxes', to='roles.member')),
            ],
            options={
                'verbose_name_plural': 'mailboxes',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('address'), name='mailbox_address_unique')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailbox',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"address","host","username","password_encrypted","error"}\')', hash='1f5019257e15dfc5cde783a182a84851e72abbc8', pgid='change_log_3886d', table='mail_mailbox')),
        ),
        migrations.AddIndex(
            model_name='maildelivery',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'sending'])), fields=['address'], name='mail_delivery_waiting'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='maildelivery',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"address","error"}\')', hash='e78aae339e76969b2f90f54a2aaf35d34845e68a', pgid='change_log_67b31', table='mail_maildelivery')),
        ),
        migrations.AddConstraint(
            model_name='mailtemplate',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), condition=models.Q(('shared', True)), name='mail_template_shared_name'),
        ),
        migrations.AddConstraint(
            model_name='mailtemplate',
            constraint=models.UniqueConstraint(models.F('owner'), django.db.models.functions.text.Lower('name'), condition=models.Q(('shared', False)), name='mail_template_own_name'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailtemplate',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"name","subject","body"}\')', hash='e8f33f021cc9a883321daf62075fdcc69d9c9369', pgid='change_log_17e90', table='mail_mailtemplate')),
        ),
        migrations.AddIndex(
            model_name='mailthread',
            index=models.Index(condition=models.Q(('archived_at__isnull', False)), fields=['-archived_at', '-id'], name='mail_thread_bin'),
        ),
        migrations.AddIndex(
            model_name='mailthread',
            index=models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['-last_message_at', '-id'], name='mail_thread_all'),
        ),
        migrations.AddIndex(
            model_name='mailthread',
            index=models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['team', '-last_message_at', '-id'], name='mail_thread_team'),
        ),
        migrations.AddIndex(
            model_name='mailthread',
            index=models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['owner', '-last_message_at', '-id'], name='mail_thread_own'),
        ),
        migrations.AddIndex(
            model_name='mailthread',
            index=models.Index(fields=['contact', '-last_message_at', '-id'], name='mail_thread_of_contact'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailthread',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"title"}\')', hash='b773cd80b370c64d5f1a67e1fd50463ad7f16c7c', pgid='change_log_bd37d', table='mail_mailthread')),
        ),
        migrations.AddIndex(
            model_name='mailmessage',
            index=models.Index(fields=['thread', 'occurred_at', 'id'], name='mail_message_of_thread'),
        ),
        migrations.AddIndex(
            model_name='mailmessage',
            index=models.Index(fields=['contact', '-occurred_at', '-id'], name='mail_message_of_contact'),
        ),
        migrations.AddIndex(
            model_name='mailmessage',
            index=models.Index(condition=models.Q(('enrollment_id__isnull', False)), fields=['enrollment_id', '-id'], name='mail_message_of_enrollment'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mailmessage',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"key","message_id","in_reply_to","reference_ids","from_address","from_name","to_address","reply_to","subject","text","html"}\')', hash='55b0c3e6b30586b495583c131ddab966de2db275', pgid='change_log_06c72', table='mail_mailmessage')),
        ),
        migrations.AddIndex(
            model_name='suppression',
            index=models.Index(fields=['-at', '-id'], name='suppression_newest'),
        ),
        migrations.AddConstraint(
            model_name='suppression',
            constraint=models.UniqueConstraint(fields=('email',), name='suppression_email_unique'),
        ),
        migrations.AddConstraint(
            model_name='suppression',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='suppression_lower_case'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='suppression',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"email","proof"}\')', hash='3c9a11470c8e2a6fb6fad76dc6d043737b4bb51a', pgid='change_log_bd6c7', table='mail_suppression')),
        ),
    ]
