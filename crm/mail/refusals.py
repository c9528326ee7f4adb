"""Why a contact gets no mail: asked when a mail is wanted, and again in the moment before it goes out."""

from collections.abc import Collection

from django.utils.translation import gettext_noop as _

from crm.contacts.models import Consent, Contact, EmailAddress
from crm.mail.models import Suppression

#: Word of a refusal -> what it says to people; translated where it is shown.
REFUSALS = {
    "binned": _("The contact is in the bin."),
    "no_address": _("The contact has no email address."),
    "unsubscribe": _("The address has unsubscribed."),
    "bounce": _("Mail to the address came back."),
    "complaint": _("Somebody complained of mail to the address."),
    "manual": _("The address is on the list of those that get no mail."),
    "consent": _("The contact does not want to be written to by email."),
    "bounced": _("Mail to the address came back."),
    "stopped": _("The sequence was stopped before it went out."),
}


def refusal_of(contact: Contact, address: str) -> str | None:
    """A word of ``REFUSALS`` if nothing may be sent to the contact at the address (in small letters), else None."""
    if contact.archived_at is not None:
        return "binned"
    if not address:
        return "no_address"
    suppressed = Suppression.objects.filter(email=address).values_list("reason", flat=True).first()
    if suppressed is not None:
        return str(suppressed)
    said = Consent.objects.filter(contact=contact, channel=Consent.Channel.EMAIL).order_by("-at", "-id")
    if said.values_list("state", flat=True).first() == Consent.State.WITHDRAWN:
        return "consent"
    bounced = EmailAddress.objects.filter(contact=contact, address=address, bounced_at__isnull=False)
    return "bounced" if bounced.exists() else None


def refusals_of(contacts: Collection[Contact]) -> dict[int, str]:
    """The same for many contacts at their primary addresses, by three statements: contact's id -> word."""
    addresses = {contact.pk: contact.email.strip().lower() for contact in contacts}
    listed = Suppression.objects.filter(email__in=set(addresses.values()) - {""})
    suppressed = dict(listed.values_list("email", "reason"))
    said = Consent.objects.filter(contact__in=addresses, channel=Consent.Channel.EMAIL)
    latest = said.order_by("contact_id", "-at", "-id").distinct("contact_id")
    consents = dict(latest.values_list("contact_id", "state"))
    came_back = EmailAddress.objects.filter(contact__in=addresses, bounced_at__isnull=False)
    bounced = set(came_back.values_list("contact_id", "address"))
    found: dict[int, str] = {}
    for contact in contacts:
        address = addresses[contact.pk]
        if contact.archived_at is not None:
            found[contact.pk] = "binned"
        elif not address:
            found[contact.pk] = "no_address"
        elif address in suppressed:
            found[contact.pk] = suppressed[address]
        elif consents.get(contact.pk) == Consent.State.WITHDRAWN:
            found[contact.pk] = "consent"
        elif (contact.pk, address) in bounced:
            found[contact.pk] = "bounced"
    return found
