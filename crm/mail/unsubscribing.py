"""Somebody wants no more mail: honoured in one transaction, whatever was under way."""

from accounts.permissions import Permission
from crm.contacts.models import Consent, Contact, EmailAddress
from crm.mail.listeners import tell_unsubscribed
from crm.mail.models import MailDelivery, Suppression
from crm.mail.schemas import Email, Proof, Unsubscribed
from realtime.functions import Context, mutation

#: Contacts that share an address; each gets a note of consent.
MOST = 100


@mutation(permission=Permission.SYSTEM)
def unsubscribe(ctx: Context, *, email: Email, proof: Proof = "") -> Unsubscribed:
    """Send no more mail to an address, queued mail included, and note that on its contacts. A repeat does nothing."""
    is_new = suppress(ctx, email, Suppression.Reason.UNSUBSCRIBE, proof)
    if is_new:
        contact_ids = contacts_of(email)
        for contact_id in contact_ids:
            _note_consent(ctx, contact_id, Consent.State.WITHDRAWN, proof)
            tell_unsubscribed(ctx, contact_id, email)
        if not contact_ids:
            tell_unsubscribed(ctx, None, email)
    return {"email": email, "is_unsubscribed": True}


@mutation(permission=Permission.SYSTEM)
def resubscribe(ctx: Context, *, email: Email, proof: Proof = "") -> Unsubscribed:
    """Undo an address's unsubscribing, for whoever holds its link. Other reasons to send nothing stay."""
    gone = Suppression.objects.filter(email=email, reason=Suppression.Reason.UNSUBSCRIBE)
    known = list(gone.values_list("pk", flat=True))
    if known:
        gone.delete()
        ctx.audit("suppression", known[0], {"email": [email, None]})
        for contact_id in contacts_of(email):
            _note_consent(ctx, contact_id, Consent.State.GRANTED, proof)
    return {"email": email, "is_unsubscribed": False}


def suppress(ctx: Context, email: str, reason: str, proof: str, by_id: int | None = None) -> bool:
    """Put an address on the list and stop what is queued for it; False if it is on the list already."""
    row, is_new = Suppression.objects.get_or_create(
        email=email, defaults={"reason": reason, "at": ctx.now, "proof": proof, "by_id": by_id}
    )
    waiting = MailDelivery.objects.filter(address=email, state=MailDelivery.State.QUEUED)
    waiting.update(state=MailDelivery.State.SUPPRESSED, error=row.reason)
    if is_new:
        ctx.audit("suppression", row.pk, {"email": [None, email], "reason": [None, reason]})
    return is_new


def contacts_of(email: str) -> list[int]:
    """The contacts that have the address, those in the bin as well."""
    found = EmailAddress.objects.filter(address=email).order_by("contact_id")
    return list(found.values_list("contact_id", flat=True).distinct()[:MOST])


def _note_consent(ctx: Context, contact_id: int, state: str, proof: str) -> None:
    """The product's own note: no field rule, no version, the contact may be in the bin."""
    if Contact.objects.filter(pk=contact_id).exists():
        Consent.objects.create(
            contact_id=contact_id, channel=Consent.Channel.EMAIL, state=state, proof=proof, at=ctx.now
        )
        ctx.audit("contact", contact_id, {"consent_email": [None, state]})
