"""Changing how a contact is reached, one address or number at a time."""

from typing import cast

from accounts.permissions import Permission
from crm.contacts import parts
from crm.contacts.part_schemas import (
    AddressChanges,
    AddressLabel,
    AddressRow,
    Country,
    EmailChanges,
    EmailRow,
    GivenEmail,
    GivenPhone,
    PartDeleted,
    PhoneChanges,
    PhoneKind,
    PhoneRow,
    Place,
    PostalCode,
    Street,
)
from realtime.functions import Context, Id, Version, invalid, mutation

EDIT = Permission.CONTACT_EDIT


@mutation(permission=EDIT)
def add_email(
    ctx: Context,
    *,
    contact_id: Id,
    address: GivenEmail,
    label: AddressLabel = "work",
    is_primary: bool = False,
    version: Version | None = None,
) -> EmailRow:
    """Add an email address to a contact. The first one is the primary one; Conflict if the contact has it."""
    values = {"address": address, "label": label}
    return cast("EmailRow", parts.add_part(ctx, parts.EMAIL, contact_id, values, is_primary, version))


@mutation(permission=EDIT)
def update_email(
    ctx: Context, *, contact_id: Id, email_id: Id, changes: EmailChanges, version: Version | None = None
) -> EmailRow:
    """Change an email address of a contact, make it the primary one, or note that mail to it came back."""
    sent = changes.sent()
    return cast("EmailRow", parts.update_part(ctx, parts.EMAIL, contact_id, email_id, sent, version))


@mutation(permission=EDIT)
def delete_email(
    ctx: Context, *, contact_id: Id, email_id: Id, version: Version | None = None
) -> PartDeleted:
    """Take an email address from a contact; the oldest other one becomes primary if it was that."""
    return cast("PartDeleted", parts.delete_part(ctx, parts.EMAIL, contact_id, email_id, version))


@mutation(permission=EDIT)
def add_phone(
    ctx: Context,
    *,
    contact_id: Id,
    number: GivenPhone,
    kind: PhoneKind = "mobile",
    is_primary: bool = False,
    version: Version | None = None,
) -> PhoneRow:
    """Add a phone number to a contact. Without a country code it is taken for one of your workspace's country."""
    values = {"raw": number, "kind": kind}
    return cast("PhoneRow", parts.add_part(ctx, parts.PHONE, contact_id, values, is_primary, version))


@mutation(permission=EDIT)
def update_phone(
    ctx: Context, *, contact_id: Id, phone_id: Id, changes: PhoneChanges, version: Version | None = None
) -> PhoneRow:
    """Change a phone number of a contact, make it the primary one, or mark it as bad."""
    sent = changes.sent()
    if "number" in sent:
        sent["raw"] = sent.pop("number")
    return cast("PhoneRow", parts.update_part(ctx, parts.PHONE, contact_id, phone_id, sent, version))


@mutation(permission=EDIT)
def delete_phone(
    ctx: Context, *, contact_id: Id, phone_id: Id, version: Version | None = None
) -> PartDeleted:
    """Take a phone number from a contact; the oldest other one becomes primary if it was that."""
    return cast("PartDeleted", parts.delete_part(ctx, parts.PHONE, contact_id, phone_id, version))


@mutation(permission=EDIT)
def add_address(
    ctx: Context,
    *,
    contact_id: Id,
    label: AddressLabel = "home",
    street: Street = "",
    city: Place = "",
    region: Place = "",
    postal_code: PostalCode = "",
    country: Country = "",
    is_primary: bool = False,
    version: Version | None = None,
) -> AddressRow:
    """Add a postal address to a contact."""
    values = {
        "label": label, "street": street, "city": city, "region": region, "postal_code": postal_code,
        "country": country,
    }  # fmt: skip
    if not any(value for name, value in values.items() if name != "label"):
        raise invalid("street", "Give at least a part of the address.", "required")
    return cast("AddressRow", parts.add_part(ctx, parts.ADDRESS, contact_id, values, is_primary, version))


@mutation(permission=EDIT)
def update_address(
    ctx: Context, *, contact_id: Id, address_id: Id, changes: AddressChanges, version: Version | None = None
) -> AddressRow:
    """Change a postal address of a contact, or make it the primary one."""
    sent = changes.sent()
    return cast("AddressRow", parts.update_part(ctx, parts.ADDRESS, contact_id, address_id, sent, version))


@mutation(permission=EDIT)
def delete_address(
    ctx: Context, *, contact_id: Id, address_id: Id, version: Version | None = None
) -> PartDeleted:
    """Take a postal address from a contact; the oldest other one becomes primary if it was that."""
    return cast("PartDeleted", parts.delete_part(ctx, parts.ADDRESS, contact_id, address_id, version))
