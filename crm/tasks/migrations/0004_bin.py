from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0006_open_deals'),
        ('deals', '0005_bin'),
        ('roles', '0008_view_permission'),
        ('tasks', '0003_reminders'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('archived_at__isnull', False)), fields=['-archived_at', '-id'], name='task_bin'),
        ),
    ]
