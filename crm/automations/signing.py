"""How a call to another program proves where it comes from: signed as standardwebhooks.com says.

A tenant's secret is made from the deployment's key and a number, so that none is stored. Who renews it says for how
long the former one signs, too; and while a former ``SECRET_KEY`` is among the fallbacks a call carries its signature:
receivers change theirs at leisure.
"""

import base64
import hashlib
import hmac
import time

from django.conf import settings
from django.utils import timezone

from accounts.billing.signatures import sign_standard
from crm.automations.models import SigningSecret


def secrets_of(schema: str) -> list[str]:
    """The secrets that count now of the tenant whose code runs, the one of today first."""
    row = SigningSecret.objects.first()
    numbers = [1] if row is None else [row.number]
    if row is not None and row.former_until > timezone.now():
        numbers.append(row.number - 1)
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [_secret(key, schema, number) for key in keys for number in numbers]


def headers_of(schema: str, id: str, body: bytes) -> dict[str, str]:
    """What goes with a body: the same id at every attempt, the time of this one, and the signatures."""
    stamp = str(int(time.time()))
    signatures = [f"v1,{sign_standard(id, stamp, body, secret)}" for secret in secrets_of(schema)]
    return {
        "webhook-id": id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signatures),
    }


def _secret(key: str, schema: str, number: int) -> str:
    name = f"automations.calls:{schema}" if number == 1 else f"automations.calls:{schema}:{number}"
    made = hmac.new(key.encode(), name.encode(), hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(made).decode()}"
