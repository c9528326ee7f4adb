"""Whether a mail was opened, and whether links in it were followed: only where the firm's settings ask for it.

The HTML gets a picture of one pixel and links that lead here first. What they carry is signed: nobody can make them
say something of another mail, or lead elsewhere. The plain text stays as it is, and so do links to unsubscribe. An
erased contact's mails are gone, so that their links lead on and note nothing. Opening is a guess: some programs load
all pictures by themselves, others none.
"""

import re
from dataclasses import dataclass
from html import escape, unescape

from django.conf import settings
from django.core import signing

from accounts.models import Tenant

_SALT = "crm.mail.seen"
_LINK = re.compile(r'(<a\b[^>]*\bhref=")(https?://[^"]+)(")')


@dataclass(frozen=True, slots=True)
class Trace:
    """Whose mail it is: the tenant's schema and the mail's id; ``url`` is where a link leads, "" for the picture."""

    schema: str
    message: int
    url: str


def wants_to_know(schema: str) -> bool:
    """Whether the tenant's settings ask for it."""
    return bool(
        Tenant.objects.filter(schema_name=schema).values_list("tracks_mail", flat=True).first() or False
    )


def traced(schema: str, message: int, html: str) -> str:
    """The HTML with a picture, and with links that lead by way of this product."""

    def by_way(found: re.Match[str]) -> str:
        token = trace_token(schema, message, unescape(found[2]))
        return f"{found[1]}{escape(f'{settings.SITE_URL}/mail/to/{token}')}{found[3]}"

    picture = f"{settings.SITE_URL}/mail/seen/{trace_token(schema, message)}.gif"
    return f'{_LINK.sub(by_way, html)}\n<img src="{escape(picture)}" width="1" height="1" alt="">'


def trace_token(schema: str, message: int, url: str = "") -> str:
    """What a link or the picture carries."""
    return signing.Signer(salt=_SALT).sign_object([schema, message, url], compress=True)


def read_trace(token: str) -> Trace | None:
    """What the token carries; None if it was not made here."""
    try:
        schema, message, url = signing.Signer(salt=_SALT).unsign_object(token[:4000])
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Trace(schema, message, url)
