from pathlib import Path

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
import realtime.changes.trigger
from django.db import migrations, models


PARTS = (Path(__file__).parent / "parts.sql").read_text()


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0002_parts'),
        ('contacts', '0001_initial'),
        ('roles', '0004_pipeline_permission'),
    ]

    operations = [
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_primary', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('label', models.CharField(choices=[('work', 'Work'), ('home', 'Home'), ('other', 'Other')], default='home', max_length=8)),
                ('street', models.CharField(blank=True, max_length=200)),
                ('city', models.CharField(blank=True, max_length=80)),
                ('region', models.CharField(blank=True, max_length=80)),
                ('postal_code', models.CharField(blank=True, max_length=20)),
                ('country', models.CharField(blank=True, max_length=2)),
            ],
            options={
                'verbose_name_plural': 'addresses',
                'default_related_name': 'addresses',
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('email', 'Email'), ('phone', 'Phone'), ('text', 'Text'), ('mail', 'Mail')], max_length=8)),
                ('state', models.CharField(choices=[('granted', 'Granted'), ('pending', 'Pending'), ('withdrawn', 'Withdrawn')], max_length=10)),
                ('proof', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ContactCompany',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_primary', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('role', models.CharField(blank=True, max_length=80)),
            ],
            options={
                'verbose_name_plural': 'contact companies',
                'default_related_name': 'contact_companies',
            },
        ),
        migrations.CreateModel(
            name='EmailAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_primary', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('address', models.EmailField(max_length=254)),
                ('label', models.CharField(choices=[('work', 'Work'), ('home', 'Home'), ('other', 'Other')], default='work', max_length=8)),
                ('bounced_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'email addresses',
                'default_related_name': 'email_addresses',
            },
        ),
        migrations.CreateModel(
            name='LeadSource',
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
            name='PhoneNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_primary', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('raw', models.CharField(max_length=32)),
                ('e164', models.CharField(blank=True, max_length=16)),
                ('last_digits', models.CharField(blank=True, max_length=7)),
                ('kind', models.CharField(choices=[('mobile', 'Mobile'), ('work', 'Work'), ('home', 'Home'), ('fax', 'Fax'), ('other', 'Other')], default='mobile', max_length=8)),
                ('is_bad', models.BooleanField(default=False)),
            ],
            options={
                'default_related_name': 'phone_numbers',
            },
        ),
        migrations.CreateModel(
            name='Relationship',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contact',
            name='change_log',
        ),
        migrations.AddField(
            model_name='contact',
            name='claimed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='contact',
            name='external_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=120),
        ),
        migrations.AddField(
            model_name='contact',
            name='price',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name='contact',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name='contact',
            name='time_frame',
            field=models.CharField(blank=True, choices=[('now', 'Now'), ('3_months', 'Months 3'), ('6_months', 'Months 6'), ('12_months', 'Months 12'), ('later', 'Later')], db_default='', default='', max_length=10),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='contact_by_tag'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('archived_at__isnull', True), ('owner__isnull', True)), fields=['team', '-created_at', '-id'], name='contact_pool'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('archived_at__isnull', False)), fields=['-archived_at', '-id'], name='contact_bin'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"first_name","last_name","full_name","email","job_title","company_name","background","price","external_id","tags"}\')', hash='493fad95cc4d08eff8475f1cb79344413c6bdb6b', pgid='change_log_c1df8', table='contacts_contact')),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(condition=models.Q(('archived_at__isnull', True), models.Q(('external_id', ''), _negated=True)), fields=('source', 'external_id'), name='contact_external_id_unique'),
        ),
        migrations.AddField(
            model_name='address',
            name='contact',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='contacts.contact'),
        ),
        migrations.AddField(
            model_name='consent',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='roles.member'),
        ),
        migrations.AddField(
            model_name='consent',
            name='contact',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='contacts.contact'),
        ),
        migrations.AddField(
            model_name='contactcompany',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='companies.company'),
        ),
        migrations.AddField(
            model_name='contactcompany',
            name='contact',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='contacts.contact'),
        ),
        migrations.AddField(
            model_name='emailaddress',
            name='contact',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='contacts.contact'),
        ),
        migrations.AddConstraint(
            model_name='leadsource',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='lead_source_name_unique'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='leadsource',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute="public.log_change('id', '{}')", hash='f66797d2ee331ef4b411414a7911bf55d22bd3c0', pgid='change_log_98476', table='contacts_leadsource')),
        ),
        migrations.AddField(
            model_name='phonenumber',
            name='contact',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='contacts.contact'),
        ),
        migrations.AddField(
            model_name='relationship',
            name='contact',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='relationships', to='contacts.contact'),
        ),
        migrations.AddField(
            model_name='relationship',
            name='other',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contacts.contact'),
        ),
        migrations.AddIndex(
            model_name='address',
            index=models.Index(fields=['contact'], name='address_of_contact'),
        ),
        migrations.AddConstraint(
            model_name='address',
            constraint=models.UniqueConstraint(condition=models.Q(('is_primary', True)), fields=('contact',), name='address_primary'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='address',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"street","city","region"}\')', hash='138f9edd24093a28f3e7f129bb07bf36798883dc', pgid='change_log_877a2', table='contacts_address')),
        ),
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(fields=['contact', 'channel', '-at', '-id'], name='consent_newest'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"proof"}\')', hash='b20c0bb3deaeb76c1a34bc9c2239b49496cf1812', pgid='change_log_7216c', table='contacts_consent')),
        ),
        migrations.AddConstraint(
            model_name='contactcompany',
            constraint=models.UniqueConstraint(fields=('contact', 'company'), name='contact_company_unique'),
        ),
        migrations.AddConstraint(
            model_name='contactcompany',
            constraint=models.UniqueConstraint(condition=models.Q(('is_primary', True)), fields=('contact',), name='contact_company_primary'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactcompany',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"role"}\')', hash='9838cac89a1d56869a07b527c8de3769c02884c8', pgid='change_log_5a2f9', table='contacts_contactcompany')),
        ),
        migrations.AddIndex(
            model_name='emailaddress',
            index=models.Index(fields=['address'], name='email_address_lookup'),
        ),
        migrations.AddConstraint(
            model_name='emailaddress',
            constraint=models.UniqueConstraint(fields=('contact', 'address'), name='email_address_unique'),
        ),
        migrations.AddConstraint(
            model_name='emailaddress',
            constraint=models.UniqueConstraint(condition=models.Q(('is_primary', True)), fields=('contact',), name='email_address_primary'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='emailaddress',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute='public.log_change(\'id\', \'{"address"}\')', hash='59951211d9687d5c4d63bfb7bbcaae351d8907b3', pgid='change_log_5fbff', table='contacts_emailaddress')),
        ),
        migrations.AddIndex(
            model_name='phonenumber',
            index=models.Index(condition=models.Q(('e164', ''), _negated=True), fields=['e164'], name='phone_number_lookup'),
        ),
        migrations.AddIndex(
            model_name='phonenumber',
            index=models.Index(fields=['last_digits'], name='phone_number_digits'),
        ),
        migrations.AddConstraint(
            model_name='phonenumber',
            constraint=models.UniqueConstraint(fields=('contact', 'raw'), name='phone_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='phonenumber',
            constraint=models.UniqueConstraint(condition=models.Q(('is_primary', True)), fields=('contact',), name='phone_number_primary'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='phonenumber',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute="public.log_change('id', '{}')", hash='a95bfc4a175991797fdcbb2dc75444dd490beba7', pgid='change_log_738e7', table='contacts_phonenumber')),
        ),
        migrations.AddConstraint(
            model_name='relationship',
            constraint=models.UniqueConstraint(fields=('contact', 'other', 'kind'), name='relationship_unique'),
        ),
        migrations.AddConstraint(
            model_name='relationship',
            constraint=models.CheckConstraint(condition=models.Q(('contact', models.F('other')), _negated=True), name='relationship_of_two'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='relationship',
            trigger=pgtrigger.compiler.Trigger(name='change_log', sql=realtime.changes.trigger.ChangeTriggerSql(execute="public.log_change('id', '{}')", hash='d1055452089f4d89976cadfdb2be159e03fabc55', pgid='change_log_68f43', table='contacts_relationship')),
        ),
        # A statement without parameters, so that percent signs are left alone.
        migrations.RunSQL(sql=[(PARTS, None)], reverse_sql=migrations.RunSQL.noop),
    ]
