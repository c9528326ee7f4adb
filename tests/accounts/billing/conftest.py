"""A firm on trial, days that go by, and a provider that signs as real ones do."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from accounts.billing.changing import begin_trial
from accounts.billing.models import Subscription
from accounts.models import OutgoingEmail, Tenant
from accounts.tenancy import public_context
from tests.cast import ACME
from workflows.drain import drain
from workflows.testing import advance

TIMES = ("started_at", "since", "trial_ends_at", "grace_ends_at")
STRIPE_SECRET = "stripe-test-key"
STANDARD_SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
Pay = Callable[..., Any]


@pytest.fixture
def trial(acme: str) -> Subscription:
    """Acme has just signed up; the test runs inside it."""
    found = begin_trial(Tenant.objects.get(schema_name=ACME))
    assert found is not None
    drain()
    return found


def pass_days(days: float) -> None:
    """Let days go by for runs and subscriptions alike, and let the worker work."""
    by = timedelta(days=days)
    advance(by)
    Subscription.objects.update(**{name: F(name) - by for name in TIMES})
    Tenant.objects.update(trial_ends_at=F("trial_ends_at") - by, grace_ends_at=F("grace_ends_at") - by)
    drain()


def state() -> str:
    """How Acme stands, by its tenant's row."""
    return str(Tenant.objects.values_list("standing", flat=True).get(schema_name=ACME))


def subjects() -> list[str]:
    """Emails in their order."""
    return list(OutgoingEmail.objects.order_by("pk").values_list("subject", flat=True))


@pytest.fixture
def pay(settings: Any, client: Client) -> Pay:
    """``pay("stripe", event)``: the provider posts an event, signed; ``sign=False`` for a wrong one."""
    settings.PAYMENT_SECRETS = {"stripe": [STRIPE_SECRET], "standard": [STANDARD_SECRET]}

    def send(
        provider: str, event: dict[str, Any] | bytes, *, sign: bool = True, age: int = 0, **headers: str
    ) -> Any:
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        stamp = str(int(time.time()) - age)
        signed = stripe_headers(body, stamp) if provider == "stripe" else standard_headers(body, stamp)
        with public_context():
            return client.post(
                f"/api/v1/hooks/payments/{provider}",
                body,
                content_type="application/json",
                headers={**(signed if sign else {}), **headers},
            )

    return send


def stripe_headers(body: bytes, stamp: str) -> dict[str, str]:
    digest = hmac.new(STRIPE_SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={stamp},v1={'0' * 64},v1={digest}"}


def standard_headers(body: bytes, stamp: str, id: str = "msg_1") -> dict[str, str]:
    key = base64.b64decode(STANDARD_SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"Webhook-Id": id, "Webhook-Timestamp": stamp, "Webhook-Signature": signature}
