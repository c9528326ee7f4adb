"""``contact.last_activity_at``: when something last happened with a contact that is not the product's own note.

Kept in the transaction of the change, past the contact's version: it follows from its activities.
"""

from datetime import datetime

from django.db.models import Max

from crm.activities.models import Activity
from crm.contacts.models import Contact


def touch(contact_id: int | None, moment: datetime) -> None:
    """Something happened at the moment; only a later one than is known counts."""
    if contact_id is None:
        return
    Contact.objects.filter(pk=contact_id, last_activity_at__lt=moment).update(last_activity_at=moment)


def recount(contact_id: int | None, now: datetime) -> None:
    """Find it anew, after an activity was moved in time or went into the bin."""
    if contact_id is None:
        return
    happened = Activity.objects.filter(contact_id=contact_id, archived_at=None, occurred_at__lte=now)
    latest = happened.exclude(kind=Activity.Kind.SYSTEM).aggregate(at=Max("occurred_at"))["at"]
    contact = Contact.objects.filter(pk=contact_id)
    created = contact.values_list("created_at", flat=True).get()
    contact.update(last_activity_at=max(latest, created) if latest else created)
