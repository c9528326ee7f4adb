from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0001_initial'),
        ('companies', '0004_no_trigrams'),
        ('contacts', '0006_open_deals'),
        ('deals', '0005_bin'),
        ('roles', '0008_view_permission'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(condition=models.Q(('archived_at__isnull', False)), fields=['-archived_at', '-id'], name='activity_bin'),
        ),
    ]
