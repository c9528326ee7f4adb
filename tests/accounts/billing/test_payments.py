"""What providers tell: signed by them, once, in any order."""

import json
import time
from typing import Any

import pytest

from accounts.actor import system_context
from accounts.billing.models import Invoice, PaymentEvent, Plan, Subscription
from accounts.models import Tenant
from realtime.functions.call import call
from tests.accounts.billing.conftest import Pay, standard_headers, state, stripe_headers
from tests.accounts.billing.test_trial import paid
from tests.cast import ACME, Cast

pytestmark = pytest.mark.django_db


def stripe_event(kind: str, found: dict[str, Any], *, number: int = 1, at: int = 0) -> dict[str, Any]:
    created = int(time.time()) + at
    return {"id": f"evt_{number}", "type": kind, "created": created, "data": {"object": found}}


CHECKOUT = {
    "object": "checkout.session",
    "client_reference_id": "acme",
    "customer": "cus_7",
    "subscription": "sub_7",
    "payment_status": "paid",
}


def stripe_subscription(status: str, quantity: int = 8) -> dict[str, Any]:
    price = {"price": {"id": "price_team"}, "quantity": quantity, "current_period_end": 1_800_000_000}
    return {
        "object": "subscription",
        "id": "sub_7",
        "status": status,
        "customer": "cus_7",
        "items": {"data": [price]},
    }


def stripe_invoice(number: str = "A-1") -> dict[str, Any]:
    return {
        "object": "invoice", "id": f"in_{number}", "number": number, "total": 23200, "currency": "usd",
        "customer": "cus_7", "subscription": "sub_7", "created": int(time.time()) - 5,
    }  # fmt: skip


def test_stripe_from_checkout_to_cancellation(trial: Subscription, pay: Pay) -> None:
    Plan.objects.filter(key="team").update(provider_price="price_team")
    assert pay("stripe", stripe_event("checkout.session.completed", CHECKOUT)).status_code == 200
    assert state() == "active"
    pay(
        "stripe", stripe_event("customer.subscription.updated", stripe_subscription("active"), number=2, at=1)
    )
    pay("stripe", stripe_event("invoice.paid", stripe_invoice(), number=3, at=2))
    found = Subscription.objects.select_related("plan").get()
    assert found.plan is not None
    assert (found.plan.key, found.seats, found.provider_customer) == ("team", 8, "cus_7")
    assert found.period_ends_at is not None
    assert Tenant.objects.get(schema_name=ACME).seats == 8
    bill = Invoice.objects.get()
    assert (bill.number, str(bill.amount), bill.currency, bill.state) == ("A-1", "232.00", "USD", "paid")
    pay("stripe", stripe_event("invoice.payment_failed", stripe_invoice("A-2"), number=4, at=3))
    assert state() == "past_due"
    pay(
        "stripe",
        stripe_event("customer.subscription.deleted", stripe_subscription("canceled"), number=5, at=4),
    )
    assert state() == "cancelled"


def test_an_event_counts_once(trial: Subscription, pay: Pay) -> None:
    invoice = {"id": "in_1", "amount": "348.00", "currency": "USD"}
    assert pay("standard", paid(invoice=invoice)).json()["data"]["outcome"] == "applied"
    call("billing.lock_tenant", system_context(ACME), {})
    assert pay("standard", paid(invoice=invoice)).json()["data"]["outcome"] == "repeated"
    assert state() == "locked"
    assert (PaymentEvent.objects.count(), Invoice.objects.count()) == (1, 1)


def test_older_than_what_is_known(trial: Subscription, pay: Pay) -> None:
    """The failure of the first try comes after the success of the second; its bill stays paid."""
    bill = {"id": "in_1", "amount": "348.00", "currency": "USD"}
    pay("standard", paid(9, invoice=bill))
    failed = {**paid(3, invoice=bill), "type": "payment.failed"}
    assert pay("standard", failed).json()["data"]["outcome"] == "stale"
    assert (state(), Invoice.objects.get().state) == ("active", "paid")


def test_what_means_nothing_is_taken_and_forgotten(trial: Subscription, pay: Pay) -> None:
    known = {"object": "charge", "metadata": {"tenant": "acme"}}
    assert pay("stripe", stripe_event("charge.refunded", known)).json()["data"]["outcome"] == "ignored"
    assert state() == "trialing"


@pytest.mark.parametrize("provider", ["stripe", "standard"])
def test_a_signature_that_is_wrong_old_or_missing(trial: Subscription, pay: Pay, provider: str) -> None:
    event = paid() if provider == "standard" else stripe_event("checkout.session.completed", CHECKOUT)
    raw = json.dumps(event).encode()
    stamp = str(int(time.time()))
    forged = (stripe_headers if provider == "stripe" else standard_headers)(raw + b" ", stamp)
    future = {"age": -1000}
    tries: list[Any] = [
        pay(provider, event, sign=False),
        pay(provider, event, sign=False, **forged),
        pay(provider, event, age=1000),
        pay(provider, event, **future),
        pay(provider, event, **{"Stripe-Signature": "t=x,v1=é", "Webhook-Signature": "v1,é"}),
    ]
    assert {answer.status_code for answer in tries} == {401}
    assert {answer["Content-Type"] for answer in tries} == {"application/problem+json"}
    assert (state(), PaymentEvent.objects.count()) == ("trialing", 0)


def test_strangers_and_nonsense(trial: Subscription, pay: Pay, cast: Cast) -> None:
    statuses = {
        "unknown provider": pay("paypal", paid()).status_code,
        "unknown tenant": pay("standard", paid(tenant="nobody")).status_code,
        "no tenant": pay("standard", paid(tenant="")).status_code,
        "no JSON": pay("standard", b"[").status_code,
        "another form": pay("standard", {"id": "x"}).status_code,
        "a list": pay("stripe", b"[]").status_code,
        "no zone": pay("standard", {**paid(), "timestamp": "2026-11-22T10:00:00"}).status_code,
        "huge": pay("standard", b" " * 300_000).status_code,
    }
    assert statuses == {
        "unknown provider": 404, "unknown tenant": 404, "no tenant": 404, "no JSON": 400, "another form": 400,
        "a list": 400, "no zone": 400, "huge": 413,
    }  # fmt: skip


def test_another_firm_s_bill_is_not_touched(trial: Subscription, pay: Pay) -> None:
    bill = {"id": "in_1", "amount": "10.00", "currency": "USD"}
    pay("standard", {**paid(1, invoice=bill), "type": "payment.failed"})
    pay("standard", paid(2, tenant="globex", invoice=bill))
    assert Invoice.objects.get().state == "open"
