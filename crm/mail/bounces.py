"""An address that takes no mail: noted on the delivery and on the contacts, and on the list of those that get none."""

import re

from accounts.permissions import Permission
from crm.contacts.models import EmailAddress
from crm.mail.models import MailDelivery, Suppression
from crm.mail.schemas import Bounced
from crm.mail.unsubscribing import suppress
from realtime.functions import Context, Id, NotFound, Prose, mutation

#: What a mail server says of an address that does not exist (RFC 3463: 5.1.x, 5.2.1), or in plain words.
_NO_SUCH = re.compile(
    r"\b5\.(1\.(1|2|3|6|10)|2\.1)\b"
    r"|no such (user|mailbox|recipient)|(user|mailbox|recipient|address) (unknown|not found|does not exist)"
    r"|unknown (user|recipient|mailbox)|mailbox unavailable",
    re.IGNORECASE,
)


def is_gone(reason: str) -> bool:
    """Whether a mail server's words mean that there is no such address, rather than that it wants no such mail."""
    return _NO_SUCH.search(reason) is not None


@mutation(permission=Permission.SYSTEM)
def record_bounce(ctx: Context, *, delivery_id: Id, reason: Prose = "", is_gone: bool = True) -> Bounced:
    """Note that a mail came back for good. If the address ``is_gone``, nothing more is sent there."""
    delivery = MailDelivery.objects.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound("There is no delivery with this id.")
    before = delivery.state
    delivery.state, delivery.bounced_at, delivery.error = MailDelivery.State.BOUNCED, ctx.now, reason[:400]
    delivery.save(update_fields=["state", "bounced_at", "error"])
    if is_gone:
        EmailAddress.objects.filter(address=delivery.address).update(bounced_at=ctx.now)
        suppress(ctx, delivery.address, Suppression.Reason.BOUNCE, reason[:500])
    ctx.audit("mail_delivery", delivery.pk, {"state": [before, delivery.state]})
    return {"address": delivery.address}
