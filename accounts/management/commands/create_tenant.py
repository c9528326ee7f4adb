"""``create_tenant``: a tenant with its owner, from the command line."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from accounts.provisioning import SlugTaken, create_tenant


class Command(BaseCommand):
    """Makes the owner too, if no user has the address."""

    help = "Create a tenant and its owner; prints a password if the owner is new and none is given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="3 to 40 small letters, digits and hyphens.")
        parser.add_argument("name", help="The firm's name.")
        parser.add_argument("--owner", required=True, metavar="EMAIL")
        parser.add_argument("--owner-name", default="")
        parser.add_argument("--password", help="For a new owner.")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["owner"].strip().lower()
        with transaction.atomic():
            owner = User.objects.filter(email=email).first()
            password = None if owner else options["password"] or secrets.token_urlsafe(12)
            if owner is None:
                owner = User.objects.create_user(email, password, name=options["owner_name"])
            try:
                made = create_tenant(options["slug"], options["name"], owner)
            except SlugTaken:
                raise CommandError(f"{options['slug']} is taken: choose another slug.") from None
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{made.tenant.name}: schema {made.tenant.schema_name}, owner {email}")
        if password and not options["password"]:
            self.stdout.write(f"password: {password}")
