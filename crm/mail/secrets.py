"""Secrets that must be read back: mailbox passwords, encrypted with the deployment's key (Fernet).

``CREDENTIALS_KEYS`` holds keys, the newest first; without it they are made from SECRET_KEY and its former ones. To
change the key, put a new one in front: what is stored is readable with any of them, and written with the first.
The command ``renew_credentials`` writes everything anew; then the old one may go.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """It was encrypted with a key that the deployment has no more."""


def encrypt(text: str) -> str:
    """The text, readable with the deployment's key alone."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """What was encrypted; Unreadable if the key is gone."""
    try:
        return _keys().decrypt(stored.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def renew(stored: str) -> str:
    """The same text, encrypted with the newest key; Unreadable if its own is gone."""
    try:
        return _keys().rotate(stored.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def _keys() -> MultiFernet:
    given = settings.CREDENTIALS_KEYS or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key_of(word)) for word in given])


def _key_of(word: str) -> bytes:
    """32 bytes of any text that is long and random enough."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"credentials:" + word.encode()).digest())
