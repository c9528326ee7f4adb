"""The contact that a mutation is about to change."""

from accounts.permissions import Permission
from crm.contacts.models import Contact
from crm.records import writes
from realtime.functions import Context

WORD = "contact"


def lock_contact(
    ctx: Context, contact_id: int, to: Permission = Permission.CONTACT_EDIT, version: int | None = None
) -> Contact:
    """The contact, locked until commit; refusals as in ``crm.records.writes.lock``."""
    return writes.lock(ctx, Contact.objects.all(), contact_id, to=to, version=version)
