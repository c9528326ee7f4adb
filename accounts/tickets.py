"""One-time tickets for sockets: a program that holds a credential gets one, and hands it to one that can't hold any.

A browser sends no headers with a WebSocket, and a page of another site no cookies. A ticket is signed, not
stored; its number is remembered when it is used, until it would have lapsed anyway. It stands for the credential
that asked for it: what that may no longer do, the ticket's socket may not either.
"""

import secrets
from datetime import timedelta

from django.core import signing
from django.core.cache import cache

from accounts import tenancy
from accounts.hosts import tenant_of_host
from realtime.functions import Actor, Context, NotFound, Unauthenticated

SALT = "accounts.tickets"
#: From asking to connecting.
LASTS = timedelta(seconds=60)


def issue_ticket(ctx: Context) -> str:
    """A ticket for the context's actor."""
    return signing.dumps([ctx.schema, ctx.actor.id, ctx.actor.credential, secrets.token_hex(8)], salt=SALT)


def use_ticket(text: str, *, host: str, request_id: str) -> Context:
    """The context of a ticket, which is used up; Unauthenticated for one that does not work, or no longer works."""
    try:
        schema, member_id, credential, number = signing.loads(text, salt=SALT, max_age=LASTS)
    except signing.SignatureExpired:
        raise Unauthenticated("This ticket has expired: get a new one for each connection.") from None
    except signing.BadSignature:
        raise Unauthenticated("This is not a ticket.") from None
    with tenancy.public_context():
        tenant = tenant_of_host(host)
        if tenant is not None and tenant.schema_name != schema:
            raise NotFound
        if not cache.add(f"ticket:{number}", 1, timeout=2 * LASTS.total_seconds()):
            raise Unauthenticated("This ticket was used already: get a new one for each connection.")
    return Context(schema, Actor("member", member_id, credential), request_id)
