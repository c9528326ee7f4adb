"""``create_api_key``: prints a new key, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actor import system_context
from accounts.models import Tenant
from accounts.roles.models import Member
from accounts.tenancy import tenant_context
from realtime.functions import FunctionError
from realtime.functions.call import call


class Command(BaseCommand):
    """The key acts as one member, within its scopes; audited as the system's doing."""

    help = "Create an API key for a member and print it; it can't be had again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--member", required=True, metavar="EMAIL")
        parser.add_argument("--scopes", nargs="+", default=["read", "write"], metavar="SCOPE")
        parser.add_argument("--name", default="Command line")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant {options['tenant']}.")
        with tenant_context(tenant.schema_name):
            member = Member.objects.filter(email__iexact=options["member"], is_active=True).first()
            if member is None:
                raise CommandError(f"{options['tenant']} has no active member {options['member']}.")
            scopes = [word for scope in options["scopes"] for word in scope.split(",") if word]
            wanted = {"name": options["name"], "member_id": member.pk, "scopes": scopes}
            try:
                made = call("accounts.create_api_key", system_context(tenant.schema_name), wanted)
            except FunctionError as error:
                details = [one["detail"] for one in error.errors] or [error.detail]
                raise CommandError(" ".join(details)) from None
        self.stdout.write(made["key"])
