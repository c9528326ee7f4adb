"""Make the twin's tables and rows; prints the user's token. ``python -m bench.twin.prepare CONTACTS``"""

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.twin.settings"


def main(contacts: int) -> None:
    """As many contacts as the bench's tenant has, all the user's."""
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection
    from rest_framework.authtoken.models import Token

    from bench.twin.models import Contact, Stage

    call_command("migrate", verbosity=0, interactive=False)
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    user, _ = User.objects.get_or_create(username="owner", is_superuser=True)
    stage, _ = Stage.objects.get_or_create(name="New")
    if Contact.objects.count() < contacts:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE twin_contact")
            cursor.execute(
                """INSERT INTO twin_contact (first_name, last_name, full_name, email, phone, job_title, stage_id,
                     source, company_name, background, last_activity_at, owner_id, version, created_at, updated_at)
                   SELECT 'First' || n, 'Last' || n, 'First' || n || ' Last' || n, 'person' || n || '@example.org',
                     '+1415555' || n, 'Manager', %s, 'web', '', '',
                     now() - n * interval '1 minute', %s, 1, now(), now()
                   FROM generate_series(1, %s) AS n""",
                [stage.pk, user.pk, contacts],
            )
            cursor.execute("VACUUM ANALYZE twin_contact")
    token, _ = Token.objects.get_or_create(user=user)
    print(token.key, stage.pk)


if __name__ == "__main__":
    main(int(sys.argv[1]))
