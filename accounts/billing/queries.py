"""Reading how the firm's subscription stands."""

from typing import Any, cast

from django.conf import settings

from accounts.billing.dates import days_left, midnight_after
from accounts.billing.models import Invoice, Plan, Subscription
from accounts.billing.plan import next_action
from accounts.billing.schemas import BillingState, InvoiceRow, NextAction, PlanRow, Usage
from accounts.billing.seats import used_seats
from accounts.models import Tenant
from accounts.permissions import Permission
from realtime.functions import Context, Cursor, Limit, NotFound, Page, query, take_page

PLAN = ("key", "name", "description", "price", "currency", "max_seats")
INVOICE = ("id", "number", "amount", "currency", "state", "issued_at", "paid_at", "url")


@query(permission=Permission.BILLING_VIEW)
def get_billing(ctx: Context) -> BillingState:
    """Read how the firm's subscription stands: plan, seats, and until when."""
    tenant = Tenant.objects.get(schema_name=ctx.schema)
    found = Subscription.objects.filter(tenant=tenant).select_related("plan").first()
    plan = found.plan if found else None
    until = tenant.grace_ends_at if tenant.standing == Tenant.Standing.PAST_DUE else tenant.trial_ends_at
    is_timed = tenant.standing in (Tenant.Standing.TRIALING, Tenant.Standing.PAST_DUE)
    if is_timed:
        ctx.valid_until(midnight_after(ctx.now, 0, tenant.time_zone))
    state: Any = {
        "state": tenant.standing,
        "plan": {name: getattr(plan, name) for name in PLAN} if plan else None,
        "seats": tenant.seats,
        "used_seats": used_seats(ctx.now),
        "trial_ends_at": tenant.trial_ends_at,
        "grace_ends_at": tenant.grace_ends_at,
        "period_ends_at": found.period_ends_at if found else None,
        "days_left": days_left(until, ctx.now, tenant.time_zone) if is_timed and until else None,
        "can_pay": can_pay(plan),
    }
    return cast("BillingState", state)


@query(permission=Permission.BILLING_VIEW)
def get_usage(ctx: Context) -> Usage:
    """Read what the firm uses of what it has: seats, and how many requests programs may make."""
    tenant = Tenant.objects.get(schema_name=ctx.schema)
    return {
        "plan": tenant.plan or None,
        "seats": {"used": used_seats(ctx.now), "limit": tenant.seats},
        "requests": {
            "per_key": settings.API_REQUESTS_PER_KEY,
            "per_tenant": settings.API_REQUESTS_PER_TENANT,
            "window_seconds": settings.API_RATE_WINDOW_SECONDS,
        },
    }


@query(permission=Permission.BILLING_VIEW)
def list_plans(ctx: Context) -> list[PlanRow]:
    """List the plans that are offered; prices are for a seat and month."""
    rows: Any = Plan.objects.filter(is_offered=True).order_by("position", "id").values(*PLAN)
    return list(rows)


@query(permission=Permission.BILLING_VIEW)
def list_invoices(ctx: Context, *, cursor: Cursor | None = None, limit: Limit = 50) -> Page[InvoiceRow]:
    """List the firm's bills, the newest first."""
    found = Invoice.objects.filter(tenant__schema_name=ctx.schema).values(*INVOICE)
    rows, next_cursor = take_page(found, order=("-issued_at", "-id"), cursor=cursor, limit=limit)
    return {"data": rows, "next_cursor": next_cursor}


@query(permission=Permission.SYSTEM)
def get_next_action(ctx: Context) -> NextAction:
    """Read what the trial's run does next, and when."""
    found = Subscription.objects.select_related("tenant").filter(tenant__schema_name=ctx.schema).first()
    if found is None:
        raise NotFound("This workspace has no subscription.")
    return next_action(found)


def can_pay(plan: Plan | None) -> bool:
    """Whether there is a page that takes money."""
    return bool(settings.PAYMENT_CHECKOUT_URL or (plan and plan.checkout_url))
