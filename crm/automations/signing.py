"""How a call to another program proves where it comes from: signed as standardwebhooks.com says.

A tenant's secret is made from the deployment's key, so that none is stored. While a former ``SECRET_KEY`` is among the
fallbacks a call carries its signature, too: receivers change theirs at leisure.
"""

import base64
import hashlib
import hmac
import time

from django.conf import settings

from accounts.billing.signatures import sign_standard


def secrets_of(schema: str) -> list[str]:
    """The tenant's secrets, the one of today first."""
    return [_secret(key, schema) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def headers_of(schema: str, id: str, body: bytes) -> dict[str, str]:
    """What goes with a body: the same id at every attempt, the time of this one, and the signatures."""
    stamp = str(int(time.time()))
    signatures = [f"v1,{sign_standard(id, stamp, body, secret)}" for secret in secrets_of(schema)]
    return {
        "webhook-id": id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signatures),
    }


def _secret(key: str, schema: str) -> str:
    made = hmac.new(key.encode(), f"automations.calls:{schema}".encode(), hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(made).decode()}"
