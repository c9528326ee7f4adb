"""``after_restore``: what remains to be done when a tenant's schema was put back from a backup (docs/operations.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Tenant
from accounts.restoring import follow_schema
from accounts.tenancy import public_context, tenant_context
from crm.automations import scanning
from realtime.changes.log import begin_epoch
from workflows.runs.upkeep import repair_stranded


class Command(BaseCommand):
    """Safe to run again."""

    help = "Make everything outside of a tenant's schema agree with it, after the schema was restored alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant {options['tenant']}.")
        with transaction.atomic():
            followed = follow_schema(tenant)
            with tenant_context(tenant.schema_name):
                scanning.listen_anew()
                runs = repair_stranded()
            with public_context():
                begin_epoch()
        self.stdout.write(
            f"{followed.back} users back, {followed.gone} gone, {followed.revoked} API keys revoked,"
            f" {len(runs)} workflow runs go on. Open pages and followed feeds begin anew."
        )
