"""Knowing somebody again, under the same locks as an upsert, so that two events at once make one contact."""

from collections.abc import Iterator

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.contacts.models import Contact
from crm.contacts.phones import e164
from crm.contacts.upsert import matching_contacts, one_at_a_time
from crm.intake.schemas import EventPerson, MatchedBy
from crm.records.fields import shows
from realtime.functions import Context, invalid

Keys = list[tuple[MatchedBy, list[str]]]


def keys_of(ctx: Context, person: EventPerson) -> Keys:
    """What the person is known by, the surest first; InvalidInput if that is nothing."""
    phones = [number for number in (e164(ctx, phone) for phone in person.phones) if number]
    emails = list(person.emails)
    found: Keys = [("external_id", [person.external_id]), ("email", emails), ("phone", phones)]
    if not (person.external_id or emails or person.phones):
        raise invalid("person", "Send an email address, a phone number or an external id.", "required")
    return found


def wait_for_others(ctx: Context, source: str, external_id: str, keys: Keys) -> None:
    """Let whoever takes in the same event or the same person come first; always in this order, so nobody is stuck."""
    one_at_a_time(ctx, "event", f"{source} {external_id}" if external_id else "")
    for kind, values in keys:
        own = [f"{source} {value}" if kind == "external_id" and value else value for value in values]
        one_at_a_time(ctx, kind, *(value.lower() if kind != "phone" else value for value in own))


def find_known(ctx: Context, source: str, keys: Keys) -> tuple[int | None, MatchedBy | None]:
    """The oldest contact in sight that one of the keys leads to, and that key."""
    for kind, value in _single(keys):
        if not shows(ctx, "contact", kind):
            continue
        contacts = visible_to(ctx, Permission.CONTACT_VIEW, Contact.objects.filter(archived_at=None))
        found = matching_contacts(contacts, kind, value, source).order_by("id").values_list("pk", flat=True)
        if (pk := found.first()) is not None:
            return pk, kind
    return None, None


def _single(keys: Keys) -> Iterator[tuple[MatchedBy, str]]:
    return ((kind, value) for kind, values in keys for value in values if value)
