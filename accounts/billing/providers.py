"""Payment providers: how each signs, and what its events mean in our words. A provider is two short functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import orjson
from django.conf import settings
from pydantic import ValidationError

from accounts.billing.schemas import PaymentNotice
from accounts.billing.signatures import check_standard, check_stripe
from realtime.functions import BadRequest, NotFound

Headers = Mapping[str, str]
Means = Literal["paid", "failed", "changed", "ended", "nothing"]
#: Currencies whose smallest unit is the whole one; Stripe counts in smallest units.
WHOLE = frozenset(["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF",
    "XOF", "XPF"])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Provider:
    """How a provider's messages are checked and read."""

    check: Callable[[Headers, bytes, list[str], datetime, timedelta], None]
    read: Callable[[dict[str, Any]], dict[str, Any]]


def read_event(provider: str, headers: Headers, body: bytes, now: datetime) -> PaymentNotice:
    """A provider's event in our words.

    NotFound for a provider that is not set up, Unauthenticated for a wrong signature, BadRequest for nonsense.
    """
    secrets = settings.PAYMENT_SECRETS.get(provider)
    known = PROVIDERS.get(provider)
    if not secrets or known is None:
        raise NotFound("No such payment provider is set up.")
    known.check(headers, body, secrets, now, timedelta(seconds=settings.PAYMENT_TOLERANCE_SECONDS))
    try:
        return PaymentNotice(provider=provider, **known.read(orjson.loads(body)))
    except (
        orjson.JSONDecodeError,
        ValidationError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
    ) as error:
        raise BadRequest("The event can't be read.") from error


def _check_stripe(headers: Headers, body: bytes, secrets: list[str], now: datetime, near: timedelta) -> None:
    check_stripe(headers.get("Stripe-Signature", ""), body, secrets, now, near)


def _check_standard(
    headers: Headers, body: bytes, secrets: list[str], now: datetime, near: timedelta
) -> None:
    id, stamp = headers.get("Webhook-Id", ""), headers.get("Webhook-Timestamp", "")
    check_standard(id, stamp, headers.get("Webhook-Signature", ""), body, secrets, now, near)


#: Stripe's words; what is not here means nothing to us, and is answered 200 all the same.
STRIPE: dict[str, Means] = {
    "checkout.session.completed": "changed",
    "checkout.session.async_payment_succeeded": "changed",
    "customer.subscription.created": "changed",
    "customer.subscription.updated": "changed",
    "customer.subscription.deleted": "ended",
    "invoice.paid": "paid",
    "invoice.payment_succeeded": "paid",
    "invoice.payment_failed": "failed",
}
#: What the state of a subscription adds to that.
STRIPE_STATES: dict[str, Means] = {
    "active": "paid",
    "past_due": "failed",
    "unpaid": "failed",
    "canceled": "ended",
}


def _read_stripe(event: dict[str, Any]) -> dict[str, Any]:
    """https://docs.stripe.com/api/events/object"""
    found, kind = event["data"]["object"], str(event["type"])
    means = STRIPE.get(kind, "nothing")
    type_ = found.get("object")
    if type_ == "subscription" and means == "changed":
        means = STRIPE_STATES.get(found.get("status", ""), "changed")
    if type_ == "checkout.session" and found.get("payment_status") == "paid":
        means = "paid"
    is_own = type_ == "subscription"
    return {
        "id": event["id"],
        "kind": kind[:60],
        "means": means,
        "occurred_at": _moment(event["created"]),
        "tenant": found.get("client_reference_id") or (found.get("metadata") or {}).get("tenant") or "",
        "customer": _id(found.get("customer")),
        "subscription": _id(found["id"] if is_own else found.get("subscription")),
        **(_stripe_items(found) if is_own else {}),
        "invoice": _stripe_invoice(found, kind) if type_ == "invoice" else None,
    }


def _stripe_items(subscription: dict[str, Any]) -> dict[str, Any]:
    """Price, seats and period, which newer versions of the API keep with the item."""
    item = ((subscription.get("items") or {}).get("data") or [{}])[0]
    ends = item.get("current_period_end") or subscription.get("current_period_end")
    return {
        "plan": (item.get("price") or {}).get("id") or "",
        "seats": item.get("quantity") or subscription.get("quantity"),
        "period_ends_at": _moment(ends) if ends else None,
    }


def _stripe_invoice(invoice: dict[str, Any], kind: str) -> dict[str, Any] | None:
    if not invoice.get("id"):
        return None
    currency = str(invoice["currency"]).upper()
    return {
        "id": invoice["id"],
        "number": invoice.get("number") or "",
        "amount": Decimal(invoice.get("total", invoice.get("amount_due", 0)))
        / (1 if currency in WHOLE else 100),
        "currency": currency,
        "is_paid": STRIPE.get(kind) == "paid",
        "issued_at": _moment(invoice["created"]),
        "url": invoice.get("hosted_invoice_url") or "",
    }


#: The words of our own plain form, for a small provider or a bank's script.
STANDARD: dict[str, Means] = {
    "payment.succeeded": "paid",
    "payment.failed": "failed",
    "subscription.changed": "changed",
    "subscription.ended": "ended",
}


def _read_standard(event: dict[str, Any]) -> dict[str, Any]:
    """``{"id", "type", "timestamp", "data": {"tenant", "plan", "seats", "customer", "subscription", "period_ends_at",
    "invoice": {"id", "number", "amount", "currency", "issued_at", "url"}}}``; times are ISO 8601, amounts texts."""
    found, kind = event["data"], str(event["type"])
    means = STANDARD.get(kind, "nothing")
    bill = found.get("invoice")
    ends = found.get("period_ends_at")
    occurred_at = datetime.fromisoformat(event["timestamp"])
    if occurred_at.tzinfo is None:
        raise ValueError("the timestamp has no time zone")
    return {
        "id": event["id"],
        "kind": kind[:60],
        "means": means,
        "occurred_at": occurred_at,
        **{name: found.get(name) or "" for name in ("tenant", "customer", "subscription", "plan")},
        "seats": found.get("seats"),
        "period_ends_at": datetime.fromisoformat(ends) if ends else None,
        "invoice": bill and {
            **bill,
            "amount": Decimal(bill["amount"]),
            "issued_at": datetime.fromisoformat(bill["issued_at"]) if bill.get("issued_at") else occurred_at,
            "is_paid": means == "paid",
        },
    }  # fmt: skip


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _id(found: Any) -> str:
    """An id, or the id of what was expanded in its place."""
    return str(found["id"]) if isinstance(found, dict) else str(found or "")


PROVIDERS = {
    "stripe": Provider(_check_stripe, _read_stripe),
    "standard": Provider(_check_standard, _read_standard),
}
