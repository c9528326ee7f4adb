"""Noting that a mail was opened, or that a link in it was followed; each once, and only while the firm wants it."""

from typing import Literal

from accounts.permissions import Permission
from crm.mail.listeners import tell_seen
from crm.mail.models import MailDelivery
from crm.mail.schemas import Seen
from crm.mail.tracking import wants_to_know
from realtime.functions import Context, Id, mutation


@mutation(permission=Permission.SYSTEM)
def note_seen(ctx: Context, *, message_id: Id, how: Literal["opened", "clicked"]) -> Seen:
    """Note the first time that a mail was opened, or that a link in it was followed, which means opened, too."""
    if not wants_to_know(ctx.schema):
        return {"is_noted": False}
    is_noted = _note(ctx, message_id, "opened")
    if how == "clicked":
        is_noted = _note(ctx, message_id, "clicked") or is_noted
    return {"is_noted": is_noted}


def _note(ctx: Context, message_id: int, how: Literal["opened", "clicked"]) -> bool:
    """Write the moment down unless it is; False if it is, or if the mail is gone or never left."""
    rows = MailDelivery.objects.filter(
        message_id=message_id, state__in=[MailDelivery.State.SENT, MailDelivery.State.SENDING]
    )
    if not rows.filter(**{f"{how}_at": None}).update(**{f"{how}_at": ctx.now}):
        return False
    ctx.audit("mail_message", message_id, {f"{how}_at": [None, ctx.now]})
    tell_seen(ctx, message_id, how)
    return True
