"""Taking in what a payment provider tells. Providers tell things twice, late, and in any order."""

from typing import Any

from django.db.models import Q

from accounts.billing.changing import change, grace_after, lock_subscription
from accounts.billing.models import Invoice, PaymentEvent, Plan, Subscription
from accounts.billing.schemas import BillOf, PaymentAnswer, PaymentNotice, PaymentOutcome
from accounts.models import Tenant
from accounts.permissions import Permission
from realtime.functions import Context, mutation

State = Tenant.Standing


@mutation(permission=Permission.SYSTEM)
def take_payment(ctx: Context, *, notice: PaymentNotice) -> PaymentOutcome:
    """Take in an event of a payment provider whose signature was checked.

    An event that came before changes nothing (its id is unique), one that is older than what is known changes its
    invoice alone. Money opens a locked firm at once.
    """
    subscription = lock_subscription(ctx)
    if PaymentEvent.objects.filter(provider=notice.provider, event=notice.id).exists():
        return {"outcome": PaymentAnswer.REPEATED}
    outcome = _outcome(subscription, notice)
    PaymentEvent.objects.create(
        tenant=subscription.tenant,
        provider=notice.provider,
        event=notice.id,
        kind=notice.kind,
        outcome=outcome,
        occurred_at=notice.occurred_at,
    )
    if notice.invoice is not None:
        _write_invoice(subscription.tenant, notice.provider, notice.invoice, notice)
    if outcome == PaymentEvent.Outcome.APPLIED:
        change(ctx, subscription, **_values(ctx, subscription, notice))
    return {"outcome": PaymentAnswer(outcome)}


def tenant_of(notice: PaymentNotice) -> Tenant | None:
    """Whose event it is: by what the checkout was given, else by the provider's own ids; None for a stranger's."""
    ids = {"provider_subscription": notice.subscription, "provider_customer": notice.customer}
    ways: list[dict[str, str]] = [{"slug": notice.tenant}] if notice.tenant else []
    if not notice.tenant:
        of_provider = {"subscription__provider": notice.provider}
        ways = [{f"subscription__{name}": value, **of_provider} for name, value in ids.items() if value]
    found = (Tenant.objects.filter(**way).first() for way in ways)
    return next((tenant for tenant in found if tenant is not None), None)


def _outcome(subscription: Subscription, notice: PaymentNotice) -> PaymentEvent.Outcome:
    if notice.means == "nothing":
        return PaymentEvent.Outcome.IGNORED
    is_old = subscription.provider_at is not None and notice.occurred_at < subscription.provider_at
    return PaymentEvent.Outcome.STALE if is_old else PaymentEvent.Outcome.APPLIED


def _values(ctx: Context, subscription: Subscription, notice: PaymentNotice) -> dict[str, Any]:
    """What an event makes of the subscription."""
    values: dict[str, Any] = {"provider": notice.provider, "provider_at": notice.occurred_at}
    if notice.customer:
        values["provider_customer"] = notice.customer
    if notice.subscription:
        values["provider_subscription"] = notice.subscription
    if notice.means == "paid":
        values |= {"state": State.ACTIVE, "grace_ends_at": None, **_bought(subscription, notice)}
    elif notice.means == "changed":
        values |= _bought(subscription, notice)
    elif notice.means == "ended":
        values["state"] = State.CANCELLED
    elif subscription.state == State.ACTIVE:  # a payment failed: from now on the days of grace are counted
        values |= {
            "state": State.PAST_DUE,
            "grace_ends_at": grace_after(ctx.now, subscription.tenant.time_zone),
        }
    return values


def _bought(subscription: Subscription, notice: PaymentNotice) -> dict[str, Any]:
    """Plan, seats and period as the event says; money with nothing said pays for what was chosen before."""
    is_paid = notice.means == "paid"
    plan = _plan(notice.plan) or (subscription.chosen_plan if is_paid else None)
    seats = notice.seats or (subscription.chosen_seats if is_paid else None)
    values = {"plan": plan, "seats": seats, "period_ends_at": notice.period_ends_at}
    chosen = {"chosen_plan": None, "chosen_seats": None} if is_paid else {}
    return {**{name: value for name, value in values.items() if value is not None}, **chosen}


def _plan(word: str) -> Plan | None:
    if not word:
        return None
    found = Plan.objects.filter(Q(key=word) | Q(provider_price=word))
    return found.order_by("position", "pk").first()


def _write_invoice(tenant: Tenant, provider: str, bill: BillOf, notice: PaymentNotice) -> None:
    """Once paid it stays paid; of another tenant's invoice nothing is touched."""
    values = {
        "tenant": tenant,
        "number": bill.number,
        "amount": bill.amount,
        "currency": bill.currency,
        "issued_at": bill.issued_at,
        "url": bill.url,
        "state": Invoice.State.PAID if bill.is_paid else Invoice.State.OPEN,
        "paid_at": notice.occurred_at if bill.is_paid else None,
    }
    row, is_new = Invoice.objects.get_or_create(provider=provider, provider_invoice=bill.id, defaults=values)
    if not is_new and bill.is_paid and row.state != Invoice.State.PAID and row.tenant_id == tenant.pk:
        Invoice.objects.filter(pk=row.pk).update(**values)
