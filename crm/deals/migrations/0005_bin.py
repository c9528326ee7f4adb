from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0004_no_trigrams'),
        ('contacts', '0006_open_deals'),
        ('deals', '0004_parties'),
        ('roles', '0008_view_permission'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('archived_at__isnull', False)), fields=['-archived_at', '-id'], name='deal_bin'),
        ),
    ]
