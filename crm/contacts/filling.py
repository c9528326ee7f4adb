"""What comes from outside fills in what a contact does not have, and overwrites nothing (decision 0026)."""

from typing import Any

from django.db.models import Q

from crm.contacts.models import Contact, EmailAddress, PhoneNumber
from crm.contacts.part_mutations import add_email, add_phone
from crm.contacts.parts import PHONE
from crm.contacts.phones import e164
from realtime.functions import Context


def empty_ones(contact: Contact, given: dict[str, Any]) -> dict[str, Any]:
    """Of the given fields, custom ones among them, those that the contact does not have yet."""
    found = {
        name: value
        for name, value in given.items()
        if name != "custom" and getattr(contact, name) in ("", None)
    }
    custom = {
        key: value for key, value in given.get("custom", {}).items() if key not in contact.custom_values
    }
    return {**found, "custom": custom} if custom else found


def add_points(ctx: Context, contact: Contact, emails: list[str], phones: list[str]) -> list[str]:
    """Add the email addresses and phone numbers that the contact does not have; answers these."""
    added = []
    for email in dict.fromkeys(email.lower() for email in emails):
        if not EmailAddress.objects.filter(contact=contact, address=email).exists():
            add_email(ctx, contact_id=contact.pk, address=email)
            added.append(email)
    for phone in dict.fromkeys(phones):
        same = Q(raw=phone) | Q(e164=e164(ctx, phone) or "-")
        if not PhoneNumber.objects.filter(same, contact=contact).exists():
            add_phone(ctx, contact_id=contact.pk, number=phone)
            added.append(phone)
    return added


def insert_points(ctx: Context, contact: Contact, emails: list[str], phones: list[str]) -> None:
    """Give a contact that was made just now its further addresses and numbers, whoever owns it."""
    others = [email for email in dict.fromkeys(emails) if email != contact.email]
    EmailAddress.objects.bulk_create([EmailAddress(contact=contact, address=email) for email in others])
    written = {e164(ctx, phone) or phone: phone for phone in reversed(phones)}
    written.pop(contact.phone_e164 or contact.phone, None)
    rows = [
        PhoneNumber(contact=contact, raw=phone, **PHONE.derive(ctx, phone))
        for phone in reversed(written.values())
    ]
    PhoneNumber.objects.bulk_create(rows)
