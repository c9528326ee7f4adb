"""Who wants to know of replies and of people who unsubscribe: areas above register here when they are loaded.

Listeners run in the transaction that writes the mail or the suppression: what they do commits with it.
"""

from collections.abc import Callable

from crm.mail.models import MailMessage
from realtime.functions import Context

Replied = Callable[[Context, MailMessage], None]
Unsubscribed = Callable[[Context, int | None, str], None]
Seen = Callable[[Context, int, str], None]

_seen: list[Seen] = []
_replied: list[Replied] = []
_unsubscribed: list[Unsubscribed] = []


def on_reply(listener: Replied) -> None:
    """Call ``listener(ctx, message)`` for every mail of a contact that a person wrote."""
    if listener not in _replied:
        _replied.append(listener)


def on_unsubscribe(listener: Unsubscribed) -> None:
    """Call ``listener(ctx, contact_id, email)`` when an address asks for no more mail: once for each contact that
    has it, with None if none has."""
    if listener not in _unsubscribed:
        _unsubscribed.append(listener)


def on_seen(listener: Seen) -> None:
    """Call ``listener(ctx, message_id, how)`` when a mail is "opened" or a link in it "clicked" for the first time."""
    if listener not in _seen:
        _seen.append(listener)


def tell_seen(ctx: Context, message_id: int, how: str) -> None:
    """A recipient looked at a mail."""
    for listener in _seen:
        listener(ctx, message_id, how)


def tell_replied(ctx: Context, message: MailMessage) -> None:
    """A contact wrote."""
    for listener in _replied:
        listener(ctx, message)


def tell_unsubscribed(ctx: Context, contact_id: int | None, email: str) -> None:
    """An address wants no more mail."""
    for listener in _unsubscribed:
        listener(ctx, contact_id, email)
