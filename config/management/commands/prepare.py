"""What ``make run`` does before it serves: migrate all schemas, compress static files, make the demo tenant."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.models import Tenant
from config import assets, env
from workflows.schedule import ensure_recurring


class Command(BaseCommand):
    help = "Migrate every schema, compress static files; a demo tenant when there is none at all (DEMO=0 prevents it)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=1, stdout=self.stdout)
        ensure_recurring()
        assets.collect()
        if env.flag("DEMO", True) and not Tenant.objects.exists():
            call_command("seed_demo", stdout=self.stdout)
