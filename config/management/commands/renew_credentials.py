"""``renew_credentials``: encrypts every stored password with the newest of the keys, so that older ones may go."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.migration import tenant_schemas
from accounts.tenancy import tenant_context
from crm.mail.models import Mailbox
from crm.mail.secrets import Unreadable, renew


class Command(BaseCommand):
    """Safe to run again, and while mailboxes are read."""

    help = "Encrypt all mailbox passwords with the first of CREDENTIALS_KEYS (or with SECRET_KEY)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        renewed = 0
        for schema in tenant_schemas():
            with tenant_context(schema):
                renewed += sum(self.renew(schema, mailbox) for mailbox in Mailbox.objects.order_by("pk"))
        self.stdout.write(f"{renewed} passwords are encrypted with the newest key.")

    def renew(self, schema: str, mailbox: Mailbox) -> int:
        """Write one anew, unless its member has just changed it; how many that were."""
        before = mailbox.password_encrypted
        try:
            after = renew(before)
        except Unreadable:
            self.stderr.write(f"{schema}: the password of {mailbox.address} is of a key that is not here.")
            return 0
        same = Mailbox.objects.filter(pk=mailbox.pk, password_encrypted=before)
        return same.update(password_encrypted=after)
