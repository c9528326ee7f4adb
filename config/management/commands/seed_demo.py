"""``seed_demo``: the demo tenant with people and records."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.demo import PASSWORD, PEOPLE, create_demo_tenant
from accounts.tenancy import tenant_context
from config.demo import seed_records


class Command(BaseCommand):
    """Adds records to the demo tenant, which it makes if need be."""

    help = "Make the demo tenant and fill it with made-up records, the same for the same seed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--contacts", type=int, default=2000)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        with transaction.atomic():
            tenant = create_demo_tenant()
            with tenant_context(tenant.schema_name):
                written = seed_records(contacts=options["contacts"], now=timezone.now(), seed=options["seed"])
        counts = ", ".join(f"{count:,} {kind}" for kind, count in written.items())
        self.stdout.write(f"{tenant.name}: {counts} in {time.monotonic() - started:.1f} s")
        logins = "".join(f"  {person.role:<7} {person.email}  {PASSWORD}\n" for person in PEOPLE)
        self.stdout.write(logins)
        # `make run` prints them beside the address.
        (settings.VAR / "demo.txt").write_text(logins)
