"""What an unsubscribe link carries: tenant, mail and address, signed, so that nobody can unsubscribe others.

It does not run out: who finds an old mail may still have no more of them.
"""

from dataclasses import dataclass

from django.core import signing

_SALT = "crm.mail.unsubscribe"


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    """Whose link it is: the tenant's schema, the mail's id, and the address in small letters."""

    schema: str
    message: int
    email: str


def unsubscribe_token(schema: str, message: int, email: str) -> str:
    """The token of a mail's link."""
    return signing.Signer(salt=_SALT).sign_object([schema, message, email.strip().lower()], compress=True)


def read_token(token: str) -> Unsubscribing | None:
    """What the token carries; None if it was not made here."""
    try:
        schema, message, email = signing.Signer(salt=_SALT).unsign_object(token[:2000])
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Unsubscribing(schema, message, email)
