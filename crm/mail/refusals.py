"""Why a contact gets no mail: asked when a mail is wanted, and again in the moment before it goes out."""

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
